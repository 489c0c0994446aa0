/** Longer than any limit of a public authority; what is beyond is no wait but a mistake. */
const LONGEST_MS = 7 * 86_400_000;

/** When a Retry-After header (RFC 9110 §10.2.3: seconds or a date) allows the next request, epoch milliseconds; undefined: it does not say. */
export function retryAtMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const atMs = /^\d{1,9}$/.test(header) ? nowMs + 1_000 * Number(header) : Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.min(Math.max(atMs, nowMs), nowMs + LONGEST_MS);
}
