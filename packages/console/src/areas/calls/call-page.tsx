import { Alert, Badge, Group, Stack, Text } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useApi } from "../../api/hooks.ts";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { CopyButton, CopyText } from "../../ui/copy-text.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { Fact, Facts, Section } from "../../ui/section.tsx";
import { TextLink } from "../../ui/text-link.tsx";
import { Attempts } from "./attempts.tsx";
import type { Call } from "./call.types.ts";
import { CallRecordings } from "./call-recordings.tsx";
import { CallStatus } from "./call-status.tsx";
import { CallTimeline } from "./call-timeline.tsx";
import { callWords, wordFor } from "./call-words.ts";
import { DecisionTrace } from "./decision-trace.tsx";
import { HangUp } from "./live-calls-page.tsx";
import { Quality } from "./quality.tsx";
import { SipLadder } from "./sip-ladder.tsx";

const texts = defineTexts({
  en: {
    title: "Call",
    log: "Call log",
    copyLink: "the link to this page",
    live: "This call is under way; the page follows it.",
    answered: (duration: string, endedBy: string) => `Answered, lasted ${duration}, ended by ${endedBy}.`,
    unanswered: (answer: string) => `Not answered: ${answer}.`,
    remedy: "What to do:",
    facts: "Facts",
    from: "From",
    to: "To",
    trunk: "Trunk",
    source: "Came from",
    started: "Started",
    answeredAt: "Answered",
    ended: "Ended",
    callIdA: "SIP Call-ID, caller's side",
    callIdB: "SIP Call-ID, other side",
  },
  ja: {
    title: "通話",
    log: "通話ログ",
    copyLink: "このページのリンク",
    live: "この通話は進行中です。ページは自動的に更新されます。",
    answered: (duration: string, endedBy: string) => `応答あり、通話時間 ${duration}、終了したのは${endedBy}です。`,
    unanswered: (answer: string) => `応答なし: ${answer}`,
    remedy: "対処方法:",
    facts: "詳細",
    from: "発信",
    to: "着信",
    trunk: "トランク",
    source: "発信元アドレス",
    started: "開始",
    answeredAt: "応答",
    ended: "終了",
    callIdA: "SIP Call-ID（発信側）",
    callIdB: "SIP Call-ID（着信側）",
  },
});

/** While a call is under way. */
const REFRESH_MS = 1_500;

export default function CallPage() {
  const t = useTexts(texts);
  const { callSid = "" } = useParams({ strict: false }) as { callSid?: string };
  const path = { sid: callSid };
  const [hasEnded, setEnded] = useState(false);
  const call = useApi("GET /trunkline/v1/Calls/{sid}", { path }, { refetchInterval: hasEnded ? false : REFRESH_MS });
  const isOver = call.data !== undefined && call.data.date_ended !== null;
  if (isOver !== hasEnded) setEnded(isOver);
  if (call.error && !call.data) return <Failure error={call.error} onRetry={() => void call.refetch()} />;
  if (!call.data) return null;
  const isLive = call.data.date_ended === null;
  return (
    <Page
      title={`${call.data.from} → ${call.data.to}`}
      above={[{ to: "/calls", label: t.log }]}
      actions={
        <>
          <CopyButton value={location.href} name={t.copyLink} />
          {isLive && <HangUp callSid={callSid} />}
        </>
      }
    >
      <Outcome call={call.data} />
      <CallFacts call={call.data} />
      <Attempts attempts={call.data.attempts} />
      <SipLadder key={callSid} callSid={callSid} />
      <CallTimeline callSid={callSid} isLive={isLive} />
      <DecisionTrace callSid={callSid} isLive={isLive} />
      <Quality callSid={callSid} isLive={isLive} />
      <CallRecordings callSid={callSid} isLive={isLive} />
    </Page>
  );
}

/** What became of it in one sentence; for what failed, what its code says to do. */
function Outcome({ call }: { readonly call: Call }) {
  const t = useTexts(texts);
  const words = useTexts(callWords);
  const formats = useFormats();
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <CallStatus status={call.status} />
        <Badge variant="default" radius="sm" tt="none">
          {wordFor(words, call.direction)}
        </Badge>
        <CopyText value={call.call_sid} />
      </Group>
      <Text>
        {call.date_ended === null
          ? t.live
          : call.date_answered !== null
            ? t.answered(formats.duration(call.duration_sec), wordFor(words, call.ended_by ?? ""))
            : t.unanswered([call.sip_status, call.reason].filter(Boolean).join(" "))}
      </Text>
      {call.error_code !== null && <Remedy code={call.error_code} />}
    </Stack>
  );
}

function Remedy({ code }: { readonly code: number }) {
  const t = useTexts(texts);
  const entry = useApi("GET /trunkline/v1/ErrorCodes/{code}", { path: { code: String(code) } });
  if (!entry.data) return null;
  const { title, cause, remedy, level } = entry.data;
  return (
    <Alert color={level === "error" ? "red" : "yellow"} title={`${code}: ${title}`}>
      <Text size="sm">{cause}</Text>
      <Text size="sm" mt={4}>
        <strong>{t.remedy}</strong> {remedy}
      </Text>
    </Alert>
  );
}

/** By its name when there is one; a trunk that was deleted since has its SID left. */
function TrunkLink({ sid }: { readonly sid: string }) {
  const trunk = useApi("GET /v1/Trunks/{sid}", { path: { sid } });
  if (trunk.error) return <span className="mono">{sid}</span>;
  return <TextLink to={`/trunks/${sid}/general`}>{trunk.data?.friendly_name || sid}</TextLink>;
}

function CallFacts({ call }: { readonly call: Call }) {
  const t = useTexts(texts);
  const formats = useFormats();
  const { trunk_sid, sip_call_id_b } = call;
  return (
    <Section title={t.facts}>
      <Facts>
        <Fact name={t.from}>
          <span className="mono">{call.from}</span>
        </Fact>
        <Fact name={t.to}>
          <span className="mono">{call.to}</span>
        </Fact>
        {trunk_sid !== null && (
          <Fact name={t.trunk}>
            <TrunkLink sid={trunk_sid} />
          </Fact>
        )}
        <Fact name={t.source}>
          <span className="mono">{call.source}</span>
        </Fact>
        <Fact name={t.started}>{formats.dateTime(call.date_created)}</Fact>
        <Fact name={t.answeredAt}>{formats.dateTime(call.date_answered)}</Fact>
        <Fact name={t.ended}>{formats.dateTime(call.date_ended)}</Fact>
        <Fact name={t.callIdA}>
          <CopyText value={call.sip_call_id_a} />
        </Fact>
        {sip_call_id_b !== null && (
          <Fact name={t.callIdB}>
            <CopyText value={sip_call_id_b} />
          </Fact>
        )}
      </Facts>
    </Section>
  );
}
