import { sql } from "kysely";
import type { StoredRow } from "./rows.ts";
import type { Sql } from "./sql/database.ts";
import type { Conflict } from "./store.ts";

/** How many rows of a kind one parent may have; null: any number. A number beyond is refused with conflict `limit`. */
export type Quotas = {
  readonly subaccountsPerAccount: number | null;
  readonly trunksPerAccount: number | null;
  readonly originationUrlsPerTrunk: number | null;
  readonly ipAccessControlListsPerAccount: number | null;
  readonly ipAddressesPerList: number | null;
  readonly credentialListsPerAccount: number | null;
  readonly credentialsPerList: number | null;
  readonly phoneNumbersPerAccount: number | null;
  readonly dialingPermissionsPerAccount: number;
  readonly publicKeysPerAccount: number;
  readonly applicationsPerAccount: number;
  readonly addressesPerAccount: number;
  readonly usageTriggersPerAccount: number;
  readonly usersPerAccount: number;
  readonly apiKeysPerAccount: number;
};

/** Twilio's (contract §4.1), so that what fits there fits here and the other way round. */
export const DEFAULT_QUOTAS: Quotas = {
  // Ours, the contract names no number: a customer can make them without anybody's help.
  subaccountsPerAccount: 1_000,
  trunksPerAccount: 100,
  originationUrlsPerTrunk: 10,
  ipAccessControlListsPerAccount: 1_000,
  ipAddressesPerList: 100,
  credentialListsPerAccount: 100,
  credentialsPerList: 1_000,
  phoneNumbersPerAccount: null,
  // Ours: every country several times over. Each one is in the memory of every edge.
  dialingPermissionsPerAccount: 2_000,
  publicKeysPerAccount: 100,
  // Ours, the contract names none: a customer can make them without anybody's help.
  applicationsPerAccount: 1_000,
  addressesPerAccount: 10_000,
  // Ours: every one is looked at whenever the account's usage changes.
  usageTriggersPerAccount: 100,
  // Ours, so that a customer's own users stay a bounded number of rows.
  usersPerAccount: 1_000,
  // Ours: one for every program and person, and no more than a list shows well.
  apiKeysPerAccount: 1_000,
};

/** ACC-2: what a trial may have of trunks and of numbers, its subaccounts included. */
export const TRIAL_QUOTA = 1;
/** Ours: numbers that a trial has released and that are in quarantine; with more it could take a whole inventory off the market. */
export const TRIAL_QUARANTINE_MAX = 5;

/** The quota of one kind of row. */
export type Quota = {
  /** Table of the parents. */
  readonly parents: "accounts" | "trunks" | "ip_access_control_lists" | "credential_lists";
  readonly max: number | null;
  /** For a parent that is a trial account, and its whole customer together. */
  readonly trialMax?: number;
};

/**
 * Refuses one row too many. The parent's row is locked until the transaction ends, so that two creations at once cannot both be the last one;
 * a parent that is not there is left to the foreign key. Where a trial has a quota of its own, it is the main account's row that is locked: what
 * its subaccounts have counts too.
 *
 * @param children the table of the rows that are counted, and its column that names the parent
 */
export async function overQuota(
  tx: Sql,
  { parents, max, trialMax }: Quota,
  children: { readonly table: string; readonly parent: string },
  parentSid: string,
): Promise<Conflict | undefined> {
  if (max === null && trialMax === undefined) return undefined;
  const locked =
    trialMax === undefined
      ? sql`${parentSid}`
      : sql`(select coalesce(parent_sid, sid) from accounts where sid = ${parentSid})`;
  const [parent] = await tx.rows(sql<StoredRow>`
    select * from ${sql.table(parents)} where sid = ${locked} for no key update`);
  const isTrial = parent?.["type"] === "Trial" && trialMax !== undefined;
  const most = isTrial ? trialMax : max;
  if (parent === undefined || most === null) return undefined;
  const among = isTrial
    ? sql`in (select sid from accounts where sid = ${parent["sid"]} or parent_sid = ${parent["sid"]})`
    : sql`= ${parentSid}`;
  const [found] = await tx.rows(sql<{ count: number }>`
    select count(*) as count
      from (select 1 from ${sql.table(children.table)} where ${sql.ref(children.parent)} ${among} limit ${most}) as counted`);
  return (found?.count ?? 0) >= most ? { kind: "conflict", which: "limit", most } : undefined;
}
