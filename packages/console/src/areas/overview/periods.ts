/** What the dashboard can be about. */
export type PeriodName = "today" | "week" | "days" | "month";

type Asked = { readonly StartTime: string; readonly Interval: "hour" | "day"; readonly TimeZone: string };

/** A period as the API's statistics take it: from the beginning of a day of the reader's own zone until now. */
export function periodOf(name: PeriodName, now = new Date()): Asked {
  const TimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const daysAgo = (days: number): string => dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() - days));
  switch (name) {
    case "today":
      return { StartTime: daysAgo(0), Interval: "hour", TimeZone };
    case "week":
      return { StartTime: daysAgo(6), Interval: "day", TimeZone };
    case "days":
      return { StartTime: daysAgo(29), Interval: "day", TimeZone };
    case "month":
      return { StartTime: daysAgo(now.getDate() - 1), Interval: "day", TimeZone };
    default:
      return name satisfies never;
  }
}

function dayOf(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
