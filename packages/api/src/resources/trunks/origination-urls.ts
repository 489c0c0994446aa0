import type { Dated } from "@trunkline/store";
import { mintSid, type OriginationUrl, parseOriginationSipUrl } from "@trunkline/trunking";
import { isoDate } from "../../dates.ts";
import { coded, flag, given, optional, text, wholeNumber } from "../../form.ts";
import { invalid, type Problem } from "../../problem.ts";
import { type At, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts } from "../../route.ts";
import { TRUNK_INVALID, type TrunkRow, trunkOfPath } from "./trunks.ts";

type OriginationUrlRow = OriginationUrl & Dated;

const conflicts = {
  limit: (most: number) =>
    invalid(`This trunk has ${most} origination URLs, the most there can be. Delete one first.`, 21249),
};

const fields = {
  Weight: wholeNumber(1, 65_535),
  Priority: wholeNumber(0, 65_535),
  Enabled: flag(),
  FriendlyName: coded(20002, text(64)),
  SipUrl: coded(TRUNK_INVALID, text(2048)),
};

/** Trunking v1 OriginationUrls (contract §2, ORIG-1). */
export const originationUrls: Resource<OriginationUrlRow, TrunkRow> = {
  product: "trunking",
  noun: "origination URL of a trunk",
  path: "/Trunks/:trunkSid/OriginationUrls",
  key: "origination_urls",
  parent: trunkOfPath,
  view: (row, at) => ({
    sid: row.sid,
    account_sid: row.accountSid,
    trunk_sid: row.trunkSid,
    friendly_name: row.friendlyName,
    sip_url: row.sipUrl,
    priority: row.priority,
    weight: row.weight,
    enabled: row.enabled,
    date_created: isoDate(row.createdAtMs),
    date_updated: isoDate(row.updatedAtMs),
    url: at.links.absolute("trunking", `/Trunks/${row.trunkSid}/OriginationUrls/${row.sid}`),
  }),
  list: accepts({}, async (at: At<TrunkRow>) => (page) => at.deps.store.originationUrls.list(at.parent.sid, page)),
  fetch: (at, sid) => at.deps.store.originationUrls.fetch(at.parent.sid, sid),
  create: accepts(fields, async (at: At<TrunkRow>, values) => {
    const { deps, account, parent: trunk } = at;
    const wrong = whyNotSipUrl(values.SipUrl);
    if (wrong) return wrong;
    const outcome = await deps.store.originationUrls.create({
      sid: mintSid("OU", deps.randomHex(16)),
      accountSid: account.sid,
      trunkSid: trunk.sid,
      friendlyName: values.FriendlyName,
      sipUrl: values.SipUrl.trim(),
      priority: values.Priority,
      weight: values.Weight,
      enabled: values.Enabled,
    });
    return settle(at, outcome, conflicts);
  }),
  update: accepts(
    {
      Weight: optional(fields.Weight),
      Priority: optional(fields.Priority),
      Enabled: optional(fields.Enabled),
      FriendlyName: optional(fields.FriendlyName),
      SipUrl: optional(fields.SipUrl),
    },
    async (at: At<TrunkRow> & { readonly row: OriginationUrlRow }, values) => {
      const wrong = values.SipUrl === undefined ? undefined : whyNotSipUrl(values.SipUrl);
      if (wrong) return wrong;
      const change = given({
        friendlyName: values.FriendlyName,
        sipUrl: values.SipUrl?.trim(),
        priority: values.Priority,
        weight: values.Weight,
        enabled: values.Enabled,
      });
      return settle(at, await at.deps.store.originationUrls.update(at.parent.sid, at.row.sid, change));
    },
  ),
  remove: async (at, row) => settleRemoval(at, await at.deps.store.originationUrls.delete(at.parent.sid, row.sid)),
};

function whyNotSipUrl(sipUrl: string): Problem | undefined {
  const parsed = parseOriginationSipUrl(sipUrl);
  return parsed.kind === "invalid" ? invalid(`SipUrl: ${parsed.why}`, TRUNK_INVALID) : undefined;
}
