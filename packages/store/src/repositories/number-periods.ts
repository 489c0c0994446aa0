import { sql } from "kysely";
import type { NumberPeriod, NumberPeriodRepository } from "../inventory.types.ts";
import { byCreation, readPage } from "../page.ts";
import type { StoredRow } from "../rows.ts";
import type { Sql } from "../sql/database.ts";
import type { StoreContext } from "./context.ts";

/** Who had which number from when to when, at what price. */
export function numberPeriodRepository({ database }: StoreContext): NumberPeriodRepository {
  return {
    list: (accountSid, page) =>
      readPage(
        database,
        sql<StoredRow>`select * from number_periods where account_sid = ${accountSid}`,
        byCreation("number_periods"),
        page,
        read,
      ),
  };
}

/** An account has the number from now on. */
export async function beginPeriod(tx: Sql, period: Omit<NumberPeriod, "beganAtMs" | "endedAtMs">): Promise<void> {
  await tx.rows(sql`
    insert into number_periods (phone_number_sid, account_sid, e164, iso_country, type, monthly_price_micros)
    values (${period.phoneNumberSid}, ${period.accountSid}, ${period.e164}, ${period.isoCountry}, ${period.type},
            ${period.monthlyPriceMicros})`);
}

/** Nobody has it any more. @returns what was ended; undefined when nobody had it */
export async function endPeriod(tx: Sql, phoneNumberSid: string): Promise<NumberPeriod | undefined> {
  const [ended] = await tx.rows(sql<StoredRow>`
    update number_periods set ended_at = now() where phone_number_sid = ${phoneNumberSid} and ended_at is null returning *`);
  return ended && read(ended);
}

function read(stored: StoredRow): NumberPeriod {
  const { phoneNumberSid, accountSid, e164, isoCountry, type, monthlyPriceMicros, beganAt, endedAt } = stored;
  return {
    ...{ phoneNumberSid, accountSid, e164, isoCountry, type, monthlyPriceMicros },
    beganAtMs: beganAt,
    endedAtMs: endedAt,
  } as NumberPeriod;
}
