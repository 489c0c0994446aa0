export const DAY_MS = 86_400_000;

/** PBXs import the root by hand, so it must last. */
export const AUTHORITY_MS = 3_650 * DAY_MS;

export const SERVER_MS = 365 * DAY_MS;

/** Renewed, or warned of, this long before the end: long enough to see and mend whatever is in the way. */
export const RENEW_BEFORE_MS = 30 * DAY_MS;
