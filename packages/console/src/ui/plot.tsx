import { Box, Group, Text, useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useFormats } from "../i18n/format.ts";
import type { ChartProps } from "./chart.tsx";

/** Lines are told apart by these as well as by colour; bars stand one before the other. */
const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

/** The drawn part of a chart; `Chart` has the same figures as a table. */
export default function Plot(props: ChartProps & { readonly height: number }) {
  const { label, kind, times, series, formatTime, formatValue, height } = props;
  const formats = useFormats();
  const scheme = useComputedColorScheme();
  const { ref, width } = useElementSize();
  const canvas = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const shown = formatValue ?? ((value: number) => formats.number(value, 2));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours of the page are read anew when its scheme changes
  useEffect(() => {
    if (canvas.current === null || width === 0) return;
    const plot = new UPlot(
      optionsOf({ ...props, formatValue: shown }, width, setPointed),
      [times.map((time) => time / 1_000), ...series.map(({ values }) => [...values])],
      canvas.current,
    );
    return () => plot.destroy();
  }, [times, series, kind, width, height, scheme, formats]);
  const at = pointed === null ? undefined : times[pointed];
  return (
    <Box ref={ref}>
      <Group gap="md" mih={22} mb={4}>
        {series.map(({ label: name, values }, index) => {
          const value = pointed === null ? null : (values[pointed] ?? null);
          return (
            <Group key={name} gap={6} wrap="nowrap">
              <Swatch index={index} kind={kind} />
              <Text size="xs">{value === null ? name : `${name}: ${shown(value)}`}</Text>
            </Group>
          );
        })}
        {at !== undefined && (
          <Text size="xs" c="dimmed">
            {formatTime(at)}
          </Text>
        )}
      </Group>
      <div ref={canvas} role="img" aria-label={label} style={{ minHeight: height }} />
    </Box>
  );
}

function Swatch({ index, kind }: { readonly index: number; readonly kind: ChartProps["kind"] }) {
  const stroke = `var(--chart-${index + 1})`;
  return (
    <svg className="chart-swatch" viewBox="0 0 18 10" aria-hidden="true">
      {kind === "bars" ? (
        <rect x="4" width="10" height="10" fill={stroke} />
      ) : (
        <line x1="0" y1="5" x2="18" y2="5" stroke={stroke} strokeDasharray={DASHES[index]?.join(" ")} />
      )}
    </svg>
  );
}

type Drawn = ChartProps & { readonly height: number; readonly formatValue: (value: number) => string };

function optionsOf(
  { kind, series, times, scale, formatTime, formatValue, height }: Drawn,
  width: number,
  onPoint: (index: number | null) => void,
): UPlot.Options {
  const colour = colours();
  const axis = {
    stroke: colour("--mantine-color-dimmed"),
    grid: { stroke: colour("--mantine-color-default-border"), width: 1 },
    ticks: { show: false },
    font: `12px ${colour("--mantine-font-family")}`,
  };
  const bars = UPlot.paths.bars?.({ size: [0.7, 48] });
  return {
    width,
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { range: (_plot, min, max) => rangeOf(times, kind, min, max) },
      y: { range: scale ? [...scale] : { min: FLOOR, max: ROOF } },
    },
    axes: [
      { ...axis, space: 90, size: 32, values: (_plot, splits) => splits.map((second) => formatTime(second * 1_000)) },
      { ...axis, size: 64, values: (_plot, splits) => splits.map(formatValue) },
    ],
    series: [
      {},
      ...series.map(({ label }, index) => {
        const stroke = colour(`--chart-${index + 1}`);
        return kind === "bars"
          ? { label, width: 0, fill: stroke, ...(bars && { paths: bars }), points: { show: false } }
          : { label, stroke, width: 2, dash: [...(DASHES[index] ?? [])] };
      }),
    ],
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
  };
}

/** Figures begin at 0, and nothing but zeros still has a scale. */
const FLOOR: UPlot.Range.Limit = { pad: 0, hard: 0, mode: 1 };
const ROOF: UPlot.Range.Limit = { pad: 0.1, soft: 1, mode: 1 };

/** Bars need half a step beside the first and the last. */
function rangeOf(times: readonly number[], kind: ChartProps["kind"], min: number, max: number): [number, number] {
  const [first = 0, second = first + 3_600_000] = times;
  const room = kind === "bars" || times.length === 1 ? (second - first) / 2_000 : 0;
  return [min - room, max + room];
}

/** What CSS variables are worth right now; a canvas does not know them. */
function colours(): (name: string) => string {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(name).trim();
}
