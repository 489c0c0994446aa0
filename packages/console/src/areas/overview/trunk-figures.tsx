import { useMemo } from "react";
import { useApi } from "../../api/hooks.ts";
import type { Trunk } from "../../api/twilio/trunking.ts";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Section } from "../../ui/section.tsx";
import { TextLink } from "../../ui/text-link.tsx";

const texts = defineTexts({
  en: {
    title: "By trunk",
    trunk: "Trunk",
    none: "No trunk found",
    calls: "Calls",
    minutes: "Minutes",
    asr: "ASR",
    average: "Average",
    empty: "No calls in this period.",
  },
  ja: {
    title: "トランク別",
    trunk: "トランク",
    none: "該当トランクなし",
    calls: "通話",
    minutes: "分",
    asr: "応答率",
    average: "平均時間",
    empty: "この期間の通話はありません。",
  },
});

type TrunkFiguresProps = {
  readonly query: { readonly StartTime: string; readonly TimeZone: string };
  readonly trunks: readonly Trunk[];
};

/** The same figures for each trunk that had calls, the busiest first. */
export function TrunkFigures({ query: { StartTime, TimeZone }, trunks }: TrunkFiguresProps) {
  const t = useTexts(texts);
  const { number, percent, duration } = useFormats();
  const query = { StartTime, TimeZone, Interval: "all", GroupBy: "trunk" } as const;
  const { data, error, isLoading } = useApi("GET /trunkline/v1/CallStatistics", { query });
  const items = useMemo(() => data?.statistics.toSorted((a, b) => b.calls - a.calls) ?? [], [data]);
  const names = new Map(trunks.map(({ sid, friendly_name }) => [sid, friendly_name ?? sid]));
  return (
    <Section title={t.title}>
      <DataTable
        label={t.title}
        list={{ items, error, isLoading }}
        keyOf={({ trunk_sid }) => trunk_sid ?? ""}
        empty={t.empty}
        columns={[
          {
            label: t.trunk,
            cell: ({ trunk_sid: sid }) =>
              sid === null ? t.none : <TextLink to={`/trunks/${sid}/general`}>{names.get(sid) ?? sid}</TextLink>,
          },
          { label: t.calls, align: "right", cell: ({ calls }) => number(calls) },
          { label: t.minutes, align: "right", cell: ({ minutes }) => number(minutes) },
          { label: t.asr, align: "right", cell: ({ asr }) => percent(asr) },
          {
            label: t.average,
            align: "right",
            cell: ({ average_duration_sec }) => duration(average_duration_sec),
            wideOnly: true,
          },
        ]}
      />
    </Section>
  );
}
