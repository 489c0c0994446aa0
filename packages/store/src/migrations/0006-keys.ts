export const KEYS: readonly string[] = [];
