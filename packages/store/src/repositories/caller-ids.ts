import { type RawBuilder, sql } from "kysely";
import { callerIdEvent } from "../caller-id-event.ts";
import {
  type CallerIdRepository,
  type CallerIdValidationRepository,
  VALIDATION_LIMITS,
  type ValidationRefusal,
} from "../caller-ids.types.ts";
import { byCreation, readPage } from "../page.ts";
import { RowForm, type StoredRow } from "../rows.ts";
import type { Sql } from "../sql/database.ts";
import * as tables from "../tables.ts";
import { childRepository } from "./children.ts";
import { ok, type StoreContext } from "./context.ts";
import { type DeliveryBell, type NewDelivery, queueDeliveries } from "./webhooks.ts";

export function callerIdRepository(context: StoreContext): CallerIdRepository {
  const { database, secrets } = context;
  const form = new RowForm(tables.callerIds, secrets);
  const keyset = byCreation(tables.callerIds.name);
  return {
    ...childRepository(context, tables.callerIds, {
      noun: "caller ID",
      parent: "accountSid",
      mutable: ["friendlyName"],
      entity: "callerId",
    }),
    list(accountSid, { e164, friendlyName }, page) {
      const conditions: RawBuilder<unknown>[] = [sql`account_sid = ${accountSid}`];
      if (e164 !== undefined) conditions.push(sql`e164 = ${e164}`);
      if (friendlyName !== undefined) conditions.push(sql`friendly_name = ${friendlyName}`);
      const source = sql<StoredRow>`select * from caller_ids where ${sql.join(conditions, sql` and `)}`;
      return readPage(database, source, keyset, page, (stored) => form.readDated(stored));
    },
  };
}

/** Of a validation, what is written when it ends. */
type Settled = {
  readonly callSid: string;
  readonly callerIdSid: string;
  readonly accountSid: string;
  readonly e164: string;
  readonly friendlyName: string;
  readonly statusCallback: string | null;
  readonly statusCallbackMethod: "GET" | "POST";
};

const SETTLED = sql`call_sid, caller_id_sid, account_sid, e164, friendly_name, status_callback, status_callback_method`;

export function callerIdValidationRepository(
  { database, changes }: StoreContext,
  bell: DeliveryBell,
): CallerIdValidationRepository {
  return {
    begin: (validation) =>
      database.transaction(async (tx) => {
        const { callSid, callerIdSid, accountSid, e164, friendlyName, statusCallback, statusCallbackMethod } =
          validation;
        const why = await whyNotBegin(tx, accountSid, e164);
        if (why) return { kind: "refused", why };
        await tx.rows(sql`
          insert into caller_id_validations (call_sid, caller_id_sid, account_sid, e164, friendly_name, status_callback,
                                             status_callback_method, deadline_at)
          values (${callSid}, ${callerIdSid}, ${accountSid}, ${e164}, ${friendlyName}, ${statusCallback},
                  ${statusCallbackMethod}, ${new Date(validation.deadlineMs)})`);
        await tx.rows(sql`
          select audit_note(null, ${accountSid}, 'caller-id', 'validation-requested', ${callerIdSid}, ${callSid},
                            jsonb_build_object('phone_number', jsonb_build_object('previous', null, 'updated', ${e164}::text)))`);
        return { kind: "begun" };
      }),

    async forget(callSid) {
      await database.rows(sql`delete from caller_id_validations where call_sid = ${callSid} and status = 'pending'`);
    },

    async succeed(callSid) {
      const outcome = await changes.change(async (tx) => {
        const [settled] = await tx.rows(sql<Settled>`
          update caller_id_validations set status = 'success'
           where call_sid = ${callSid} and status = 'pending' returning ${SETTLED}`);
        if (settled === undefined) return ok(await hasSucceeded(tx, callSid));
        const { callerIdSid, accountSid, e164, friendlyName } = settled;
        await tx.rows(sql`
          insert into caller_ids (sid, account_sid, e164, friendly_name)
          values (${callerIdSid}, ${accountSid}, ${e164}, ${friendlyName})
          on conflict on constraint caller_ids_e164 do nothing`);
        const [kept] = await tx.rows(sql<{ sid: string }>`
          select sid from caller_ids where account_sid = ${accountSid} and e164 = ${e164}`);
        const sid = kept?.sid ?? callerIdSid;
        tx.touch("callerId", sid);
        await tell(tx, [settled], sid);
        return ok(true);
      });
      bell.ring();
      return outcome.kind === "ok" && outcome.row;
    },

    async failOverdue(nowMs) {
      const failed = await database.transaction((tx) => fail(tx, sql`deadline_at < ${new Date(nowMs)}`));
      if (failed > 0) bell.ring();
      return failed;
    },

    async deleteOlderThan(beforeMs) {
      const gone = await database.rows(sql`
        delete from caller_id_validations where created_at < ${new Date(beforeMs)} and status <> 'pending' returning call_sid`);
      return gone.length;
    },
  };
}

