import { sql } from "kysely";
import type { StoredRow } from "../rows.ts";
import type { Sql } from "../sql/database.ts";
import type { SecondFactorRepository } from "../users.types.ts";
import { notFound, type StoreContext } from "./context.ts";
import { totpPlace, updated, userReader } from "./users.ts";

const codePlace = (userSid: string): string => `user_recovery_codes ${userSid}`;

/** Second factors of console users. A recovery code is 50 random bits, so that a keyed MAC of it is as good as a slow hash. */
export function secondFactorRepository({ database, changes, secrets }: StoreContext): SecondFactorRepository {
  const read = userReader(secrets);
  const putCodes = async (tx: Sql, userSid: string, codes: readonly string[]): Promise<void> => {
    await tx.rows(sql`delete from user_recovery_codes where user_sid = ${userSid}`);
    if (codes.length === 0) return;
    const rows = codes.map((code) => sql`(${userSid}, ${secrets.mac(code, codePlace(userSid))})`);
    await tx.rows(sql`insert into user_recovery_codes (user_sid, code_mac) values ${sql.join(rows)}`);
  };
  const lock = async (tx: Sql, userSid: string): Promise<StoredRow | undefined> => {
    const [row] = await tx.rows(sql<StoredRow>`select * from users where sid = ${userSid} for update`);
    return row;
  };
  return {
    begin: (userSid, secret) =>
      changes.change(async (tx) => {
        const row = await lock(tx, userSid);
        if (row && row["totpConfirmedAt"] !== null) return { kind: "conflict", which: "second-factor" };
        const sealed = secrets.seal(secret, totpPlace(userSid));
        return updated(tx, read, userSid, sql`totp_secret = ${sealed}, totp_last_step = null`);
      }),

    async pendingSecret(userSid) {
      const [row] = await database.rows(sql<StoredRow>`
        select totp_secret from users where sid = ${userSid} and totp_secret is not null and totp_confirmed_at is null`);
      return row && secrets.open(row["totpSecret"] as Uint8Array, totpPlace(userSid));
    },

    confirm: (userSid, step, codes, keepSession) =>
      changes.change(async (tx) => {
        const row = await lock(tx, userSid);
        if (!row?.["totpSecret"]) return notFound("second factor");
        if (row["totpConfirmedAt"] !== null) return { kind: "conflict", which: "second-factor" };
        await putCodes(tx, userSid, codes);
        await tx.rows(sql`delete from user_sessions where user_sid = ${userSid} and sid <> ${keepSession}`);
        return updated(tx, read, userSid, sql`totp_confirmed_at = now(), totp_last_step = ${step}, updated_at = now()`);
      }),

    async takeStep(userSid, step) {
      const taken = await database.rows(sql`
        update users set totp_last_step = ${step}
         where sid = ${userSid} and (totp_last_step is null or totp_last_step < ${step}) returning sid`);
      return taken.length === 1;
    },

    async takeRecoveryCode(userSid, code) {
      const taken = await database.rows(sql`
        delete from user_recovery_codes
         where user_sid = ${userSid} and code_mac = ${secrets.mac(code, codePlace(userSid))} returning user_sid`);
      return taken.length === 1;
    },

    setRecoveryCodes: (userSid, codes) =>
      changes.change(async (tx) => {
        await putCodes(tx, userSid, codes);
        return updated(tx, read, userSid, sql`updated_at = now()`);
      }),

    async countRecoveryCodes(userSid) {
      const [found] = await database.rows(sql<{ count: number }>`
        select count(*) as count from user_recovery_codes where user_sid = ${userSid}`);
      return found?.count ?? 0;
    },

    remove: (userSid) =>
      changes.change(async (tx) => {
        await putCodes(tx, userSid, []);
        const none = sql`totp_secret = null, totp_confirmed_at = null, totp_last_step = null, updated_at = now()`;
        return updated(tx, read, userSid, none);
      }),
  };
}
