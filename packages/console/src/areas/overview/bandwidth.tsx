import { NumberInput, Text } from "@mantine/core";
import { useState } from "react";
import { useApi } from "../../api/hooks.ts";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Section } from "../../ui/section.tsx";

const texts = defineTexts({
  en: {
    title: "Bandwidth calculator",
    lead: "Peak bandwidth = most calls at once × 100 kbit/s: G.711 with room for headers.",
    calls: "Most calls at once",
    peak: (kbits: string, mbits: string) => `${kbits} kbit/s (${mbits} Mbit/s) in each direction`,
  },
  ja: {
    title: "帯域幅の計算",
    lead: "ピーク帯域幅 = 最大同時通話数 × 100 kbps。G.711コーデックにヘッダーなどのオーバーヘッドを加えた値です。",
    calls: "最大同時通話数",
    peak: (kbits: string, mbits: string) => `上り・下りそれぞれ ${kbits} kbps(${mbits} Mbps)`,
  },
});

const MOST_CALLS = 1_000_000;

/** What the line must carry at the busiest moment. */
export function Bandwidth() {
  const t = useTexts(texts);
  const { number } = useFormats();
  const [calls, setCalls] = useState(30);
  const { data, error } = useApi("GET /trunkline/v1/Network/Bandwidth", { query: { ConcurrentCalls: calls } });
  return (
    <Section title={t.title} lead={t.lead}>
      <NumberInput
        label={t.calls}
        w={200}
        min={1}
        max={MOST_CALLS}
        clampBehavior="strict"
        allowDecimal={false}
        value={calls}
        onChange={(value) => setCalls(Math.max(1, Number(value)))}
      />
      <Failure error={error} />
      {data && (
        <Text fz="lg" fw={600} aria-live="polite">
          {t.peak(number(data.kbits_per_second), number(data.kbits_per_second / 1_000, 1))}
        </Text>
      )}
    </Section>
  );
}
