import { Skeleton, Text } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useApi } from "../../api/hooks.ts";
import type { Alert } from "../../api/twilio/monitor.ts";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useLanguage, useTexts } from "../../i18n/language.tsx";
import { CopyText } from "../../ui/copy-text.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { Fact, Facts, Section } from "../../ui/section.tsx";
import { LevelBadge } from "./level-badge.tsx";
import { ResourceLink } from "./resource-link.tsx";

const texts = defineTexts({
  en: {
    above: "Debugger",
    title: (code: string) => `Alert ${code}`,
    what: "What happened",
    cause: "Why it comes",
    remedy: "What to do",
    level: "Level",
    time: "Time",
    about: "About",
    sip: "Answer on the wire",
    sid: "SID of the alert",
  },
  ja: {
    above: "デバッガー",
    title: (code: string) => `アラート ${code}`,
    what: "内容",
    cause: "原因",
    remedy: "対処方法",
    level: "レベル",
    time: "日時",
    about: "対象",
    sip: "SIPレスポンス",
    sid: "アラートのSID",
  },
});

/** One alert: what happened, why such things come, and what to do. */
export default function AlertPage() {
  const t = useTexts(texts);
  const { alertSid = "" } = useParams({ strict: false }) as { readonly alertSid?: string };
  const { data: alert, error } = useApi("GET /v1/Alerts/{sid}", { path: { sid: alertSid } });
  return (
    <Page title={t.title(alert?.error_code ?? "")} above={[{ to: "/debugger", label: t.above }]}>
      <Failure error={error} />
      {alert ? <AlertSections alert={alert} /> : !error && <Skeleton height={240} />}
    </Page>
  );
}

function AlertSections({ alert }: { readonly alert: Alert }) {
  const t = useTexts(texts);
  const { dateTime } = useFormats();
  const { language } = useLanguage();
  const { data: entry } = useApi("GET /trunkline/v1/ErrorCodes/{code}", {
    path: { code: alert.error_code },
    query: { Lang: language },
  });
  const answer = entry?.sip_status ? `${entry.sip_status} ${entry.sip_phrase ?? ""}` : "—";
  return (
    <>
      <Section title={entry?.title ?? t.what}>
        <Text style={{ overflowWrap: "anywhere" }}>{alert.alert_text}</Text>
        <Facts>
          <Fact name={t.level}>
            <LevelBadge level={alert.log_level} />
          </Fact>
          <Fact name={t.time}>{dateTime(alert.date_generated)}</Fact>
          <Fact name={t.about}>
            <ResourceLink sid={alert.resource_sid} />
          </Fact>
          <Fact name={t.sip}>{answer}</Fact>
          <Fact name={t.sid}>
            <CopyText value={alert.sid} />
          </Fact>
        </Facts>
      </Section>
      {entry && (
        <>
          <Section title={t.cause}>
            <Text>{entry.cause}</Text>
          </Section>
          <Section title={t.remedy}>
            <Text>{entry.remedy}</Text>
          </Section>
        </>
      )}
    </>
  );
}
