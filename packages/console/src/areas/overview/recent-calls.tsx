import { Box } from "@mantine/core";
import { useApiList } from "../../api/hooks.ts";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Section } from "../../ui/section.tsx";
import { TextLink } from "../../ui/text-link.tsx";
import { CallStatus } from "../calls/call-status.tsx";

const texts = defineTexts({
  en: {
    title: "Recent calls",
    all: "Call log",
    time: "Time",
    from: "From",
    to: "To",
    status: "Status",
    duration: "Duration",
    empty: "No calls yet. The overview shows the way to the first.",
  },
  ja: {
    title: "最近の通話",
    all: "通話ログ",
    time: "日時",
    from: "発信元",
    to: "発信先",
    status: "状態",
    duration: "通話時間",
    empty: "通話はまだありません。概要ページに最初の通話までの手順があります。",
  },
});

const REFRESH_MS = 10_000;

/** The calls that were last, of one trunk or of all. */
export function RecentCalls({ trunkSid }: { readonly trunkSid: string }) {
  const t = useTexts(texts);
  const { dateTime, duration } = useFormats();
  const query = { PageSize: 5, ...(trunkSid !== "" && { TrunkSid: trunkSid }) };
  const calls = useApiList("GET /trunkline/v1/Calls", "calls", { query }, { refetchInterval: REFRESH_MS });
  return (
    <Section title={t.title} actions={<TextLink to="/calls">{t.all}</TextLink>}>
      <DataTable
        label={t.title}
        list={{ ...calls, hasMore: false }}
        keyOf={({ call_sid }) => call_sid}
        empty={t.empty}
        columns={[
          {
            label: t.time,
            cell: ({ call_sid, date_created }) => (
              <TextLink to={`/calls/${call_sid}`}>{dateTime(date_created)}</TextLink>
            ),
          },
          { label: t.from, cell: ({ from }) => from, wideOnly: true },
          { label: t.to, cell: ({ to }) => to },
          {
            label: t.status,
            cell: ({ status }) => (
              <Box miw={96}>
                <CallStatus status={status} />
              </Box>
            ),
          },
          { label: t.duration, align: "right", cell: ({ duration_sec }) => duration(duration_sec), wideOnly: true },
        ]}
      />
    </Section>
  );
}
