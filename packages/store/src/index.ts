export { type Actor, actingAs, actingAsUser } from "./audit/actor.ts";
export type * from "./audit.types.ts";
export type * from "./call-statistics.types.ts";
export {
  type CallerIdName,
  type CallerIdRepository,
  type CallerIdValidation,
  type CallerIdValidationRepository,
  VALIDATION_LIMITS,
  type ValidationRefusal,
} from "./caller-ids.types.ts";
export type * from "./captures.types.ts";
export type * from "./catalogue.types.ts";
export { checkDatabase } from "./check-database.ts";
export { csvLine } from "./csv.ts";
export { InvalidCursor, StoreError, type StoreErrorCode } from "./errors.ts";
export * from "./inventory.types.ts";
export type * from "./keys.types.ts";
export { openStore, type StoreOptions } from "./open-store.ts";
export type * from "./recordings.types.ts";
export { DEFAULT_TRUNK_RECORDINGS } from "./repositories/trunk-recordings.ts";
export type * from "./store.ts";
export type * from "./usage.types.ts";
export { usageRecordUri } from "./usage-trigger-event.ts";
export type * from "./users.types.ts";
export type * from "./webhooks.types.ts";
