import type { ChangeLog } from "../directory/change-log.ts";
import type { Quotas } from "../quotas.ts";
import type { Secrets } from "../secrets.ts";
import type { Database } from "../sql/database.ts";
import type { NotFound, Outcome } from "../store.ts";

/** What every repository works with. */
export type StoreContext = {
  readonly database: Database;
  readonly changes: ChangeLog;
  readonly secrets: Secrets;
  readonly quotas: Quotas;
  /** How long a released number is kept from everybody but the account that had it. */
  readonly quarantineDays: number;
};

export function ok<T>(row: T): Outcome<T> {
  return { kind: "ok", row };
}

export function notFound(what: string): NotFound {
  return { kind: "not-found", what };
}
