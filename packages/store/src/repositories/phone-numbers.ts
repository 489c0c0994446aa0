import type { PhoneNumber } from "@trunkline/trunking";
import { type RawBuilder, sql } from "kysely";
import type { ChangeSql } from "../directory/change-log.ts";
import type { StockedNumber } from "../inventory.types.ts";
import { byCreation, readPage } from "../page.ts";
import { overQuota, type Quota, TRIAL_QUARANTINE_MAX, TRIAL_QUOTA } from "../quotas.ts";
import { RowForm, type StoredRow } from "../rows.ts";
import type { Sql } from "../sql/database.ts";
import type { Conflict, Dated, NumberWish, Outcome, PhoneNumberRepository, PhoneNumberSettings } from "../store.ts";
import * as tables from "../tables.ts";
import { childRepository } from "./children.ts";
import { notFound, ok, type StoreContext } from "./context.ts";
import { gramsOf, holdStock, readStocked } from "./inventory.ts";
import { beginPeriod, endPeriod } from "./number-periods.ts";

const NOUN = "phone number";
const FIXED: ReadonlySet<string> = new Set(["sid", "accountSid", "e164", "isoCountry", "type", "capabilities"]);
const MUTABLE = tables.phoneNumbers.fields.filter((field) => !FIXED.has(field));
const OF_ACCOUNT = { table: tables.phoneNumbers.name, parent: "accountSid" };

type Number = PhoneNumber & PhoneNumberSettings;
type Row = Number & Dated;
type Change = Partial<PhoneNumberSettings & Pick<PhoneNumber, "trunkSid">>;

/**
 * Numbers of an account, oldest first. The filter `phoneNumber` is a part of the number in which `*` stands for any digit, `friendlyName`
 * the whole name.
 */
export function phoneNumberRepository(context: StoreContext): PhoneNumberRepository {
  const { database, changes, secrets, quarantineDays } = context;
  const form = new RowForm(tables.phoneNumbers, secrets);
  const quota: Quota = { parents: "accounts", max: context.quotas.phoneNumbersPerAccount, trialMax: TRIAL_QUOTA };
  const rules = { noun: NOUN, parent: "accountSid", mutable: MUTABLE, entity: "phoneNumber", quota } as const;
  const { fetch } = childRepository(context, tables.phoneNumbers, rules);
  const keyset = byCreation(tables.phoneNumbers.name);
  const read = (stored: StoredRow): Row => form.readDated(stored);
  return {
    fetch,

    create: (row) =>
      changes.change(async (tx) => {
        const over = await overQuota(tx, quota, OF_ACCOUNT, row.accountSid);
        if (over) return over;
        await holdStock(tx);
        return give(tx, form, row, await inStock(tx, sql`e164 = ${row.e164}`));
      }),

    buy: (row, wish) =>
      changes.change(async (tx) => {
        const over = await overQuota(tx, quota, OF_ACCOUNT, row.accountSid);
        if (over) return over;
        const stocked = await choose(tx, row.accountSid, wish);
        if ("kind" in stocked) return stocked;
        if (stocked.state === "available" && (await keepsOthersWaiting(tx, row.accountSid)))
          return { kind: "conflict", which: "quarantine" };
        const { e164, isoCountry, type, capabilities } = stocked;
        const friendlyName = typeof row.friendlyName === "string" ? row.friendlyName : row.friendlyName(e164);
        const number = { ...row, friendlyName, e164, isoCountry, type, capabilities };
        return give(tx, form, number, stocked);
      }),

    list(accountSid, filter, page) {
      const conditions: RawBuilder<unknown>[] = [sql`account_sid = ${accountSid}`];
      if (filter.phoneNumber !== undefined) conditions.push(...hasPart(filter.phoneNumber));
      if (filter.friendlyName !== undefined) conditions.push(sql`friendly_name = ${filter.friendlyName}`);
      if (filter.trunkSid !== undefined) conditions.push(sql`trunk_sid = ${filter.trunkSid}`);
      if (filter.type !== undefined) conditions.push(sql`type = ${filter.type}`);
      const source = sql<StoredRow>`select * from phone_numbers where ${sql.join(conditions, sql` and `)}`;
      return readPage(database, source, keyset, page, read);
    },

    update: (accountSid, sid, change) =>
      changes.change(async (tx) => {
        const [updated] = await tx.rows(sql<StoredRow>`
          update phone_numbers set ${form.assignments(sid, oneDestination(change), MUTABLE)}
           where account_sid = ${accountSid} and sid = ${sid} returning *`);
        if (updated === undefined) return notFound(NOUN);
        tx.touch("phoneNumber", sid);
        return ok(read(updated));
      }),

    move: (accountSid, sid, toAccountSid, change) =>
      changes.change(async (tx) => {
        const over = await overQuota(tx, { parents: "accounts", max: quota.max }, OF_ACCOUNT, toAccountSid);
        if (over) return over;
        const arriving = oneDestination({ ...LEFT_BEHIND, ...change });
        const [moved] = await tx.rows(sql<StoredRow>`
          update phone_numbers set account_sid = ${toAccountSid}, ${form.assignments(sid, arriving, MUTABLE)}
           where account_sid = ${accountSid} and sid = ${sid} returning *`);
        if (moved === undefined) return notFound(NOUN);
        const row = read(moved);
        await tx.rows(sql`update inventory_numbers set account_sid = ${toAccountSid} where e164 = ${row.e164}`);
        const before = await endPeriod(tx, sid);
        await beginPeriod(tx, periodOf(row, before?.monthlyPriceMicros ?? 0));
        tx.touch("phoneNumber", sid);
        return ok(row);
      }),

    delete: (accountSid, sid) =>
      changes.change(async (tx) => {
        const [deleted] = await tx.rows(sql<StoredRow>`
          delete from phone_numbers where account_sid = ${accountSid} and sid = ${sid} returning *`);
        if (deleted === undefined) return notFound(NOUN);
        const row = form.read(deleted);
        await tx.rows(sql`
          update inventory_numbers
             set state = 'available', quarantined_until = now() + make_interval(days => ${quarantineDays}), updated_at = now()
           where e164 = ${row.e164} and state = 'sold'`);
        await endPeriod(tx, sid);
        tx.touch("phoneNumber", sid);
        return ok(row);
      }),
  };
}

