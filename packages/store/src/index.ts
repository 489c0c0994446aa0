export { InvalidCursor, StoreError, type StoreErrorCode } from "./errors.ts";
export { openStore, type StoreOptions } from "./open-store.ts";
export type * from "./store.ts";
export type * from "./webhooks.types.ts";
