/** Calls of a trunk, rolled up by hour. */
export const CALL_STATISTICS: readonly string[] = [];
