import { useApiList, useChange } from "../../api/hooks.ts";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Page } from "../../ui/page.tsx";
import { TextLink } from "../../ui/text-link.tsx";
import { CallStatus } from "./call-status.tsx";
import { callWords, wordFor } from "./call-words.ts";

const texts = defineTexts({
  en: {
    title: "Live calls",
    lead: "Calls that are being set up or spoken in right now. The list follows by itself.",
    started: "Started",
    direction: "Direction",
    from: "From",
    to: "To",
    status: "Status",
    end: "End the call",
    empty: "No call is under way.",
  },
  ja: {
    title: "進行中の通話",
    lead: "現在呼出中または通話中の通話です。一覧は自動的に更新されます。",
    started: "開始",
    direction: "方向",
    from: "発信",
    to: "着信",
    status: "ステータス",
    end: "通話の終了",
    empty: "進行中の通話はありません。",
  },
});

/** Often enough to see a call ring and be answered. */
const REFRESH_MS = 2_000;

export default function LiveCallsPage() {
  const t = useTexts(texts);
  const words = useTexts(callWords);
  const formats = useFormats();
  const list = useApiList("GET /trunkline/v1/LiveCalls", "live_calls", { query: {} }, { refetchInterval: REFRESH_MS });
  return (
    <Page title={t.title} lead={t.lead}>
      <DataTable
        label={t.title}
        list={list}
        keyOf={(call) => call.sid}
        empty={t.empty}
        columns={[
          {
            label: t.started,
            cell: (call) => <TextLink to={`/calls/${call.sid}`}>{formats.time(call.date_started)}</TextLink>,
          },
          { label: t.direction, cell: (call) => wordFor(words, call.direction), wideOnly: true },
          { label: t.from, cell: (call) => <span className="mono">{call.from}</span>, wideOnly: true },
          { label: t.to, cell: (call) => <span className="mono">{call.to}</span> },
          { label: t.status, cell: (call) => <CallStatus status={call.status} /> },
          { label: t.end, align: "right", cell: (call) => <HangUp callSid={call.sid} /> },
        ]}
      />
    </Page>
  );
}

const hangUpTexts = defineTexts({
  en: {
    label: "Hang up",
    question: "End this call?",
    consequence: "Both sides hear the call end at once. This cannot be undone.",
  },
  ja: {
    label: "切断",
    question: "この通話を終了しますか？",
    consequence: "両側の通話が直ちに切断されます。取り消しはできません。",
  },
});

/** Ends a live call, after asking. */
export function HangUp({ callSid }: { readonly callSid: string }) {
  const t = useTexts(hangUpTexts);
  const end = useChange("DELETE /trunkline/v1/LiveCalls/{sid}");
  return (
    <ConfirmButton
      size="compact-sm"
      label={t.label}
      question={t.question}
      consequence={t.consequence}
      isPending={end.isPending}
      error={end.error}
      onConfirm={() => end.mutateAsync({ path: { sid: callSid } })}
    />
  );
}
