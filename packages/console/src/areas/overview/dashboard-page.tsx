import { Group, Select } from "@mantine/core";
import { useState } from "react";
import { useApi, useApiList } from "../../api/hooks.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { AlertTable } from "../monitor/alert-table.tsx";
import { CallCharts } from "./call-charts.tsx";
import { KeyFigures } from "./key-figures.tsx";
import { LiveCallsTable } from "./live-calls-table.tsx";
import { type PeriodName, periodOf } from "./periods.ts";
import { RecentCalls } from "./recent-calls.tsx";
import { TrunkFigures } from "./trunk-figures.tsx";

const texts = defineTexts({
  en: {
    title: "Dashboard",
    lead: "How your trunks are used, and how well calls get through. Days are those of your own time zone.",
    period: "Period",
    today: "Today",
    week: "Last 7 days",
    days: "Last 30 days",
    month: "This month",
    trunk: "Trunk",
    all: "All trunks",
    alerts: "Recent alerts",
    over: "Over time",
  },
  ja: {
    title: "ダッシュボード",
    lead: "トランクの利用状況と、通話のつながりやすさを確認できます。日付はお使いのタイムゾーンに従います。",
    period: "期間",
    today: "今日",
    week: "過去7日間",
    days: "過去30日間",
    month: "今月",
    trunk: "トランク",
    all: "すべてのトランク",
    alerts: "最近のアラート",
    over: "推移",
  },
});

const PERIODS: readonly PeriodName[] = ["today", "week", "days", "month"];
/** Calls that end are counted at once. */
const REFRESH_MS = 10_000;

export default function DashboardPage() {
  const t = useTexts(texts);
  const [period, setPeriod] = useState<PeriodName>("week");
  const [trunk, setTrunk] = useState("");
  const trunks = useApiList("GET /v1/Trunks", "trunks", { query: { PageSize: 1_000 } });
  const asked = { ...periodOf(period), ...(trunk !== "" && { TrunkSid: trunk }) };
  const { data, error } = useApi("GET /trunkline/v1/CallStatistics", { query: asked }, { refetchInterval: REFRESH_MS });
  const alerts = useApiList("GET /v1/Alerts", "alerts", { query: { PageSize: 5 } }, { refetchInterval: REFRESH_MS });
  return (
    <Page title={t.title} lead={t.lead}>
      <Group gap="sm">
        <Select
          label={t.period}
          allowDeselect={false}
          value={period}
          onChange={(value) => value !== null && setPeriod(value as PeriodName)}
          data={PERIODS.map((value) => ({ value, label: t[value] }))}
        />
        <Select
          label={t.trunk}
          searchable
          allowDeselect={false}
          value={trunk}
          onChange={(value) => setTrunk(value ?? "")}
          data={[
            { value: "", label: t.all },
            ...trunks.items.map(({ sid, friendly_name }) => ({ value: sid, label: friendly_name ?? sid })),
          ]}
        />
      </Group>
      <Failure error={error} />
      <KeyFigures totals={data?.totals} />
      <Section title={t.over}>{data && <CallCharts statistics={data} />}</Section>
      {trunk === "" && <TrunkFigures query={asked} trunks={trunks.items} />}
      <LiveCallsTable />
      <RecentCalls trunkSid={trunk} />
      <Section title={t.alerts}>
        <AlertTable alerts={{ ...alerts, hasMore: false }} />
      </Section>
    </Page>
  );
}
