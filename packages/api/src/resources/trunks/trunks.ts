import type { Dated } from "@trunkline/store";
import { type Account, checkDomainName, mintSid, type Trunk } from "@trunkline/trunking";
import { isoDate } from "../../dates.ts";
import {
  clearable,
  coded,
  type FormValues,
  flag,
  given,
  httpMethod,
  oneOf,
  optional,
  text,
  webUrl,
} from "../../form.ts";
import { invalid, Problem } from "../../problem.ts";
import { type At, noParent, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";

export type TrunkRow = Trunk & Dated;

export const TRUNK_INVALID = 21245;
const TRUNK_DEPENDENCIES = 21247;

const domainTaken = invalid("The DomainName is taken by another trunk. Choose another name.", 21248);
const takenByOwn = invalid(
  "The DomainName is that of another trunk of this account. Choose another name, or change that trunk.",
  TRUNK_INVALID,
);
const hasSubDomains = invalid(
  "Other trunks have sub-domains of this trunk's domain name. Rename or delete those first.",
  TRUNK_DEPENDENCIES,
);
const noTrunkAbove = invalid("The trunk above this DomainName is gone. Create it first.", TRUNK_DEPENDENCIES);
const conflicts = { "domain-name": domainTaken, "sub-domain": hasSubDomains };

const form = {
  FriendlyName: clearable(coded(20002, text(64))),
  DomainName: clearable(coded(TRUNK_INVALID, text(253))),
  DisasterRecoveryUrl: clearable(webUrl()),
  DisasterRecoveryMethod: optional(httpMethod()),
  TransferMode: optional(oneOf("disable-all", "enable-all", "sip-only")),
  TransferCallerId: optional(oneOf("from-transferee", "from-transferor")),
  Secure: optional(flag()),
  CnamLookupEnabled: optional(flag()),
};

/** Trunking v1 Trunks (contract §2, TRK-1 to TRK-4). */
export const trunks: Resource<TrunkRow, null> = {
  product: "trunking",
  noun: "trunk",
  path: "/Trunks",
  key: "trunks",
  parent: noParent,
  view: viewTrunk,
  list: accepts({}, async (at: At<null>) => (page) => at.deps.store.trunks.list(at.account.sid, page)),
  fetch: (at, sid) => at.deps.store.trunks.fetch(at.account.sid, sid),
  create: accepts(form, async (at: At<null>, values) => {
    const domainName = await checkDomain(at, values.DomainName);
    if (domainName instanceof Problem) return domainName;
    const { deps, account } = at;
    return settle(
      at,
      await deps.store.trunks.create({
        sid: mintSid("TK", deps.randomHex(16)),
        accountSid: account.sid,
        friendlyName: values.FriendlyName ?? null,
        domainName: domainName ?? null,
        disasterRecoveryUrl: values.DisasterRecoveryUrl ?? null,
        disasterRecoveryMethod: recoveryMethod(values, null) ?? null,
        secure: values.Secure ?? false,
        cnamLookupEnabled: values.CnamLookupEnabled ?? false,
        recordingMode: "do-not-record",
        recordingTrim: "do-not-trim",
        transferMode: values.TransferMode ?? "disable-all",
        transferCallerId: values.TransferCallerId ?? "from-transferee",
        symmetricRtpEnabled: false,
        failoverFinalStatuses: null,
        failoverTimeoutMs: null,
      }),
      // The trunk above was there a moment ago.
      { ...conflicts, "sub-domain": noTrunkAbove, limit: (most) => tooMany(account, most) },
    );
  }),
  update: accepts(form, async (at: At<null> & { readonly row: TrunkRow }, values) => {
    const domainName = await checkDomain(at, values.DomainName, at.row);
    if (domainName instanceof Problem) return domainName;
    const change = given({
      friendlyName: values.FriendlyName,
      domainName,
      disasterRecoveryUrl: values.DisasterRecoveryUrl,
      disasterRecoveryMethod: recoveryMethod(values, at.row.disasterRecoveryMethod),
      secure: values.Secure,
      cnamLookupEnabled: values.CnamLookupEnabled,
      transferMode: values.TransferMode,
      transferCallerId: values.TransferCallerId,
    });
    return settle(at, await at.deps.store.trunks.update(at.account.sid, at.row.sid, change), conflicts);
  }),
  remove: async (at, row) => settleRemoval(at, await at.deps.store.trunks.delete(at.account.sid, row.sid), conflicts),
};

type Recovery = Pick<FormValues<typeof form>, "DisasterRecoveryUrl" | "DisasterRecoveryMethod">;

/** The method to store, if any: a URL without one is called with POST (contract §2.1). @param before the one that is stored */
function recoveryMethod(
  { DisasterRecoveryUrl: url, DisasterRecoveryMethod: asked }: Recovery,
  before: Trunk["disasterRecoveryMethod"],
): Trunk["disasterRecoveryMethod"] | undefined {
  return asked ?? (url && before === null ? "POST" : undefined);
}

/** TRK-1, ACC-2. */
function tooMany({ type }: Account, most: number): Problem {
  const why =
    type === "Trial"
      ? `A trial account has at most ${most} trunk. Delete it first, or ask the operator to upgrade the account.`
      : `This account has ${most} trunks, the most there can be. Delete one first.`;
  return invalid(why, 21244);
}

/** The trunk that a path below `/Trunks/:trunkSid` names, if it is the account's. */
export async function trunkOfPath(at: Context): Promise<TrunkRow | undefined> {
  return at.deps.store.trunks.fetch(at.account.sid, at.param("trunkSid"));
}

/**
 * The whole domain name in lower case; null clears it, undefined leaves it. A name one level below another trunk's needs that trunk,
 * in this account or its parent (TRK-2, 21247).
 */
async function checkDomain(
  at: Context,
  asked: string | null | undefined,
  row?: TrunkRow,
): Promise<string | null | undefined | Problem> {
  if (asked === null || asked === undefined) return asked;
  const { deps, account } = at;
  const checked = checkDomainName(asked, deps.zone);
  if (checked.kind === "invalid") return invalid(checked.why, TRUNK_INVALID);
  const { domainName, parentDomainName } = checked;
  if (domainName === row?.domainName) return domainName;
  const sidInName = /^ac[0-9a-f]{32}(?=\.)/.exec(domainName)?.[0];
  if (sidInName !== undefined && sidInName !== account.sid.toLowerCase()) {
    return invalid("The DomainName is another account's SID. Choose another name.", TRUNK_INVALID);
  }
  if (parentDomainName !== null) {
    const above = await deps.store.trunks.byDomain(parentDomainName);
    const reachable = above !== undefined && [account.sid, account.parentSid].includes(above.accountSid);
    if (!reachable) {
      const why = `${domainName} needs a trunk with the domain name ${parentDomainName} in this account or its parent. Create that first.`;
      return invalid(why, TRUNK_DEPENDENCIES);
    }
  }
  const taken = await deps.store.trunks.byDomain(domainName);
  if (taken === undefined) return domainName;
  return taken.accountSid === account.sid ? takenByOwn : domainTaken;
}

/** Trunk object (contract §2.1). */
async function viewTrunk(row: TrunkRow, at: Context): Promise<object> {
  const path = `/Trunks/${row.sid}`;
  const url = at.links.absolute("trunking", path);
  const authTypes = await authTypesOf(at, row.sid);
  return {
    sid: row.sid,
    account_sid: row.accountSid,
    friendly_name: row.friendlyName,
    domain_name: row.domainName,
    disaster_recovery_url: row.disasterRecoveryUrl,
    disaster_recovery_method: row.disasterRecoveryMethod,
    secure: row.secure,
    cnam_lookup_enabled: row.cnamLookupEnabled,
    recording: { mode: row.recordingMode, trim: row.recordingTrim },
    transfer_mode: row.transferMode,
    transfer_caller_id: row.transferCallerId,
    symmetric_rtp_enabled: row.symmetricRtpEnabled,
    auth_type: authTypes.join(","),
    auth_type_set: authTypes,
    date_created: isoDate(row.createdAtMs),
    date_updated: isoDate(row.updatedAtMs),
    url,
    links: {
      origination_urls: `${url}/OriginationUrls`,
      credential_lists: `${url}/CredentialLists`,
      ip_access_control_lists: `${url}/IpAccessControlLists`,
      phone_numbers: `${url}/PhoneNumbers`,
    },
  };
}

/** What admits a call: the kinds of list that hang on the trunk. */
async function authTypesOf(at: Context, trunkSid: string): Promise<readonly string[]> {
  const { trunkIpAccessControlLists, trunkCredentialLists } = at.deps.store;
  const [acls, credentials] = await Promise.all([
    trunkIpAccessControlLists.list(trunkSid, { limit: 1 }),
    trunkCredentialLists.list(trunkSid, { limit: 1 }),
  ]);
  return [...(acls.rows.length > 0 ? ["IP_ACL"] : []), ...(credentials.rows.length > 0 ? ["CREDENTIAL_LIST"] : [])];
}
