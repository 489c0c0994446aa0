import type { PhoneNumber } from "@trunkline/trunking";
import { type RawBuilder, sql } from "kysely";
import { byCreation, readPage } from "../page.ts";
import { type Quota, TRIAL_QUOTA } from "../quotas.ts";
import { RowForm, type StoredRow } from "../rows.ts";
import type { Dated, PhoneNumberRepository, PhoneNumberSettings } from "../store.ts";
import * as tables from "../tables.ts";
import { childRepository } from "./children.ts";
import { notFound, ok, type StoreContext } from "./context.ts";

const NOUN = "phone number";
const FIXED: ReadonlySet<string> = new Set(["sid", "accountSid", "e164"]);
const MUTABLE = tables.phoneNumbers.fields.filter((field) => !FIXED.has(field));

/**
 * Numbers of an account, oldest first. The filter `phoneNumber` is a part of the number in which `*` stands for any digit, `friendlyName`
 * the whole name.
 */
export function phoneNumberRepository(context: StoreContext): PhoneNumberRepository {
  const { database, changes, secrets } = context;
  const form = new RowForm(tables.phoneNumbers, secrets);
  const quota: Quota = { parents: "accounts", max: context.quotas.phoneNumbersPerAccount, trialMax: TRIAL_QUOTA };
  const rules = { noun: NOUN, parent: "accountSid", mutable: MUTABLE, entity: "phoneNumber", quota } as const;
  const keyset = byCreation(tables.phoneNumbers.name);
  const read = (stored: StoredRow): PhoneNumber & PhoneNumberSettings & Dated => form.readDated(stored);
  return {
    ...childRepository(context, tables.phoneNumbers, rules),

    list(accountSid, filter, page) {
      const conditions: RawBuilder<unknown>[] = [sql`account_sid = ${accountSid}`];
      if (filter.phoneNumber !== undefined) conditions.push(sql`e164 like ${numberPattern(filter.phoneNumber)}`);
      if (filter.friendlyName !== undefined) conditions.push(sql`friendly_name = ${filter.friendlyName}`);
      if (filter.trunkSid !== undefined) conditions.push(sql`trunk_sid = ${filter.trunkSid}`);
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
  };
}

type Change = Partial<PhoneNumberSettings & Pick<PhoneNumber, "trunkSid">>;

/** Setting a trunk clears the voice application and the other way round (NUM-2); the trunk wins when both are set at once. */
function oneDestination(change: Change): Change {
  if (change.trunkSid != null) return { ...change, voiceApplicationSid: null };
  if (change.voiceApplicationSid != null) return { ...change, trunkSid: null };
  return change;
}

/** Part of a number as a LIKE pattern: `*` is one character, and nothing else is special. */
function numberPattern(part: string): string {
  return `%${part.replace(/[\\%_]/g, "\\$&").replaceAll("*", "_")}%`;
}
