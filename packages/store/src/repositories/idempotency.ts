import { sql } from "kysely";
import type { Claim, IdempotencyRepository } from "../keys.types.ts";
import type { Secrets } from "../secrets.ts";
import type { Database } from "../sql/database.ts";

/** An answer is given again for so long. */
const KEPT_MS = 86_400_000;
/** A request without an answer after so long was not finished by anybody: no request takes nearly that. */
const CLAIM_MS = 60_000;
/** Of one account; the oldest are forgotten. */
const MOST = 10_000;
/** How often an account's number is looked at: what it may have too many. */
const LOOK_EVERY = 100;

const BODY_PLACE = "idempotent_requests.body_hash";

type Stored = {
  readonly bodyHash: Uint8Array;
  readonly answer: Uint8Array | null;
};

/** Requests that may come twice (contract §10 names the header). Each statement is a transaction of its own: the claim must be seen at once. */
export function idempotencyRepository(database: Database, secrets: Secrets): IdempotencyRepository {
  const place = (key: Uint8Array): string => `idempotent_requests.answer ${Buffer.from(key).toString("hex")}`;
  return {
    async claim({ key, accountSid, bodyHash: plainHash }) {
      // Keyed, since a body may hold a password that could be guessed by a plain hash.
      const bodyHash = secrets.mac(Buffer.from(plainHash).toString("hex"), BODY_PLACE);
      const [claimed] = await database.rows(sql<{ ordinal: number }>`
        insert into idempotent_requests as kept (key, account_sid, body_hash)
        values (${key}, ${accountSid}, ${bodyHash})
        on conflict (key) do update
           set body_hash = excluded.body_hash, answer = null, created_at = now()
         where kept.created_at < now() - make_interval(secs => ${KEPT_MS / 1_000})
            or (kept.answer is null and kept.created_at < now() - make_interval(secs => ${CLAIM_MS / 1_000}))
        returning ordinal`);
      if (claimed !== undefined) {
        if (Number(claimed.ordinal) % LOOK_EVERY === 0) await forgetOldest(database, accountSid);
        return { kind: "new" };
      }
      const [found] = await database.rows(sql<Stored>`
        select body_hash, answer from idempotent_requests where key = ${key}`);
      // Released in this moment: whoever had it did not do it, and the client may come again.
      if (found === undefined) return { kind: "under-way" };
      return claimOf(found, bodyHash, (sealed) => secrets.open(sealed, place(key)));
    },

    async settle(key, answer) {
      await database.rows(sql`
        update idempotent_requests set answer = ${secrets.seal(answer, place(key))} where key = ${key}`);
    },

    async release(key) {
      await database.rows(sql`delete from idempotent_requests where key = ${key} and answer is null`);
    },

    async deleteOlderThan(beforeMs, limit) {
      const deleted = await database.rows(sql`
        delete from idempotent_requests where key in (
          select key from idempotent_requests
           where created_at < ${new Date(beforeMs)} order by created_at limit ${limit})
        returning ordinal`);
      return deleted.length;
    },
  };
}

function claimOf(found: Stored, bodyHash: Uint8Array, open: (sealed: Uint8Array) => string | undefined): Claim {
  if (Buffer.compare(found.bodyHash, bodyHash) !== 0) return { kind: "other-body" };
  if (found.answer === null) return { kind: "under-way" };
  const answer = open(found.answer);
  if (answer === undefined) throw new Error("the answer of an idempotent request was changed outside");
  return { kind: "done", answer };
}

async function forgetOldest(database: Database, accountSid: string): Promise<void> {
  await database.rows(sql`
    delete from idempotent_requests
     where account_sid = ${accountSid} and ordinal <= (
       select ordinal from idempotent_requests where account_sid = ${accountSid} order by ordinal desc offset ${MOST} limit 1)`);
}
