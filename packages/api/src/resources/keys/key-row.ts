import type { ApiKey, Dated } from "@trunkline/store";
import { mintSid } from "@trunkline/trunking";
import { rfc2822Date } from "../../dates.ts";
import { coded, optional, text } from "../../form.ts";
import { invalid, type Problem } from "../../problem.ts";
import { type Conflicts, settle } from "../../resource.ts";
import type { Context } from "../../route.ts";

/** A key as a request sees it. The secret is there once: when the key is made. */
export type KeyRow = ApiKey & Dated & { readonly secret?: string };

const SECRET_BYTES = 32;

export const keyName = optional(coded(20002, text(64)));

const conflicts: Conflicts = {
  limit: (most) => invalid(`The account has reached its maximum of ${most} API keys. Delete one first.`),
};

/** Makes a key with a secret of its own. */
export async function createKey(
  at: Context,
  key: Pick<ApiKey, "accountSid" | "kind" | "scopes"> & { readonly friendlyName: string | undefined },
): Promise<KeyRow | Problem> {
  const { store, randomHex } = at.deps;
  const secret = randomHex(SECRET_BYTES);
  const row = { ...key, sid: mintSid("SK", randomHex(16)), friendlyName: key.friendlyName ?? "" };
  const outcome = await store.apiKeys.create({ ...row, secret });
  return settle<KeyRow>(
    at,
    outcome.kind === "ok" ? { kind: "ok", row: { ...outcome.row, secret } } : outcome,
    conflicts,
  );
}

/** What every view of a key has; IAM v1 writes dates as 2010-04-01 does. */
export function viewKey(row: KeyRow): object {
  return {
    sid: row.sid,
    friendly_name: row.friendlyName,
    date_created: rfc2822Date(row.createdAtMs),
    date_updated: rfc2822Date(row.updatedAtMs),
    ...(row.secret === undefined ? {} : { secret: row.secret }),
  };
}
