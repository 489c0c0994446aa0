export const CALLER_IDS: readonly string[] = [];
