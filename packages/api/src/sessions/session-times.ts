import type { SessionBounds } from "@trunkline/store";

const HOUR_MS = 3_600_000;

/** A session ends when nothing was asked in it for so long … */
export const IDLE_MS = 12 * HOUR_MS;
/** … and in any case so long after the sign-in. */
export const LIFETIME_MS = 7 * 24 * HOUR_MS;
/** A use is noted once in so long, so that reading a page writes nothing. */
export const NOTED_EVERY_MS = 60_000;
/** A user's oldest session goes when there are more. */
export const SESSIONS_MOST = 20;

/** What a session must be younger than to last. */
export function sessionBounds(nowMs: number): SessionBounds {
  return { usedAfterMs: nowMs - IDLE_MS, createdAfterMs: nowMs - LIFETIME_MS };
}