/** What belongs to the account and does not go with the number. */
const LEFT_BEHIND: Change = {
  trunkSid: null,
  voiceApplicationSid: null,
  smsApplicationSid: null,
  addressSid: null,
  identitySid: null,
  bundleSid: null,
};

/** Inserts the number as the account's from now on; where it is in the inventory, that says what it is and what it costs. */
async function give(
  tx: ChangeSql,
  form: RowForm<Number>,
  number: Number,
  stocked: StockedNumber | undefined,
): Promise<Outcome<Row>> {
  const { isoCountry, type, capabilities } = stocked ?? number;
  const [given] = await tx.rows(form.insert({ ...number, isoCountry, type, capabilities }));
  if (given === undefined) return notFound(NOUN);
  const row = form.readDated(given);
  if (stocked) {
    await tx.rows(sql`
      update inventory_numbers
         set state = 'sold', account_sid = ${row.accountSid}, sold_at = now(), quarantined_until = null, updated_at = now()
       where sid = ${stocked.sid}`);
  }
  await beginPeriod(tx, periodOf(row, stocked?.monthlyPriceMicros ?? 0));
  tx.touch("phoneNumber", row.sid);
  return ok(row);
}

function periodOf({ sid, accountSid, e164, isoCountry, type }: Number, monthlyPriceMicros: number) {
  return { phoneNumberSid: sid, accountSid, e164, isoCountry, type, monthlyPriceMicros };
}

/**
 * The number that a buyer gets, locked until the transaction ends. Of an area code it is the first that no other buyer is about to take, so that
 * buyers do not wait for each other.
 */
async function choose(tx: Sql, accountSid: string, wish: NumberWish): Promise<StockedNumber | Conflict> {
  if ("e164" in wish) {
    const found = await inStock(tx, sql`e164 = ${wish.e164}`);
    const mine = found?.state === "quarantined" && found.accountSid === accountSid;
    if (found === undefined || (found.state !== "available" && !mine))
      return { kind: "conflict", which: "not-available" };
    const fits = wish.type === undefined || wish.type === found.type;
    return fits ? found : { kind: "conflict", which: "number-type" };
  }
  const found = await inStock(
    tx,
    sql`state = 'available' and (quarantined_until is null or quarantined_until <= now())
        and iso_country in ('US', 'CA') and type = ${wish.type ?? "local"} and e164 like ${`+1${wish.areaCode}%`}
      order by e164 limit 1`,
    sql`skip locked`,
  );
  return found ?? { kind: "conflict", which: "not-available" };
}

/** Whether a trial, its subaccounts included, has as many numbers in quarantine as it may. */
async function keepsOthersWaiting(tx: Sql, accountSid: string): Promise<boolean> {
  const [found] = await tx.rows(sql<{ count: number }>`
    select count(distinct stocked.sid) as count
      from accounts as buyer
      join accounts as main on main.sid = coalesce(buyer.parent_sid, buyer.sid) and main.type = 'Trial'
      join accounts as member on member.sid = main.sid or member.parent_sid = main.sid
      join number_periods as period on period.account_sid = member.sid and period.ended_at is not null
      join inventory_numbers as stocked on stocked.e164 = period.e164 and stocked.account_sid = member.sid
       and stocked.state = 'available' and stocked.quarantined_until > now()
     where buyer.sid = ${accountSid}`);
  return (found?.count ?? 0) >= TRIAL_QUARANTINE_MAX;
}

async function inStock(tx: Sql, where: RawBuilder<unknown>, locking = sql``): Promise<StockedNumber | undefined> {
  const [found] = await tx.rows(sql<StoredRow>`select * from inventory_numbers where ${where} for update ${locking}`);
  return found && readStocked(found);
}

/** Setting a trunk clears the voice application and the other way round (NUM-2); the trunk wins when both are set at once. */
function oneDestination(change: Change): Change {
  if (change.trunkSid != null) return { ...change, voiceApplicationSid: null };
  if (change.voiceApplicationSid != null) return { ...change, trunkSid: null };
  return change;
}

/** A part of a number as a LIKE pattern: `*` is one character, and nothing else is special. From its + on it is the number's beginning. */
function hasPart(part: string): readonly RawBuilder<unknown>[] {
  const pattern = `${part.replace(/[\\%_]/g, "\\$&").replaceAll("*", "_")}%`;
  if (part.startsWith("+")) return [sql`e164 like ${pattern}`];
  const anywhere = sql`e164 like ${`%${pattern}`}`;
  const grams = gramsOf(part);
  return grams === undefined ? [anywhere] : [grams, anywhere];
}
