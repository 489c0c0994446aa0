import { Text } from "@mantine/core";
import { type ApiList, useApi } from "../../api/hooks.ts";
import type { Alert } from "../../api/twilio/monitor.ts";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useLanguage, useTexts } from "../../i18n/language.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { TextLink } from "../../ui/text-link.tsx";
import { LevelBadge } from "./level-badge.tsx";
import { ResourceLink } from "./resource-link.tsx";

const texts = defineTexts({
  en: {
    label: "Alerts",
    time: "Time",
    level: "Level",
    what: "What happened",
    about: "About",
    empty: "No alerts. Refused calls, targets that fail and missing recordings are told of here.",
  },
  ja: {
    label: "アラート",
    time: "日時",
    level: "レベル",
    what: "内容",
    about: "対象",
    empty: "アラートはありません。拒否された通話、応答しない宛先、録音の欠落などがここに表示されます。",
  },
});

/** Alerts with the title of their code, each a link to its page. */
export function AlertTable({ alerts }: { readonly alerts: ApiList<Alert> }) {
  const t = useTexts(texts);
  const { dateTime } = useFormats();
  const titles = useErrorTitles();
  return (
    <DataTable
      label={t.label}
      list={alerts}
      keyOf={({ sid }) => sid}
      empty={t.empty}
      columns={[
        { label: t.time, cell: ({ date_generated }) => dateTime(date_generated), wideOnly: true },
        { label: t.level, cell: ({ log_level }) => <LevelBadge level={log_level} /> },
        {
          label: t.what,
          cell: (alert) => (
            <>
              <TextLink to={`/debugger/${alert.sid}`}>
                {alert.error_code} {titles.get(alert.error_code)}
              </TextLink>
              <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                {alert.alert_text}
              </Text>
              <Text size="xs" c="dimmed" hiddenFrom="sm">
                {dateTime(alert.date_generated)}
              </Text>
            </>
          ),
        },
        { label: t.about, cell: ({ resource_sid }) => <ResourceLink sid={resource_sid} />, wideOnly: true },
      ]}
    />
  );
}

function useErrorTitles(): ReadonlyMap<string, string> {
  const { language } = useLanguage();
  const { data } = useApi("GET /trunkline/v1/ErrorCodes", { query: { Lang: language, PageSize: 1_000 } });
  return new Map(data?.error_codes.map(({ code, title }) => [String(code), title]));
}
