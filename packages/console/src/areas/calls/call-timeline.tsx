import { Text } from "@mantine/core";
import { useApi } from "../../api/hooks.ts";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Section } from "../../ui/section.tsx";
import { TextLink } from "../../ui/text-link.tsx";
import type { TimelineEntry } from "./call.types.ts";

const texts = defineTexts({
  en: {
    title: "What happened",
    lead: "The call step by step, with keys that were pressed (not which), recordings, alerts and what your web servers were told.",
    time: "Time",
    what: "What",
    side: "Side",
    detail: "Details",
    a: "Caller",
    b: "Called party",
    none: "—",
    empty: "Nothing is known of it yet.",
    open: "Open",
    started: "The call came in",
    attempt: "A target was called",
    ringing: "It rings",
    "attempt-failed": "The target refused",
    answered: "Answered",
    "recording-started": "Recording began",
    "session-changed": "Session changed (hold, resume, codec)",
    "transfer-asked": "Transfer asked for",
    "key-press": "A key was pressed",
    "recording-ended": "Recording ended",
    ended: "The call ended",
    alert: "Alert",
    webhook: "Web server told",
  },
  ja: {
    title: "経過",
    lead: "通話の経過です。押されたキー（どのキーかは記録しません）、録音、アラート、Web サーバーへの通知も含みます。",
    time: "時刻",
    what: "出来事",
    side: "側",
    detail: "詳細",
    a: "発信者",
    b: "着信側",
    none: "—",
    empty: "まだ何も記録されていません。",
    open: "開く",
    started: "着信",
    attempt: "接続先を呼び出し",
    ringing: "呼び出し中",
    "attempt-failed": "接続先が拒否",
    answered: "応答",
    "recording-started": "録音開始",
    "session-changed": "セッションの変更（保留・再開・コーデック）",
    "transfer-asked": "転送の要求",
    "key-press": "キー操作",
    "recording-ended": "録音終了",
    ended: "通話終了",
    alert: "アラート",
    webhook: "Web サーバーへ通知",
  },
});

const REFRESH_MS = 1_500;

/** What happened in a call, in order of time (EVD-2). */
export function CallTimeline({ callSid, isLive }: { readonly callSid: string; readonly isLive: boolean }) {
  const t = useTexts(texts);
  const formats = useFormats();
  const timeline = useApi(
    "GET /trunkline/v1/Calls/{sid}/Timeline",
    { path: { sid: callSid } },
    { refetchInterval: isLive && REFRESH_MS },
  );
  const entries = (timeline.data?.entries ?? []).map((entry, index) => ({ ...entry, index }));
  return (
    <Section title={t.title} lead={t.lead}>
      <Failure error={timeline.error} />
      <DataTable
        label={t.title}
        list={{ items: entries }}
        keyOf={({ index }) => String(index)}
        empty={t.empty}
        columns={[
          { label: t.time, cell: ({ at_ms }) => `${formats.number(at_ms / 1_000, 2)}\u00A0s` },
          { label: t.what, cell: ({ kind }) => t[kind] },
          { label: t.side, cell: ({ leg }) => (leg === null ? t.none : t[leg]), wideOnly: true },
          { label: t.detail, cell: (entry) => <Detail entry={entry} /> },
        ]}
      />
    </Section>
  );
}

function Detail({ entry }: { readonly entry: TimelineEntry }) {
  const t = useTexts(texts);
  const formats = useFormats();
  const { detail, duration_ms: durationMs, resource_sid: sid } = entry;
  const length = durationMs === null ? null : `${formats.number(durationMs / 1_000, 2)} s`;
  const place = sid === null ? undefined : pageOf(sid);
  return (
    <Text size="sm" component="span" style={{ overflowWrap: "anywhere" }}>
      {[detail, length].filter((part) => part !== null).join(", ") || t.none}{" "}
      {place && <TextLink to={place}>{t.open}</TextLink>}
    </Text>
  );
}

function pageOf(sid: string): string | undefined {
  if (sid.startsWith("RE")) return `/recordings/${sid}`;
  return sid.startsWith("NO") ? `/debugger/${sid}` : undefined;
}
