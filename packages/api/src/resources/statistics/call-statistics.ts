import type { CallSums } from "@trunkline/store";
import { z } from "zod";
import { type DateSpan, isoDate } from "../../dates.ts";
import { about, date, oneOf, optional, sid, text } from "../../form.ts";
import { invalid, Problem } from "../../problem.ts";
import { accepts, type Context, type Route } from "../../route.ts";
import { type Interval, type Periods, periodsOf } from "./periods.ts";
import { TimeZone } from "./time-zone.ts";

const DAY_MS = 86_400_000;
/** Nothing was or will be counted outside, and calendars are regular within. */
const [EARLIEST_MS, LATEST_MS] = [Date.UTC(2000, 0, 1), Date.UTC(2200, 0, 1)];
/** A month of hours, three years of days. */
const MOST_PERIODS = 1_100;
/** Of every period and trunk, so that an answer stays within a few megabytes. */
const MOST_RECORDS = 10_000;

const figures = {
  calls: z.int(),
  answered: z.int(),
  failed: z.int(),
  busy: z.int(),
  no_answer: z.int(),
  canceled: z.int(),
  seconds: z.int(),
  minutes: z.int(),
  average_duration_sec: z.number().nullable(),
  average_answer_delay_sec: z.number().nullable(),
  asr: z.number().nullable(),
  price: z.null(),
};
const record = z.strictObject({ start: z.string(), end: z.string(), trunk_sid: z.string().nullable(), ...figures });
const shape = z.strictObject({
  account_sid: z.string(),
  interval: z.enum(["hour", "day", "month", "all"]),
  time_zone: z.string(),
  start: z.string(),
  end: z.string(),
  statistics: z.array(record),
  totals: z.strictObject(figures),
  url: z.string(),
});
type Shown = z.infer<typeof shape>;

const fetch = accepts(
  {
    StartTime: optional(
      about("Where it begins; by default 30 days before `EndTime`. A date is that day in `TimeZone`.", date()),
    ),
    EndTime: optional(about("Where it ends; by default now. A date is the end of that day.", date())),
    Interval: optional(about("Length of a record's time; by default `day`.", oneOf("hour", "day", "month", "all"))),
    TimeZone: optional(about("IANA name whose clocks begin days and months; by default `UTC`.", text(64))),
    TrunkSid: optional(sid("TK")),
    Direction: optional(oneOf("trunking-terminating", "trunking-originating")),
    GroupBy: optional(about("`trunk`: a record for each trunk that had calls.", oneOf("trunk"))),
  },
  async (at: Context, values): Promise<Shown | Problem> => {
    const { Interval: interval = "day", TimeZone: zoneName = "UTC", TrunkSid, Direction, GroupBy } = values;
    const zone = timeZone(zoneName);
    if (zone instanceof Problem) return zone;
    const periods = periodsAsked(interval, zone, values.StartTime, values.EndTime, at.deps.nowMs());
    if (periods instanceof Problem) return periods;
    const sums = await at.deps.store.callStatistics.sums({
      ...periods,
      accountSid: at.account.sid,
      ...(TrunkSid && { trunkSid: TrunkSid }),
      ...(Direction && { direction: Direction }),
      byTrunk: GroupBy === "trunk",
      limit: MOST_RECORDS + 1,
    });
    // Without groups every record is of the one trunk asked for, or of all.
    const trunks = GroupBy === "trunk" ? [...new Set(sums.map(({ trunkSid }) => trunkSid))].sort() : [""];
    if (trunks.length * periods.startsMs.length > MOST_RECORDS) {
      return invalid(
        `These would be more than ${MOST_RECORDS} records. Choose a longer Interval, a shorter time, or one trunk by TrunkSid.`,
      );
    }
    const { startsMs, endMs } = periods;
    const found = new Map(sums.map((one) => [`${one.period} ${one.trunkSid}`, one]));
    return {
      account_sid: at.account.sid,
      interval,
      time_zone: zoneName,
      start: isoDate(startsMs[0] as number),
      end: isoDate(endMs),
      statistics: startsMs.flatMap((startMs, period) =>
        trunks.map((trunkSid) => ({
          start: isoDate(startMs),
          end: isoDate(startsMs[period + 1] ?? endMs),
          trunk_sid: (GroupBy === "trunk" ? trunkSid : TrunkSid) || null,
          ...viewSums(found.get(`${period} ${trunkSid}`) ?? NONE),
        })),
      ),
      totals: viewSums(sums.reduce(plus, NONE)),
      url: at.links.absolute("trunkline", "/CallStatistics"),
    };
  },
);

