import { Box, Group, SegmentedControl, Skeleton, Stack, Table, Text } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useFormats } from "../i18n/format.ts";
import { defineTexts, useTexts } from "../i18n/language.tsx";
import "./chart.css";

const texts = defineTexts({
  en: { view: (label: string) => `${label}: view`, chart: "Chart", table: "Table", time: "Time", drawing: "Drawing" },
  ja: { view: (label: string) => `${label}: 表示方法`, chart: "グラフ", table: "表", time: "時刻", drawing: "描画中" },
});

/** uPlot is loaded with the first chart that is shown. */
const Plot = lazy(() => import("./plot.tsx"));
const HEIGHT = 220;

type ChartSeries = {
  readonly label: string;
  /** One for each time; null where nothing was measured. */
  readonly values: readonly (number | null)[];
};

export type ChartProps = {
  /** What is shown, such as "Calls per day". */
  readonly label: string;
  readonly kind: "lines" | "bars";
  /** Epoch milliseconds, ascending. */
  readonly times: readonly number[];
  /** At most four, which is how many can be told apart; of bars, a later one stands before an earlier one and is a part of it. */
  readonly series: readonly ChartSeries[];
  /** Lowest and highest value, of figures that have a scale of their own; absent: from 0 as far as they go. */
  readonly scale?: readonly [lowest: number, highest: number];
  readonly formatTime: (atMs: number) => string;
  readonly formatValue?: (value: number) => string;
};

/** Figures over time, as a chart or as a table of the same. */
export function Chart(props: ChartProps) {
  const t = useTexts(texts);
  const [view, setView] = useState("chart");
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text size="sm" fw={600}>
          {props.label}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={t.view(props.label)}
          value={view}
          onChange={setView}
          data={[
            { value: "chart", label: t.chart },
            { value: "table", label: t.table },
          ]}
        />
      </Group>
      {view === "table" ? (
        <Figures {...props} />
      ) : (
        <Suspense fallback={<Skeleton height={HEIGHT} role="status" aria-label={t.drawing} />}>
          <Plot {...props} height={HEIGHT} />
        </Suspense>
      )}
    </Stack>
  );
}

function Figures({ label, times, series, formatTime, formatValue }: ChartProps) {
  const t = useTexts(texts);
  const formats = useFormats();
  const shown = formatValue ?? ((value: number) => formats.number(value, 2));
  return (
    <Box className="chart-figures">
      <Table stickyHeader aria-label={label} verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.time}</Table.Th>
            {series.map((one) => (
              <Table.Th key={one.label} ta="right">
                {one.label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {times.map((time, index) => (
            <Table.Tr key={time}>
              <Table.Td>{formatTime(time)}</Table.Td>
              {series.map((one) => {
                const value = one.values[index] ?? null;
                return (
                  <Table.Td key={one.label} ta="right">
                    {value === null ? "—" : shown(value)}
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Box>
  );
}
