import { Group, Select, Text } from "@mantine/core";
import { useState } from "react";
import { type ApiList, useApiList } from "../../api/hooks.ts";
import type { UsageRecord } from "../../api/twilio/monitor.ts";
import { useAccount } from "../../app/session.tsx";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { UsageChart } from "./usage-chart.tsx";
import { UsageTriggers } from "./usage-triggers.tsx";

const texts = defineTexts({
  en: {
    title: "Usage",
    lead: "What your account used of each category and period, and who is told when it gets much. Days begin at midnight UTC.",
    records: "Usage records",
    period: "Period",
    today: "Today",
    week: "Last 7 days",
    days: "Last 30 days",
    month: "This month",
    year: "Last 12 months",
    category: "Category",
    count: "Count",
    usage: "Usage",
    price: "Price",
    used: "Only what was used is listed.",
    empty: "Nothing was used in this period.",
    chart: "Over time",
  },
  ja: {
    title: "使用量",
    lead: "カテゴリーと期間ごとの使用量を確認し、しきい値に達したときの通知を設定します。日付の区切りはUTCの午前0時です。",
    records: "使用量レコード",
    period: "期間",
    today: "今日",
    week: "過去7日間",
    days: "過去30日間",
    month: "今月",
    year: "過去12か月",
    category: "カテゴリー",
    count: "件数",
    usage: "使用量",
    price: "料金",
    used: "使用のあったカテゴリーのみ表示しています。",
    empty: "この期間の使用はありません。",
    chart: "推移",
  },
});

/** First day of each period, as the API takes it. */
const PERIODS = {
  today: () => "-0days",
  week: () => "-6days",
  days: () => "-29days",
  month: () => `${new Date().toISOString().slice(0, 7)}-01`,
  year: () => "-364days",
} as const satisfies Readonly<Record<string, () => string>>;
type UsagePeriod = keyof typeof PERIODS;

export default function UsagePage() {
  const t = useTexts(texts);
  const account = useAccount();
  const [period, setPeriod] = useState<UsagePeriod>("days");
  const start = PERIODS[period]();
  const query = { StartDate: start, PageSize: 1_000 };
  const records = useApiList("GET /2010-04-01/Accounts/{account}/Usage/Records.json", "usage_records", {
    path: { account },
    query,
  });
  return (
    <Page title={t.title} lead={t.lead}>
      <Section title={t.records} lead={t.used}>
        <Select
          label={t.period}
          w={220}
          allowDeselect={false}
          value={period}
          onChange={(value) => value !== null && setPeriod(value as UsagePeriod)}
          data={(Object.keys(PERIODS) as UsagePeriod[]).map((value) => ({ value, label: t[value] }))}
        />
        <RecordTable records={{ ...records, items: records.items.filter(isUsed) }} />
      </Section>
      <Section title={t.chart}>
        <UsageChart start={start} isMonthly={period === "year"} categories={records.items} />
      </Section>
      <UsageTriggers categories={records.items} />
    </Page>
  );
}

function isUsed({ count, usage, price }: UsageRecord): boolean {
  return Number(count) !== 0 || Number(usage) !== 0 || price !== 0;
}

function RecordTable({ records }: { readonly records: ApiList<UsageRecord> }) {
  const t = useTexts(texts);
  const { number, money } = useFormats();
  return (
    <DataTable
      label={t.records}
      list={records}
      keyOf={({ category }) => category}
      empty={t.empty}
      columns={[
        {
          label: t.category,
          cell: ({ category, description }) => (
            <Group gap="xs">
              {description}
              <Text size="xs" c="dimmed" className="mono" visibleFrom="sm">
                {category}
              </Text>
            </Group>
          ),
        },
        {
          label: t.count,
          align: "right",
          cell: ({ count, count_unit }) => `${number(Number(count))} ${count_unit}`,
          wideOnly: true,
        },
        {
          label: t.usage,
          align: "right",
          cell: ({ usage, usage_unit }) => `${number(Number(usage), 2)} ${usage_unit}`,
        },
        { label: t.price, align: "right", cell: ({ price, price_unit }) => money(price, price_unit.toUpperCase()) },
      ]}
    />
  );
}