/** `/trunkline/v1/CallStatistics`: calls that are over by time and trunk, read from a roll-up (BIL-3). */
export const callStatisticsRoute: Route = {
  method: "GET",
  product: "trunkline",
  scope: "account",
  path: "/CallStatistics",
  summary: "Fetch: calls, minutes and answer rate by time and trunk",
  form: fetch.form,
  success: { status: 200, schema: shape },
  run: async (at) => {
    const shown = await fetch.run(at, at.query);
    return shown instanceof Problem ? shown : { status: 200, body: shown };
  },
};

function timeZone(name: string): TimeZone | Problem {
  try {
    return new TimeZone(name);
  } catch {
    return invalid(`TimeZone must be the IANA name of a time zone such as Asia/Tokyo, not ${JSON.stringify(name)}.`);
  }
}

function periodsAsked(
  interval: Interval,
  zone: TimeZone,
  start: DateSpan | undefined,
  end: DateSpan | undefined,
  nowMs: number,
): Periods | Problem {
  const untilMs = end === undefined ? nowMs : isDay(end) ? zone.momentOf(end.untilMs) : end.fromMs;
  const fromMs =
    start === undefined ? untilMs - 30 * DAY_MS : isDay(start) ? zone.momentOf(start.fromMs) : start.fromMs;
  if (fromMs < EARLIEST_MS || untilMs > LATEST_MS) {
    return invalid("StartTime and EndTime must lie between 2000-01-01 and 2200-01-01.");
  }
  if (fromMs >= untilMs) return invalid("StartTime must be before EndTime, which is now unless it is given.");
  const periods = periodsOf(interval, zone, fromMs, untilMs, MOST_PERIODS);
  return (
    periods ?? invalid(`These would be more than ${MOST_PERIODS} times. Choose a longer Interval or a shorter time.`)
  );
}

/** Written as a date alone. */
function isDay({ fromMs, untilMs }: DateSpan): boolean {
  return untilMs - fromMs === DAY_MS;
}

const NONE: CallSums = { calls: 0, answered: 0, busy: 0, noAnswer: 0, canceled: 0, seconds: 0, minutes: 0, waitMs: 0 };

function plus(a: CallSums, b: CallSums): CallSums {
  return {
    calls: a.calls + b.calls,
    answered: a.answered + b.answered,
    busy: a.busy + b.busy,
    noAnswer: a.noAnswer + b.noAnswer,
    canceled: a.canceled + b.canceled,
    seconds: a.seconds + b.seconds,
    minutes: a.minutes + b.minutes,
    waitMs: a.waitMs + b.waitMs,
  };
}

function viewSums(sums: CallSums): Shown["totals"] {
  const { calls, answered, busy, noAnswer, canceled, seconds, minutes, waitMs } = sums;
  const each = (sum: number, of: number): number | null => (of === 0 ? null : Math.round((sum / of) * 1_000) / 1_000);
  return {
    calls,
    answered,
    failed: calls - answered - busy - noAnswer - canceled,
    busy,
    no_answer: noAnswer,
    canceled,
    seconds,
    minutes,
    average_duration_sec: each(seconds, answered),
    average_answer_delay_sec: each(waitMs / 1_000, answered),
    asr: each(answered, calls),
    // Nothing is rated yet.
    price: null,
  };
}
