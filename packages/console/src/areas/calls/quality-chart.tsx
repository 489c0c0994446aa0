import { SegmentedControl, Stack } from "@mantine/core";
import { useState } from "react";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { Chart } from "../../ui/chart.tsx";
import type { QualitySample } from "./call.types.ts";

const texts = defineTexts({
  en: {
    measure: "What is drawn",
    mos: "MOS",
    loss: "Loss",
    jitter: "Jitter",
    roundTrip: "Round trip",
    fromA: "From the caller",
    toA: "To the caller",
    fromB: "From the called party",
    toB: "To the called party",
  },
  ja: {
    measure: "表示する値",
    mos: "MOS",
    loss: "損失率",
    jitter: "ジッター",
    roundTrip: "往復遅延",
    fromA: "発信者から",
    toA: "発信者へ",
    fromB: "着信側から",
    toB: "着信側へ",
  },
});

const MEASURES = ["mos", "loss", "jitter", "roundTrip"] as const;
type Measure = (typeof MEASURES)[number];

const STREAMS = [
  { leg: "a", direction: "received", name: "fromA" },
  { leg: "a", direction: "sent", name: "toA" },
  { leg: "b", direction: "received", name: "fromB" },
  { leg: "b", direction: "sent", name: "toB" },
] as const;

/** ITU-T P.800.1: 1 is bad; the E-model gives no more than 4.5. */
const MOS_SCALE = [1, 5] as const;

/** The audio of a call over time, by leg and direction (EVD-2). */
export function QualityChart({ samples }: { readonly samples: readonly QualitySample[] }) {
  const t = useTexts(texts);
  const formats = useFormats();
  const [measure, setMeasure] = useState<Measure>("mos");
  const times = [...new Set(samples.map(({ at_ms }) => at_ms))].sort((one, other) => one - other);
  const series = STREAMS.flatMap(({ leg, direction, name }) => {
    const own = samples.filter((sample) => sample.leg === leg && sample.direction === direction);
    const byTime = new Map(own.map((sample) => [sample.at_ms, measured(sample, measure)]));
    const values = times.map((time) => byTime.get(time) ?? null);
    return values.some((value) => value !== null) ? [{ label: t[name], values }] : [];
  });
  const shown: Readonly<Record<Measure, (value: number) => string>> = {
    mos: (value) => formats.number(value, 2),
    loss: (value) => formats.percent(value),
    jitter: (value) => `${formats.number(value, 1)} ms`,
    roundTrip: (value) => `${formats.number(value, 1)} ms`,
  };
  return (
    <Stack gap="xs">
      <SegmentedControl
        size="xs"
        aria-label={t.measure}
        value={measure}
        onChange={(value) => setMeasure(MEASURES.find((one) => one === value) ?? "mos")}
        data={MEASURES.map((value) => ({ value, label: t[value] }))}
      />
      <Chart
        label={t[measure]}
        kind="lines"
        times={times}
        series={series}
        {...(measure === "mos" ? { scale: MOS_SCALE } : {})}
        formatTime={clockOf}
        formatValue={shown[measure]}
      />
    </Stack>
  );
}

function measured(sample: QualitySample, measure: Measure): number | null {
  switch (measure) {
    case "mos":
      return sample.mos;
    case "loss":
      return sample.packets === 0 ? null : sample.packets_lost / (sample.packets + sample.packets_lost);
    case "jitter":
      return sample.jitter_ms;
    case "roundTrip":
      return sample.round_trip_ms;
    default:
      return measure satisfies never;
  }
}

/** Time since the call began, as m:ss or h:mm:ss. */
function clockOf(atMs: number): string {
  const seconds = Math.round(atMs / 1_000);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours = 0, minutes = 0, rest = 0] = parts;
  const minute = hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}` : String(minutes);
  return `${minute}:${String(rest).padStart(2, "0")}`;
}
