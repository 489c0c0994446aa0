import { Select } from "@mantine/core";
import { useMemo, useState } from "react";
import { useApi } from "../../api/hooks.ts";
import type { UsageRecord } from "../../api/twilio/monitor.ts";
import { useAccount } from "../../app/session.tsx";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { Chart } from "../../ui/chart.tsx";
import { Failure } from "../../ui/failure.tsx";

const texts = defineTexts({
  en: {
    category: "Category drawn",
    perDay: (what: string) => `${what} per day`,
    perMonth: (what: string) => `${what} per month`,
  },
  ja: {
    category: "表示するカテゴリー",
    perDay: (what: string) => `${what}(日別)`,
    perMonth: (what: string) => `${what}(月別)`,
  },
});

type UsageChartProps = {
  readonly start: string;
  readonly isMonthly: boolean;
  readonly categories: readonly UsageRecord[];
};

/** What was used of one category, day by day or month by month. */
export function UsageChart({ start, isMonthly, categories }: UsageChartProps) {
  const t = useTexts(texts);
  const account = useAccount();
  const { date } = useFormats();
  const [category, setCategory] = useState("calls");
  const request = { path: { account }, query: { Category: category, StartDate: start, PageSize: 1_000 } };
  const daily = useApi("GET /2010-04-01/Accounts/{account}/Usage/Records/Daily.json", request, { enabled: !isMonthly });
  const monthly = useApi("GET /2010-04-01/Accounts/{account}/Usage/Records/Monthly.json", request, {
    enabled: isMonthly,
  });
  const { data, error } = isMonthly ? monthly : daily;
  const rows = useMemo(() => data?.usage_records.toReversed() ?? [], [data]);
  const figures = useMemo(
    () => ({
      times: rows.map(({ start_date }) => startOf(start_date)),
      series: [{ label: rows[0]?.usage_unit ?? "", values: rows.map(({ usage }) => Number(usage)) }],
    }),
    [rows],
  );
  const what = rows[0]?.description ?? category;
  return (
    <>
      <Select
        label={t.category}
        w={320}
        maw="100%"
        searchable
        allowDeselect={false}
        value={category}
        onChange={(value) => value !== null && setCategory(value)}
        data={categories.map(({ category: value, description }) => ({ value, label: `${description} (${value})` }))}
      />
      <Failure error={error} />
      {rows.length > 0 && (
        <Chart label={isMonthly ? t.perMonth(what) : t.perDay(what)} kind="bars" {...figures} formatTime={date} />
      )}
    </>
  );
}

/** Where a chart of local time has this date, whatever zone the reader is in. */
function startOf(day: string): number {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date).getTime();
}
