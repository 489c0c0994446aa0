import type { Dated } from "@trunkline/store";
import { type Credential, mintSid } from "@trunkline/trunking";
import { hashPassword, whyWeakPassword } from "../../credential-hash.ts";
import { rfc2822Date } from "../../dates.ts";
import { anyText, coded, optional, secret, text } from "../../form.ts";
import { invalid, type Problem } from "../../problem.ts";
import { type At, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts } from "../../route.ts";
import { type CredentialListRow, credentialListOfPath } from "./credential-lists.ts";

type CredentialRow = Credential & Dated;

const PASSWORD_INVALID = 21240;
const CREDENTIAL_INVALID = 21243;
const conflicts = {
  username: invalid("Username: this list has it already. Choose another, or update its password.", CREDENTIAL_INVALID),
  limit: (most: number) =>
    invalid(`This list has ${most} credentials, the most there can be. Delete one first.`, 21242),
};

const username = coded(CREDENTIAL_INVALID, text(32));
const password = secret(coded(PASSWORD_INVALID, anyText()));

/** 2010-04-01 SIP Credentials (contract §3.1). The password is hashed on arrival and never kept, returned or repeated. */
export const credentials: Resource<CredentialRow, CredentialListRow> = {
  product: "api",
  noun: "credential of a list",
  path: "/Accounts/:accountSid/SIP/CredentialLists/:listSid/Credentials",
  key: "credentials",
  parent: credentialListOfPath,
  view: (row, at) => ({
    sid: row.sid,
    account_sid: at.parent.accountSid,
    credential_list_sid: row.listSid,
    username: row.username,
    date_created: rfc2822Date(row.createdAtMs),
    date_updated: rfc2822Date(row.updatedAtMs),
    uri: at.links.relative(
      `/Accounts/${at.parent.accountSid}/SIP/CredentialLists/${row.listSid}/Credentials/${row.sid}`,
    ),
  }),
  list: accepts({}, async (at: At<CredentialListRow>) => (page) => at.deps.store.credentials.list(at.parent.sid, page)),
  fetch: (at, sid) => at.deps.store.credentials.fetch(at.parent.sid, sid),
  create: accepts({ Username: username, Password: password }, async (at: At<CredentialListRow>, values) => {
    const { deps, parent: list } = at;
    const wrong = whyNotUsername(values.Username) ?? whyNotPassword(values.Password);
    if (wrong) return wrong;
    const outcome = await deps.store.credentials.create({
      sid: mintSid("CR", deps.randomHex(16)),
      listSid: list.sid,
      username: values.Username,
      ...hashPassword(values.Username, deps.digestRealm, values.Password),
    });
    return settle(at, outcome, conflicts);
  }),
  update: accepts(
    { Password: optional(password) },
    async (at: At<CredentialListRow> & { readonly row: CredentialRow }, values) => {
      if (values.Password === undefined) return at.row;
      const wrong = whyNotPassword(values.Password);
      if (wrong) return wrong;
      const hashes = hashPassword(at.row.username, at.deps.digestRealm, values.Password);
      return settle(at, await at.deps.store.credentials.update(at.parent.sid, at.row.sid, hashes));
    },
  ),
  remove: async (at, row) => settleRemoval(at, await at.deps.store.credentials.delete(at.parent.sid, row.sid)),
};

/** A colon would make two different users hash alike (RFC 7616 §3.4.2); a quote cannot be sent plainly by old phones. */
function whyNotUsername(name: string): Problem | undefined {
  if (!/[:"\\]/.test(name)) return undefined;
  return invalid("Username must not contain a colon, a double quote or a backslash.", CREDENTIAL_INVALID);
}

function whyNotPassword(given: string): Problem | undefined {
  const why = whyWeakPassword(given);
  return why === undefined ? undefined : invalid(`Password ${why}.`, PASSWORD_INVALID);
}
