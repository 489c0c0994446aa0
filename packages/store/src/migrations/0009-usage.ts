export const USAGE: readonly string[] = [];
