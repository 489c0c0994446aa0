import { sql } from "kysely";
import type { AuthTokenRepository } from "../keys.types.ts";
import type { StoredRow } from "../rows.ts";
import type { Dated } from "../store.ts";
import { tokenPlace } from "./accounts.ts";
import { notFound, ok, type StoreContext } from "./context.ts";

const SECONDARY = "secondary auth token";

/** The secondary auth tokens of accounts. Both tokens are sealed for the same place, so that promotion moves one and reads none. */
export function authTokenRepository({ changes, secrets }: StoreContext): AuthTokenRepository {
  return {
    addSecondary: (accountSid, token) =>
      changes.change(async (tx) => {
        const [found] = await tx.rows(sql<StoredRow>`
          select secondary_auth_token from accounts where sid = ${accountSid} for no key update`);
        if (found === undefined) return notFound("account");
        if (found["secondaryAuthToken"] !== null) return { kind: "conflict", which: "in-use" };
        const place = tokenPlace(accountSid);
        const [updated] = await tx.rows(sql<StoredRow>`
          update accounts
             set secondary_auth_token = ${secrets.seal(token, place)},
                 secondary_auth_token_mac = ${secrets.mac(token, place)},
                 secondary_created_at = now(), updated_at = now()
           where sid = ${accountSid} returning *`);
        return updated === undefined ? notFound("account") : ok(datesOf(updated, updated["secondaryCreatedAt"]));
      }),

    removeSecondary: (accountSid) =>
      changes.change(async (tx) => {
        const [updated] = await tx.rows(sql<StoredRow>`
          update accounts
             set secondary_auth_token = null, secondary_auth_token_mac = null, secondary_created_at = null,
                 updated_at = now()
           where sid = ${accountSid} and secondary_auth_token is not null returning *`);
        return updated === undefined ? notFound(SECONDARY) : ok(datesOf(updated, updated["createdAt"]));
      }),

    promote: (accountSid) =>
      changes.change(async (tx) => {
        const [before] = await tx.rows(sql<StoredRow>`
          select secondary_created_at from accounts where sid = ${accountSid} for no key update`);
        const [updated] = await tx.rows(sql<StoredRow>`
          update accounts
             set auth_token = secondary_auth_token, auth_token_mac = secondary_auth_token_mac,
                 secondary_auth_token = null, secondary_auth_token_mac = null, secondary_created_at = null,
                 updated_at = now()
           where sid = ${accountSid} and secondary_auth_token is not null returning *`);
        if (updated === undefined) return notFound(SECONDARY);
        const authToken = secrets.open(updated["authToken"] as Uint8Array, tokenPlace(accountSid));
        if (authToken === undefined) throw new Error(`the auth token of ${accountSid} was changed outside`);
        return ok({ ...datesOf(updated, before?.["secondaryCreatedAt"]), authToken });
      }),
  };
}

function datesOf(account: StoredRow, createdAt: unknown): Dated {
  return { createdAtMs: createdAt as number, updatedAtMs: account["updatedAt"] as number };
}
