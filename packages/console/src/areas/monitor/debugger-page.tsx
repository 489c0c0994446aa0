import { Group, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useApiList } from "../../api/hooks.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { AlertTable } from "./alert-table.tsx";
import { WebhookSection } from "./webhook-section.tsx";

const texts = defineTexts({
  en: {
    title: "Debugger",
    lead: "What went wrong with your calls, trunks and recordings in the last 30 days, why, and what to do about it.",
    alerts: "Alerts",
    level: "Level",
    all: "All levels",
    error: "Errors",
    warning: "Warnings",
    notice: "Notices",
    from: "From",
    until: "Until",
  },
  ja: {
    title: "デバッガー",
    lead: "過去30日間に通話、トランク、録音で起きた問題と、その原因、対処方法を確認できます。",
    alerts: "アラート",
    level: "レベル",
    all: "すべてのレベル",
    error: "エラー",
    warning: "警告",
    notice: "通知",
    from: "開始日",
    until: "終了日",
  },
});

/** Alerts come while one looks. */
const REFRESH_MS = 10_000;

export default function DebuggerPage() {
  const t = useTexts(texts);
  const [level, setLevel] = useState("");
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const query = {
    ...(level !== "" && { LogLevel: level }),
    ...(from !== "" && { StartDate: from }),
    ...(until !== "" && { EndDate: until }),
  };
  const alerts = useApiList("GET /v1/Alerts", "alerts", { query }, { refetchInterval: REFRESH_MS });
  return (
    <Page title={t.title} lead={t.lead}>
      <Section title={t.alerts}>
        <Group gap="sm">
          <Select
            label={t.level}
            value={level}
            onChange={(value) => setLevel(value ?? "")}
            allowDeselect={false}
            w={180}
            data={[
              { value: "", label: t.all },
              ...(["error", "warning", "notice"] as const).map((value) => ({ value, label: t[value] })),
            ]}
          />
          <TextInput label={t.from} type="date" value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
          <TextInput
            label={t.until}
            type="date"
            value={until}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
        </Group>
        <AlertTable alerts={alerts} />
      </Section>
      <WebhookSection />
    </Page>
  );
}
