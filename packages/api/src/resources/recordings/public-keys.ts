import { createPublicKey } from "node:crypto";
import type { Dated, PublicKeyName } from "@trunkline/store";
import { type Account, mintSid, type PublicKey } from "@trunkline/trunking";
import { isoDate } from "../../dates.ts";
import { coded, given, long, optional, sid, text } from "../../form.ts";
import { forbidden, invalid, Problem } from "../../problem.ts";
import { type At, noParent, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";

type PublicKeyRow = PublicKey & PublicKeyName & Dated;

const SMALLEST_MODULUS_BITS = 2_048;
/** A key of 16,384 bits is half as long. */
const PEM_MAX_LENGTH = 8_192;

const friendlyName = optional(coded(20002, text(64)));
const conflicts = {
  "in-use": new Problem(
    409,
    20409,
    "The account's recordings are encrypted to this key. Set RecordingPublicKeySid of its AccountSettings to another, or to nothing, first.",
  ),
  limit: (most: number) => invalid(`There are ${most} public keys already; delete one first.`),
};

/** Accounts v1 PublicKeys: what recordings can be encrypted to (contract §3.2, §9, REC-5). Which one is, the account's settings say. */
export const publicKeys: Resource<PublicKeyRow, null> = {
  product: "accounts",
  noun: "public key",
  path: "/Credentials/PublicKeys",
  key: "credentials",
  parent: noParent,
  view: viewPublicKey,
  list: accepts({}, async (at: At<null>) => (page) => at.deps.store.publicKeys.list(at.account.sid, page)),
  fetch: (at, keySid) => at.deps.store.publicKeys.fetch(at.account.sid, keySid),
  create: accepts(
    { PublicKey: long(PEM_MAX_LENGTH), FriendlyName: friendlyName, AccountSid: optional(sid("AC")) },
    async (at: At<null>, { PublicKey: pem, FriendlyName, AccountSid }) => {
      const account = AccountSid === undefined ? at.account : await ownerOf(at, AccountSid);
      if (account instanceof Problem) return account;
      const publicKey = readPublicKey(pem);
      if (publicKey instanceof Problem) return publicKey;
      const row = {
        sid: mintSid("CR", at.deps.randomHex(16)),
        accountSid: account.sid,
        friendlyName: FriendlyName ?? "",
        publicKey,
      };
      return settle(at, await at.deps.store.publicKeys.create(row), conflicts);
    },
  ),
  update: accepts({ FriendlyName: friendlyName }, async (at: At<null> & { readonly row: PublicKeyRow }, values) => {
    const change = given({ friendlyName: values.FriendlyName });
    return settle(at, await at.deps.store.publicKeys.update(at.account.sid, at.row.sid, change));
  }),
  remove: async (at, row) =>
    settleRemoval(at, await at.deps.store.publicKeys.delete(at.account.sid, row.sid), conflicts),
};

/** A key may be put into a subaccount; an unknown and a foreign account look the same. */
async function ownerOf(at: Context, accountSid: string): Promise<Account | Problem> {
  if (accountSid === at.account.sid) return at.account;
  const account = await at.deps.store.accounts.fetch(accountSid);
  if (account !== undefined && account.parentSid === at.account.sid) return account;
  return forbidden(`Permission Denied: AccountSid ${accountSid} is no subaccount of ${at.account.sid}.`);
}

/** The key as PEM (SPKI). Line breaks may have been lost on the way, as Twilio's own examples have it. */
function readPublicKey(pem: string): string | Problem {
  const [, label = "", base64 = ""] = /-----BEGIN ((?:RSA )?PUBLIC KEY)-----([^-]*)-----END \1-----/.exec(pem) ?? [];
  const lines = base64.replace(/\s+/g, "").match(/.{1,64}/g) ?? [];
  try {
    const key = createPublicKey(`-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`);
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    if (key.asymmetricKeyType !== "rsa" || bits < SMALLEST_MODULUS_BITS) {
      return invalid(`PublicKey must be an RSA key of ${SMALLEST_MODULUS_BITS} bits or more.`);
    }
    return key.export({ type: "spki", format: "pem" }).toString();
  } catch {
    return invalid("PublicKey must be an RSA public key in PEM form: -----BEGIN PUBLIC KEY----- and so on.");
  }
}

function viewPublicKey(row: PublicKeyRow, { links }: Context): object {
  return {
    sid: row.sid,
    account_sid: row.accountSid,
    friendly_name: row.friendlyName,
    date_created: isoDate(row.createdAtMs),
    date_updated: isoDate(row.updatedAtMs),
    url: links.absolute("accounts", `/Credentials/PublicKeys/${row.sid}`),
  };
}
