export const CATALOGUE: readonly string[] = [];
