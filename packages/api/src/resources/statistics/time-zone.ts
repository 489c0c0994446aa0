const DAY_MS = 86_400_000;

/** A time zone of the IANA database, as far as days need it. Wall-clock times are written as epoch milliseconds of the same time in UTC. */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat;

  /** Throws RangeError for a name that is no time zone. */
  constructor(name: string) {
    this.#format = new Intl.DateTimeFormat("en-US-u-ca-iso8601-nu-latn", {
      timeZone: name,
      hourCycle: "h23",
      ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" },
    });
  }

  /** What the clock on the wall shows; whole seconds. */
  wallClock(atMs: number): number {
    const parts = this.#format.formatToParts(atMs);
    const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
    return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  }

  /** When the clock shows `wallMs`: the first time, or the moment that it is put forward past it. */
  momentOf(wallMs: number): number {
    // Offsets a day before and after are the two that can apply.
    const offsets = [wallMs - DAY_MS, wallMs + DAY_MS].map((nearMs) => this.wallClock(nearMs) - nearMs);
    const moments = offsets.map((offsetMs) => wallMs - offsetMs).sort((a, b) => a - b);
    const [early, late] = [moments[0] as number, moments[1] as number];
    return this.wallClock(early) >= wallMs ? early : late;
  }
}
