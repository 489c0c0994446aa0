export const USERS: readonly string[] = [];
