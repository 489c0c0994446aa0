/** A day in UTC as `YYYY-MM-DD`; they sort as text. */
export type Day = string;

/** What usage is summed up over. */
export type PeriodKind = "daily" | "monthly" | "yearly" | "alltime";

/** Both days belong to it. */
export type Period = { readonly start: Day; readonly end: Day };

const DAY_MS = 86_400_000;
const FIRST_DAY: Day = "0001-01-01";
const LAST_DAY: Day = "9999-12-31";

/** The UTC day of a moment. */
export function dayOf(atMs: number): Day {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** The day so many days later, or earlier; kept within the years 1 to 9999. */
export function addDays(day: Day, days: number): Day {
  const atMs = Date.parse(day) + days * DAY_MS;
  if (!(atMs > Date.parse(FIRST_DAY))) return FIRST_DAY;
  return atMs < Date.parse(LAST_DAY) ? dayOf(atMs) : LAST_DAY;
}

/** The whole period of a kind that a day is in. */
export function periodOf(kind: PeriodKind, day: Day): Period {
  switch (kind) {
    case "daily":
      return { start: day, end: day };
    case "monthly":
      return { start: `${day.slice(0, 8)}01`, end: lastOfMonth(day) };
    case "yearly":
      return { start: `${day.slice(0, 4)}-01-01`, end: `${day.slice(0, 4)}-12-31` };
    case "alltime":
      return { start: FIRST_DAY, end: LAST_DAY };
    default:
      return kind satisfies never;
  }
}

/** How many periods of a kind lie before the one that a day is in, counted from an arbitrary one. */
export function ordinalOf(kind: PeriodKind, day: Day): number {
  const [year, month] = day.split("-").map(Number) as [number, number];
  switch (kind) {
    case "daily":
      return Date.parse(day) / DAY_MS;
    case "monthly":
      return 12 * year + month - 1;
    case "yearly":
      return year;
    case "alltime":
      return 0;
    default:
      return kind satisfies never;
  }
}

/** The period with an ordinal. */
export function periodAt(kind: PeriodKind, ordinal: number): Period {
  switch (kind) {
    case "daily":
      return periodOf(kind, dayOf(ordinal * DAY_MS));
    case "monthly":
      return periodOf(kind, `${pad(Math.floor(ordinal / 12), 4)}-${pad((ordinal % 12) + 1, 2)}-01`);
    case "yearly":
      return periodOf(kind, `${pad(ordinal, 4)}-01-01`);
    case "alltime":
      return periodOf(kind, FIRST_DAY);
    default:
      return kind satisfies never;
  }
}

/** What two periods share; undefined: nothing. */
export function sharedDays(a: Period, b: Period): Period | undefined {
  const { start } = a.start > b.start ? a : b;
  const { end } = a.end < b.end ? a : b;
  return start <= end ? { start, end } : undefined;
}

function lastOfMonth(day: Day): Day {
  const [year, month] = day.split("-").map(Number) as [number, number];
  const next = month === 12 ? `${pad(year + 1, 4)}-01-01` : `${pad(year, 4)}-${pad(month + 1, 2)}-01`;
  return month === 12 ? `${day.slice(0, 4)}-12-31` : addDays(next, -1);
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}
