import type { TimeZone } from "./time-zone.ts";

export type Interval = "hour" | "day" | "month" | "all";

const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;

/** Consecutive periods by where they begin; the last ends at `endMs`. Full quarters of an hour, epoch milliseconds. */
export type Periods = { readonly startsMs: readonly number[]; readonly endMs: number };

/**
 * Cuts a time at the borders of an interval, as clocks in a zone have them. The first and the last period are as much of theirs as lies
 * within. Borders and both ends lie at full quarters of an hour: the beginning earlier, the end later if need be.
 *
 * @returns undefined: they would be more than `most`
 */
export function periodsOf(
  interval: Interval,
  zone: TimeZone,
  fromMs: number,
  untilMs: number,
  most: number,
): Periods | undefined {
  const startMs = floorQuarter(fromMs);
  const endMs = -floorQuarter(-untilMs);
  const startsMs = [startMs];
  for (
    let nextMs = borderAfter(interval, zone, startMs);
    nextMs < endMs;
    nextMs = borderAfter(interval, zone, nextMs)
  ) {
    if (startsMs.length === most) return undefined;
    startsMs.push(nextMs);
  }
  return { startsMs, endMs };
}

/** The first border later than a moment. */
function borderAfter(interval: Interval, zone: TimeZone, atMs: number): number {
  switch (interval) {
    case "all":
      return Number.POSITIVE_INFINITY;
    case "hour":
      // An hour lasts an hour also when clocks are put back; where it begins is up to the zone (India: at half past).
      return atMs + HOUR_MS - mod(floorQuarter(zone.wallClock(atMs)), HOUR_MS);
    case "day":
    case "month": {
      const day = new Date(zone.wallClock(atMs));
      for (let more = 1; ; more++) {
        const wallMs =
          interval === "day"
            ? Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate() + more)
            : Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + more);
        const borderMs = floorQuarter(zone.momentOf(wallMs));
        // Not so where a border of long ago lay within a quarter, or a whole day was left out.
        if (borderMs > atMs) return borderMs;
      }
    }
    default:
      return interval satisfies never;
  }
}

function floorQuarter(atMs: number): number {
  return Math.floor(atMs / QUARTER_MS) * QUARTER_MS;
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}