/**
 * A validation ends with its call, if the code did not come first: whatever ended the call, a crash of ours too, since every call's end is
 * written.
 *
 * @returns whether somebody is to be told of it, after the commit
 */
export async function failEndedValidations(tx: Sql, callSids: readonly string[]): Promise<boolean> {
  return (await fail(tx, sql`call_sid = any (${callSids}::text[])`)) > 0;
}

async function fail(tx: Sql, which: RawBuilder<unknown>): Promise<number> {
  const failed = await tx.rows(sql<Settled>`
    update caller_id_validations set status = 'failed' where status = 'pending' and ${which} returning ${SETTLED}`);
  await tell(tx, failed, null);
  return failed.length;
}

async function tell(tx: Sql, settled: readonly Settled[], callerIdSid: string | null): Promise<void> {
  const deliveries = settled.flatMap((one): NewDelivery[] => {
    const { accountSid, statusCallback: url, statusCallbackMethod: method } = one;
    return url === null
      ? []
      : [{ accountSid, kind: "caller-id", url, method, params: () => callerIdEvent(one, callerIdSid) }];
  });
  await queueDeliveries(tx, deliveries);
}

async function hasSucceeded(tx: Sql, callSid: string): Promise<boolean> {
  const found = await tx.rows(sql`
    select 1 from caller_id_validations where call_sid = ${callSid} and status = 'success'`);
  return found.length > 0;
}

/** The account is locked, then the number whoever asks for it, until the transaction ends: counts are not overtaken. */
async function whyNotBegin(tx: Sql, accountSid: string, e164: string): Promise<ValidationRefusal | undefined> {
  const { perNumberPerHour, perAccountPerHour, perAccountAtOnce } = VALIDATION_LIMITS;
  await tx.rows(sql`select 1 from accounts where sid = ${accountSid} for no key update`);
  await tx.rows(sql`select 1 from (select pg_advisory_xact_lock(hashtext(${`caller ID ${e164}`}))) as locked`);
  const [counts] = await tx.rows(sql<Counts>`
    select exists (select 1 from caller_ids where account_sid = ${accountSid} and e164 = ${e164}) as verified,
           exists (select 1 from phone_numbers where account_sid = ${accountSid} and e164 = ${e164}) as owned,
           of_number.pending as number_pending, of_number.recent as number_recent,
           of_account.pending as account_pending, of_account.recent as account_recent
      from ${recent(sql`e164 = ${e164}`)} as of_number, ${recent(sql`account_sid = ${accountSid}`)} as of_account`);
  if (counts === undefined) return undefined;
  if (counts.verified) return "verified";
  if (counts.owned) return "owned";
  if (counts.numberPending > 0) return "under-way";
  if (counts.numberRecent >= perNumberPerHour) return "number-limit";
  const isFull = counts.accountPending >= perAccountAtOnce || counts.accountRecent >= perAccountPerHour;
  return isFull ? "account-limit" : undefined;
}

type Counts = {
  readonly verified: boolean;
  readonly owned: boolean;
  readonly numberPending: number;
  readonly numberRecent: number;
  readonly accountPending: number;
  readonly accountRecent: number;
};

function recent(which: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(
    select count(*) filter (where status = 'pending') as pending, count(*) as recent
      from caller_id_validations where ${which} and created_at > now() - interval '1 hour')`;
}
