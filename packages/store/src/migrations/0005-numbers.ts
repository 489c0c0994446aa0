export const NUMBERS: readonly string[] = [];
