/** Types whose text form both drivers must turn into the same JavaScript value; keyed by PostgreSQL's type OID. */
export const READERS: Readonly<Record<number, (text: string) => unknown>> = {
  /** int8: counters and sequence numbers, all far below 2^53. */
  20: Number,
  /** timestamptz */
  1184: readTimestampMs,
};

/** Epoch milliseconds of a `timestamptz` in PostgreSQL's ISO form, such as `2026-11-23 14:24:00.123+00`. */
export function readTimestampMs(text: string): number {
  const zoned = /[+-]\d\d$/.test(text) ? `${text}:00` : text;
  return Date.parse(zoned.replace(" ", "T").replace("+00:00", "Z"));
}

/**
 * A parameter as PostgreSQL can take it: its text type has no NUL (SQLSTATE 22021), which users and peers may well send. They see
 * U+FFFD instead.
 */
export function parameterValue(value: unknown): unknown {
  return typeof value === "string" && value.includes("\0") ? value.replaceAll("\0", "\ufffd") : value;
}

/** JSON text that `jsonb` accepts: NUL and lone surrogates inside strings become U+FFFD. */
export function jsonbText(value: unknown): string {
  const text = JSON.stringify(value);
  // Both appear only as escapes in what JSON.stringify writes, so the walk over every string is rare.
  if (!text.includes("\\u0000") && !text.includes("\\ud")) return text;
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "string" ? part.toWellFormed().replaceAll("\0", "\ufffd") : part,
  );
}
