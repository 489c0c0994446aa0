import type { DirectoryEntity } from "@trunkline/trunking";
import { sql } from "kysely";
import { brokenConstraint, type Database, type Sql, sqlState } from "../sql/database.ts";
import type { Conflict, NotFound, Outcome } from "../store.ts";

/** NOTIFY channel on which processes hear that the directory changed. */
export const DIRECTORY_CHANNEL = "trunkline_directory";

/** A transaction that changes configuration. */
export interface ChangeSql extends Sql {
  /** Notes that routing must look at this row again: it was inserted, updated or deleted. */
  touch(entity: DirectoryEntity, ...keys: readonly string[]): void;
}

/** What a broken constraint means to the user who broke it. */
const CONFLICTS: Readonly<Record<string, Exclude<Conflict["which"], "limit">>> = {
  trunks_domain_name: "domain-name",
  ip_access_control_lists_friendly_name: "friendly-name",
  credential_lists_friendly_name: "friendly-name",
  carriers_friendly_name: "friendly-name",
  ip_addresses_ip_address: "ip-address",
  credentials_username: "username",
  trunk_ip_access_control_lists_pair: "association",
  trunk_credential_lists_pair: "association",
  phone_numbers_e164: "phone-number",
  inventory_numbers_e164: "phone-number",
  caller_ids_e164: "phone-number",
  carrier_prefixes_prefix: "prefix",
  carriers_own_numbers: "own-numbers",
  carrier_sources_source: "source",
  peer_settings_credentials: "credentials",
  peer_settings_registrar: "credentials",
  trunk_ip_access_control_lists_list: "in-use",
  trunk_credential_lists_list: "in-use",
  account_settings_recording_key: "in-use",
  phone_numbers_address: "in-use",
  rates_prefix: "prefix",
  rates_number_type: "prefix",
  users_email: "email",
};
/** Parents that a new row named but that are not there, or not in its account. */
const MISSING: Readonly<Record<string, string>> = {
  accounts_parent: "account",
  trunks_account: "account",
  ip_access_control_lists_account: "account",
  credential_lists_account: "account",
  phone_numbers_account: "account",
  inventory_numbers_carrier: "carrier",
  caller_ids_account: "account",
  caller_id_validations_account: "account",
  origination_urls_trunk: "trunk",
  phone_numbers_trunk: "trunk",
  ip_addresses_list: "IP access control list",
  credentials_list: "credential list",
  carrier_targets_carrier: "carrier",
  carrier_prefixes_carrier: "carrier",
  carrier_sources_carrier: "carrier",
  carrier_dresses_carrier: "carrier",
  account_settings_account: "account",
  public_keys_account: "account",
  applications_account: "account",
  addresses_account: "account",
  phone_numbers_voice_application: "application",
  phone_numbers_sms_application: "application",
  region_routes_trunk: "trunk",
  region_routes_phone_number: "phone number",
  api_keys_account: "account",
  debugger_webhooks_account: "account",
  dialing_permissions_account: "account",
  usage_triggers_account: "account",
  users_account: "account",
};
const UNIQUE_VIOLATION = "23505";
const FOREIGN_KEY_VIOLATION = "23503";
const CHECK_VIOLATION = "23514";

/** Carries a refusal out of a transaction, which rolls it back. */
class Refused {
  readonly outcome: Conflict | NotFound;

  constructor(outcome: Conflict | NotFound) {
    this.outcome = outcome;
  }
}

/** Writes configuration so that routing hears of every change exactly in the order of commits. */
export class ChangeLog {
  readonly #database: Database;
  readonly #committed: (seq: number) => Promise<void>;

  /** @param committed awaited after every commit that touched something, with the number of its last change */
  constructor(database: Database, committed: (seq: number) => Promise<void>) {
    this.#database = database;
    this.#committed = committed;
  }

  /**
   * Runs `work` in one transaction together with its entries in the log, and resolves when it is committed and the subscribers of this
   * process have it. Anything but `ok` rolls back.
   */
  async change<T>(work: (sql: ChangeSql) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    let seq = 0;
    try {
      const outcome = await this.#database.transaction(async (transaction) => {
        const touched = new Map<string, readonly [entity: string, key: string]>();
        const result = await work({
          rows: (query) => transaction.rows(query),
          touch: (entity, ...keys) => {
            for (const key of keys) touched.set(`${entity} ${key}`, [entity, key]);
          },
        });
        if (result.kind !== "ok") throw new Refused(result);
        seq = await writeLog(transaction, [...touched.values()]);
        return result;
      });
      if (seq > 0) await this.#committed(seq);
      return outcome;
    } catch (error) {
      const refusal = error instanceof Refused ? error.outcome : refusalOf(error);
      if (refusal === undefined) throw error;
      return refusal;
    }
  }
}

/**
 * Numbers the changes and logs them, last in the transaction: the lock on `directory_head` is held from here to the commit, so numbers
 * become visible in their order and without gaps, and no other row is waited for while it is held.
 *
 * @returns the last number, 0 when nothing was touched
 */
async function writeLog(sqlText: Sql, touched: readonly (readonly [string, string])[]): Promise<number> {
  if (touched.length === 0) return 0;
  const [head] = await sqlText.rows(sql<{ seq: number }>`
    update directory_head set seq = seq + ${touched.length} returning seq`);
  const seq = head?.seq ?? 0;
  await sqlText.rows(sql`
    with logged as (
      insert into directory_changes (entity, key, seq)
      select t.entity, t.key, ${seq - touched.length}::bigint + t.position
        from unnest(${touched.map(([entity]) => entity)}::text[], ${touched.map(([, key]) => key)}::text[])
             with ordinality as t (entity, key, position)
      on conflict (entity, key) do update set seq = excluded.seq
    )
    select pg_notify(${DIRECTORY_CHANNEL}, '')`);
  return seq;
}

function refusalOf(error: unknown): Conflict | NotFound | undefined {
  const constraint = brokenConstraint(error) ?? "";
  const state = sqlState(error);
  if (state !== UNIQUE_VIOLATION && state !== FOREIGN_KEY_VIOLATION && state !== CHECK_VIOLATION) return undefined;
  const which = CONFLICTS[constraint];
  if (which !== undefined) return { kind: "conflict", which };
  const what = MISSING[constraint];
  return what === undefined ? undefined : { kind: "not-found", what };
}
