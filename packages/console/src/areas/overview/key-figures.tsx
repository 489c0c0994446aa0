import { Paper, SimpleGrid, Text } from "@mantine/core";
import type { Api } from "../../api/client.ts";
import { useApi } from "../../api/hooks.ts";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";

const texts = defineTexts({
  en: {
    live: "Live calls",
    liveHint: "right now",
    calls: "Calls",
    callsHint: (answered: string) => `${answered} answered`,
    minutes: "Minutes",
    minutesHint: "each call rounded up",
    asr: "Answer rate (ASR)",
    asrHint: "answered of all calls",
    average: "Average duration",
    averageHint: "of answered calls",
    cost: "Cost",
    costHint: "calls are not billed here yet",
  },
  ja: {
    live: "進行中の通話",
    liveHint: "現在",
    calls: "通話",
    callsHint: (answered: string) => `うち応答 ${answered}`,
    minutes: "分",
    minutesHint: "通話ごとに切り上げ",
    asr: "応答率(ASR)",
    asrHint: "全通話に占める応答の割合",
    average: "平均通話時間",
    averageHint: "応答した通話",
    cost: "コスト",
    costHint: "通話への課金はまだ行われていません",
  },
});

const LIVE_MS = 3_000;

type Totals = Api["GET /trunkline/v1/CallStatistics"]["answer"]["totals"];

/** The figures that one looks at first; an em dash until they are there. */
export function KeyFigures({ totals }: { readonly totals: Totals | undefined }) {
  const t = useTexts(texts);
  const { number, percent, duration } = useFormats();
  const live = useApi("GET /trunkline/v1/LiveCalls", { query: { PageSize: 1_000 } }, { refetchInterval: LIVE_MS });
  const count = (value: number | undefined): string => (value === undefined ? "—" : number(value));
  const { length } = live.data?.live_calls ?? [];
  const more = live.data?.meta.next_page_url ? "+" : "";
  const figures = [
    [t.live, live.data ? count(length) + more : "—", t.liveHint],
    [t.calls, count(totals?.calls), t.callsHint(count(totals?.answered))],
    [t.minutes, count(totals?.minutes), t.minutesHint],
    [t.asr, percent(totals?.asr ?? null), t.asrHint],
    [t.average, duration(totals?.average_duration_sec ?? null), t.averageHint],
    [t.cost, "—", t.costHint],
  ] as const;
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }}>
      {figures.map(([name, value, hint]) => (
        <Paper key={name} withBorder p="md">
          <Text size="sm" c="dimmed">
            {name}
          </Text>
          <Text fz={26} fw={600} lh={1.3}>
            {value}
          </Text>
          <Text size="xs" c="dimmed">
            {hint}
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  );
}
