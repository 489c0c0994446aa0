import { Text, Timeline } from "@mantine/core";
import { useApi } from "../../api/hooks.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Section } from "../../ui/section.tsx";
import type { TraceStep } from "./call.types.ts";

const texts = defineTexts({
  en: {
    title: "Decision trace",
    lead: "Which rule looked at what, and what it said, in the order in which the platform decided.",
    pass: "passed",
    refuse: "refused",
    skip: "does not apply",
    info: "noted",
  },
  ja: {
    title: "判定の記録",
    lead: "どのルールが何を見て、どう判断したかを、処理の順に示します。",
    pass: "通過",
    refuse: "拒否",
    skip: "対象外",
    info: "記録",
  },
});

const REFRESH_MS = 1_500;

/** The decision trace of a call (EVD-1). */
export function DecisionTrace({ callSid, isLive }: { readonly callSid: string; readonly isLive: boolean }) {
  const t = useTexts(texts);
  const trace = useApi(
    "GET /trunkline/v1/Calls/{sid}/Trace",
    { path: { sid: callSid } },
    { refetchInterval: isLive && REFRESH_MS },
  );
  return (
    <Section title={t.title} lead={t.lead}>
      <Failure error={trace.error} />
      <TraceSteps steps={trace.data?.steps ?? []} />
    </Section>
  );
}

const MARKS = { pass: "✓", refuse: "✕", skip: "–", info: "i" } as const;
const COLOURS = { pass: "green", refuse: "red", skip: "gray", info: "blue" } as const;

/** Steps of a decision, each with its verdict as a word and as a mark. */
export function TraceSteps({ steps }: { readonly steps: readonly Omit<TraceStep, "at_ms">[] }) {
  const t = useTexts(texts);
  return (
    <Timeline bulletSize={20} lineWidth={2}>
      {steps.map((step, index) => (
        <Timeline.Item
          // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added, and have no other name
          key={index}
          color={COLOURS[step.verdict]}
          bullet={<span aria-hidden="true">{MARKS[step.verdict]}</span>}
          title={
            <Text size="sm" fw={600} component="span">
              {step.rule}: {t[step.verdict]}
            </Text>
          }
        >
          <Text size="sm">{step.detail}</Text>
          {step.input !== "" && (
            <Text size="xs" c="dimmed" className="mono">
              {step.input}
            </Text>
          )}
        </Timeline.Item>
      ))}
    </Timeline>
  );
}
