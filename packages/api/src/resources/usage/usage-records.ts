import type { PageOf, PageRequest, UsageOwner } from "@trunkline/store";
import {
  addDays,
  type Day,
  dayOf,
  decimalOfMicros,
  type Period,
  type PeriodKind,
  periodOf,
  sharedDays,
  USAGE_CATEGORIES,
  type Usage,
  usageCategory,
  usageOf,
} from "@trunkline/trunking";
import { flag, optional } from "../../form.ts";
import { invalid } from "../../problem.ts";
import type { At, Resource } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import { type Priced, priced } from "../pricing/currency.ts";
import { categoryName, dayAsked, dayOrOffset } from "./usage-form.ts";
import { type Cell, UsageGrid } from "./usage-grid.ts";

type UsageRecord = Cell & { readonly usage: Usage };

/** One way of cutting usage into periods. */
type View = {
  /** Below `…/Usage/Records`; "" for itself. */
  readonly name: string;
  readonly kind: PeriodKind;
  /** What it shows at most. */
  readonly within: (today: Day) => Period;
};

const lastMonth = (today: Day): Period => periodOf("monthly", addDays(periodOf("monthly", today).start, -1));
const ever = (): Period => periodOf("alltime", "2000-01-01");
const untilToday = (today: Day): Period => ({ start: ever().start, end: today });

const VIEWS: readonly View[] = [
  { name: "", kind: "alltime", within: ever },
  { name: "AllTime", kind: "alltime", within: ever },
  { name: "Daily", kind: "daily", within: untilToday },
  { name: "LastMonth", kind: "alltime", within: lastMonth },
  { name: "Monthly", kind: "monthly", within: untilToday },
  { name: "ThisMonth", kind: "alltime", within: (today) => ({ ...periodOf("monthly", today), end: today }) },
  { name: "Today", kind: "alltime", within: (today) => periodOf("daily", today) },
  { name: "Yearly", kind: "yearly", within: untilToday },
  { name: "Yesterday", kind: "alltime", within: (today) => periodOf("daily", addDays(today, -1)) },
];

const form = {
  Category: optional(categoryName()),
  StartDate: optional(dayOrOffset()),
  EndDate: optional(dayOrOffset()),
  IncludeSubaccounts: optional(flag()),
};

/** 2010-04-01 Usage Records and their subresources (contract §3.1, §4.1, BIL-3): one record per category and period, newest period first. */
export const usageRecords: readonly Resource<UsageRecord, Priced>[] = VIEWS.map((view) => ({
  product: "api",
  noun: `usage record${view.name === "" ? "" : ` (${view.name})`}`,
  path: pathOf(":accountSid", view.name),
  key: "usage_records",
  parent: priced,
  view: (record: UsageRecord, at: At<Priced>) => shown(view, record, at),
  list: accepts(form, async (at: At<Priced>, values) => {
    const nowMs = at.deps.nowMs();
    const today = dayOf(nowMs);
    const [start, end] = [values.StartDate, values.EndDate].map((text) => text && dayAsked(text, nowMs));
    if (start && end && start > end) return invalid(`StartDate ${start} is after EndDate ${end}.`);
    const owner = { accountSid: at.account.sid, subaccounts: values.IncludeSubaccounts ?? true };
    const most = view.within(today);
    // From the first use on and until today, when nobody says from when until when.
    const open = most.start === ever().start;
    const since = start || (open ? ((await at.deps.store.usage.firstDay(owner)) ?? today) : most.start);
    const within = sharedDays(most, { start: since, end: end || (open ? today : most.end) });
    // One of Twilio's that nothing is counted in here has no records.
    const categories = USAGE_CATEGORIES.filter(({ name }) => (values.Category ?? name) === name);
    if (within === undefined || categories.length === 0) return async () => NONE;
    const grid = new UsageGrid(view.kind, within, categories);
    return (page: PageRequest) => recordsOf(at, owner, view.kind, grid.page(page));
  }),
}));

const NONE = { rows: [], next: null, previous: null };

async function recordsOf(
  at: Context,
  owner: UsageOwner,
  kind: PeriodKind,
  page: PageOf<Cell>,
): Promise<PageOf<UsageRecord>> {
  const [newest, oldest] = [page.rows[0], page.rows.at(-1)];
  if (newest === undefined || oldest === undefined) return { ...page, rows: [] };
  const within = { start: oldest.period.start, end: newest.period.end };
  const sums = await at.deps.store.usage.sums(owner, within, kind);
  const counted = ({ start }: Period) => sums.get(periodOf(kind, start).start) ?? new Map<string, Usage>();
  return { ...page, rows: page.rows.map((cell) => ({ ...cell, usage: usageOf(cell.category, counted(cell.period)) })) };
}

function shown(
  view: View,
  { category, period, usage }: UsageRecord,
  { links, account, deps, parent }: At<Priced>,
): object {
  const uri = (name: string): string => `${links.relative(pathOf(account.sid, name))}?Category=${category.name}`;
  return {
    account_sid: account.sid,
    api_version: "2010-04-01",
    as_of: new Date(deps.nowMs()).toISOString().replace(/\.\d{3}Z$/, "+00:00"),
    category: category.name,
    count: String(usage.count),
    count_unit: category.countUnit,
    description: category.description,
    end_date: period.end,
    price: usage.priceMicros / 1_000_000,
    price_unit: parent.currency.toLowerCase(),
    start_date: period.start,
    subresource_uris: Object.fromEntries(
      VIEWS.filter(({ name }) => name !== "").map(({ name }) => [snakeCase(name), uri(name)]),
    ),
    uri: `${uri(view.name)}&StartDate=${period.start}&EndDate=${period.end}`,
    usage: decimalOfMicros(Math.round(usage.usage * 1_000_000)),
    usage_unit: category.usageUnit,
  };
}

function pathOf(accountSid: string, name: string): string {
  return `/Accounts/${accountSid}/Usage/Records${name === "" ? "" : `/${name}`}`;
}

function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, "_$&").toLowerCase();
}

/** What an account used of a category, in the period of a kind that a day is in. */
export async function usedInPeriod(at: Context, kind: PeriodKind): Promise<(category: string) => Usage | undefined> {
  const period = periodOf(kind, dayOf(at.deps.nowMs()));
  const owner = { accountSid: at.account.sid, subaccounts: true };
  const counted = (await at.deps.store.usage.sums(owner, period, kind)).get(period.start) ?? new Map<string, Usage>();
  return (name) => {
    const category = usageCategory(name);
    return category && usageOf(category, counted);
  };
}
