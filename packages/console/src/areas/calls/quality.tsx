import { useApi } from "../../api/hooks.ts";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Section } from "../../ui/section.tsx";
import type { LegQuality } from "./call.types.ts";
import { QualityChart } from "./quality-chart.tsx";

const texts = defineTexts({
  en: {
    title: "Audio quality",
    lead: "What arrived from each side. MOS is an estimate by the E-model, from 1 to 4.5: 4 and more is good, below 3.6 many are dissatisfied.",
    side: "From",
    a: "the caller",
    b: "the called party",
    codec: "Codec",
    packets: "Packets",
    lost: "Lost",
    jitter: "Jitter",
    roundTrip: "Round trip",
    mos: "MOS",
    srtp: "SRTP",
    yes: "yes",
    no: "no",
    unknown: "—",
    good: "good",
    fair: "fair",
    poor: "poor",
    empty: "No audio was measured: the call was not answered, or has only begun.",
  },
  ja: {
    title: "音声品質",
    lead: "各側から届いた音声です。MOS は E モデルによる推定値（1〜4.5）で、4 以上は良好、3.6 未満は多くの人が不満を感じます。",
    side: "送信側",
    a: "発信者",
    b: "着信側",
    codec: "コーデック",
    packets: "パケット",
    lost: "損失",
    jitter: "ジッター",
    roundTrip: "往復遅延",
    mos: "MOS",
    srtp: "SRTP",
    yes: "あり",
    no: "なし",
    unknown: "—",
    good: "良好",
    fair: "普通",
    poor: "不良",
    empty: "音声は計測されていません。応答がなかったか、始まったばかりです。",
  },
});

const REFRESH_MS = 1_500;
/** ITU-T G.107 Annex B: R of 80 and of 70, below which some and then many users are dissatisfied. */
const GOOD_MOS = 4.03;
const FAIR_MOS = 3.6;

/** What arrived from each leg of a call (MED-6). */
export function Quality({ callSid, isLive }: { readonly callSid: string; readonly isLive: boolean }) {
  const t = useTexts(texts);
  const formats = useFormats();
  const quality = useApi(
    "GET /trunkline/v1/Calls/{sid}/Quality",
    { path: { sid: callSid } },
    { refetchInterval: isLive && REFRESH_MS },
  );
  const milliseconds = (value: number | null): string =>
    value === null ? t.unknown : `${formats.number(value, 1)} ms`;
  const share = ({ packets_lost: lost, packets_received: received }: LegQuality): string =>
    `${formats.number(lost)} (${formats.percent(lost + received === 0 ? 0 : lost / (lost + received))})`;
  const word = (mos: number): string => (mos >= GOOD_MOS ? t.good : mos >= FAIR_MOS ? t.fair : t.poor);
  const samples = quality.data?.samples ?? [];
  return (
    <Section title={t.title} lead={t.lead}>
      <Failure error={quality.error} />
      <DataTable
        label={t.title}
        list={{ items: quality.data?.legs ?? [] }}
        keyOf={(leg) => leg.leg}
        empty={t.empty}
        columns={[
          { label: t.side, cell: (leg) => t[leg.leg] },
          { label: t.mos, cell: ({ mos }) => (mos === null ? t.unknown : `${formats.number(mos, 2)} (${word(mos)})`) },
          { label: t.packets, align: "right", cell: (leg) => formats.number(leg.packets_received) },
          { label: t.lost, align: "right", cell: share },
          { label: t.jitter, align: "right", cell: (leg) => milliseconds(leg.jitter_ms), wideOnly: true },
          { label: t.roundTrip, align: "right", cell: (leg) => milliseconds(leg.round_trip_ms), wideOnly: true },
          { label: t.codec, cell: (leg) => leg.codec ?? t.unknown, wideOnly: true },
          { label: t.srtp, cell: (leg) => (leg.srtp === null ? t.unknown : leg.srtp ? t.yes : t.no), wideOnly: true },
        ]}
      />
      {samples.length > 0 && <QualityChart samples={samples} />}
    </Section>
  );
}
