const FIRST_MS = 1_000;
const FACTOR = 4;
const LONGEST_MS = 3_600_000;
/** A web server that was away over lunch hears of everything; one that is away longer has the alerts themselves to read. */
const KEEP_TRYING_MS = 6 * 3_600_000;

/**
 * When a delivery that failed is tried again: after about 1, 4, 16, 64 s and so on, at most an hour; null when it is six hours old by
 * then. Each wait is half as long to one and a half times as long, so that deliveries that failed together do not come back together.
 *
 * @param failures attempts that failed, this one included
 * @param random in [0, 1)
 */
export function nextAttemptMs(createdAtMs: number, failures: number, nowMs: number, random: number): number | null {
  const waitMs = Math.min(FIRST_MS * FACTOR ** (failures - 1), LONGEST_MS) * (0.5 + random);
  const nextMs = Math.round(nowMs + waitMs);
  return nextMs - createdAtMs > KEEP_TRYING_MS ? null : nextMs;
}
