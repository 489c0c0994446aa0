import { SimpleGrid } from "@mantine/core";
import { useMemo } from "react";
import type { Api } from "../../api/client.ts";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useLanguage, useTexts } from "../../i18n/language.tsx";
import { Chart } from "../../ui/chart.tsx";

const texts = defineTexts({
  en: { calls: "Calls", all: "All", answered: "Answered", minutes: "Minutes", asr: "Answer rate (ASR)" },
  ja: { calls: "通話数", all: "全通話", answered: "応答", minutes: "通話時間(分)", asr: "応答率(ASR)" },
});

type Statistics = Api["GET /trunkline/v1/CallStatistics"]["answer"];

/** Calls, minutes and answer rate by hour or day. */
export function CallCharts({ statistics }: { readonly statistics: Statistics }) {
  const t = useTexts(texts);
  const { percent } = useFormats();
  const formatTime = useShortTime(statistics.interval);
  const drawn = useMemo(() => {
    const rows = statistics.statistics;
    return {
      times: rows.map(({ start }) => Date.parse(start)),
      calls: [
        { label: t.all, values: rows.map(({ calls }) => calls) },
        { label: t.answered, values: rows.map(({ answered }) => answered) },
      ],
      minutes: [{ label: t.minutes, values: rows.map(({ minutes }) => minutes) }],
      asr: [{ label: t.asr, values: rows.map(({ asr }) => asr) }],
    };
  }, [statistics, t]);
  const common = { times: drawn.times, formatTime };
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
      <Chart {...common} label={t.calls} kind="bars" series={drawn.calls} />
      <Chart {...common} label={t.minutes} kind="bars" series={drawn.minutes} />
      <Chart {...common} label={t.asr} kind="lines" series={drawn.asr} formatValue={percent} />
    </SimpleGrid>
  );
}

function useShortTime(interval: Statistics["interval"]): (atMs: number) => string {
  const { language } = useLanguage();
  return useMemo(() => {
    const format = new Intl.DateTimeFormat(
      language,
      interval === "hour" ? { hour: "numeric", minute: "2-digit" } : { month: "short", day: "numeric" },
    );
    return (atMs) => format.format(atMs);
  }, [language, interval]);
}
