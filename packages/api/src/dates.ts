/** Dates as the v1 hosts write them: ISO 8601, UTC, whole seconds (`2015-01-02T11:23:45Z`). */
export function isoDate(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d{3}Z$/, "Z");
}

/** Dates as the 2010-04-01 API writes them: RFC 2822 in UTC (`Thu, 30 Jul 2015 20:00:00 +0000`). */
export function rfc2822Date(atMs: number): string {
  return new Date(atMs).toUTCString().replace("GMT", "+0000");
}

/** A moment or a whole day, as date filters take it; `untilMs` is exclusive. */
export type DateSpan = { readonly fromMs: number; readonly untilMs: number };

/**
 * What a date filter with its `<` and `>` forms asks for: the day or second itself, `>` from its beginning, `<` up to and with its first
 * second; all of them together (contract §1.3). `fromMs` inclusive, `toMs` exclusive.
 */
export function boundsOf(
  at: DateSpan | undefined,
  after: DateSpan | undefined,
  before: DateSpan | undefined,
): { readonly fromMs: number | undefined; readonly toMs: number | undefined } {
  const from = [at?.fromMs, after?.fromMs].filter((ms) => ms !== undefined);
  const to = [at?.untilMs, before === undefined ? undefined : before.fromMs + 1000].filter((ms) => ms !== undefined);
  return {
    fromMs: from.length > 0 ? Math.max(...from) : undefined,
    toMs: to.length > 0 ? Math.min(...to) : undefined,
  };
}

const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/;

/**
 * Reads `YYYY-MM-DD` (that day in UTC) or an ISO 8601 date-time (that second; UTC when it names no zone), as contract §1.3 has it.
 * Undefined for anything else, a day that does not exist included.
 */
export function readDateSpan(text: string): DateSpan | undefined {
  if (DAY.test(text)) {
    const fromMs = Date.parse(`${text}T00:00:00Z`);
    // Date.parse rolls 2026-02-30 over into March.
    if (Number.isNaN(fromMs) || new Date(fromMs).toISOString().slice(0, 10) !== text) return undefined;
    return { fromMs, untilMs: fromMs + DAY_MS };
  }
  if (!MOMENT.test(text)) return undefined;
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`;
  const atMs = Date.parse(zoned);
  if (Number.isNaN(atMs) || readDateSpan(text.slice(0, 10)) === undefined) return undefined;
  const fromMs = Math.floor(atMs / 1000) * 1000;
  return { fromMs, untilMs: fromMs + 1000 };
}
