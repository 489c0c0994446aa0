import { useApiList, useChange } from "../../api/hooks.ts";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Section } from "../../ui/section.tsx";
import { TextLink } from "../../ui/text-link.tsx";

const texts = defineTexts({
  en: {
    title: "Live calls",
    from: "From",
    to: "To",
    status: "Status",
    ringing: "Ringing",
    "in-progress": "In progress",
    length: "Since",
    actions: "Actions",
    hangUp: "Hang up",
    question: "Hang up this call?",
    consequence: (from: string, to: string) => `The call from ${from} to ${to} ends at once for both sides.`,
    empty: "No calls right now.",
  },
  ja: {
    title: "進行中の通話",
    from: "発信元",
    to: "発信先",
    status: "状態",
    ringing: "呼出中",
    "in-progress": "通話中",
    length: "経過時間",
    actions: "操作",
    hangUp: "切断",
    question: "この通話を切断しますか?",
    consequence: (from: string, to: string) => `${from} から ${to} への通話は、両者ともただちに切断されます。`,
    empty: "進行中の通話はありません。",
  },
});

const REFRESH_MS = 2_500;

/** Calls as they are right now. */
export function LiveCallsTable() {
  const t = useTexts(texts);
  const { duration } = useFormats();
  const calls = useApiList("GET /trunkline/v1/LiveCalls", "live_calls", {}, { refetchInterval: REFRESH_MS });
  const sinceSec = (date: string): number => Math.max(0, (Date.now() - Date.parse(date)) / 1_000);
  return (
    <Section title={t.title}>
      <DataTable
        label={t.title}
        list={calls}
        keyOf={({ sid }) => sid}
        empty={t.empty}
        columns={[
          { label: t.from, cell: ({ sid, from }) => <TextLink to={`/calls/${sid}`}>{from}</TextLink> },
          { label: t.to, cell: ({ to }) => to },
          { label: t.status, cell: ({ status }) => t[status], wideOnly: true },
          {
            label: t.length,
            align: "right",
            cell: ({ date_started }) => duration(sinceSec(date_started)),
            wideOnly: true,
          },
          { label: t.actions, align: "right", cell: (call) => <HangUp {...call} /> },
        ]}
      />
    </Section>
  );
}

function HangUp({ sid, from, to }: { readonly sid: string; readonly from: string; readonly to: string }) {
  const t = useTexts(texts);
  const hangUp = useChange("DELETE /trunkline/v1/LiveCalls/{sid}");
  return (
    <ConfirmButton
      size="compact-sm"
      label={t.hangUp}
      question={t.question}
      consequence={t.consequence(from, to)}
      onConfirm={() => hangUp.mutateAsync({ path: { sid } })}
      isPending={hangUp.isPending}
      error={hangUp.error}
    />
  );
}
