import { addDays, type Day, dayOf } from "@trunkline/trunking";
import { readDateSpan } from "../../dates.ts";
import { about, type Field, matching } from "../../form.ts";

const OFFSET = /^([+ -]?)(\d{1,6})days?$/;

/** A day in UTC, or so many days from today, as in `-30days`. A form writes + as a blank when nobody encodes it. */
export function dayOrOffset(): Field<string> {
  const accepted = matching(
    /^(\d{4}-\d\d-\d\d|[+ -]?\d{1,6}days?)$/,
    "a date such as 2026-11-20, or days from today such as -30days",
  );
  const exists = (given: string): boolean => OFFSET.test(given) || readDateSpan(given) !== undefined;
  const schema = accepted.schema.refine(exists, { error: "must be a day that exists" });
  return about("`YYYY-MM-DD`, or days from today such as `-30days`; UTC.", { ...accepted, schema });
}

/** The day that `dayOrOffset` has read. */
export function dayAsked(text: string, nowMs: number): Day {
  const [, sign, days] = OFFSET.exec(text) ?? [];
  return days === undefined ? text : addDays(dayOf(nowMs), Number(days) * (sign === "-" ? -1 : 1));
}

/** Text that may be the name of a category, ours or another of Twilio's. */
export function categoryName(): Field<string> {
  return matching(/^[a-z0-9-]{1,100}$/, "the name of a usage category such as trunking-termination");
}
