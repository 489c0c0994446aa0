import type { Dated, RegionRoute } from "@trunkline/store";
import { isE164, type PhoneNumber, type Trunk } from "@trunkline/trunking";
import { isoDate } from "../../dates.ts";
import { clearable, coded, optional, text } from "../../form.ts";
import { invalid, type Problem } from "../../problem.ts";
import { type At, noParent, type Resource, settle } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";

/** Twilio's first region; what a trunk or a number has of which nothing was said. */
const REGION_DEFAULT = "us1";
const REGION_INVALID = 21252;

/** What a route is of, as a client names it, and how it stands. */
type RegionRow = RegionRoute & Dated & { readonly name: string; readonly accountSid: string };

const form = {
  VoiceRegion: optional(coded(REGION_INVALID, text(64))),
  FriendlyName: clearable(coded(20002, text(64))),
};

/** Routes v2 Trunks: the region of a trunk, by its domain (contract §3.2). */
export const trunkRegions: Resource<RegionRow, null> = {
  ...regionResource("/Trunks", "region of a trunk"),
  fetch: async (at, domain) => {
    const trunk = await at.deps.store.trunks.byDomain(domain.toLowerCase());
    return trunk?.accountSid === at.account.sid ? regionOf(at, trunk, trunk.domainName ?? domain) : undefined;
  },
  view: (row, at) => ({
    sip_trunk_domain: row.name,
    ...viewRegion(row),
    url: at.links.absolute("routes", `/Trunks/${row.name}`),
  }),
};

/** Routes v2 PhoneNumbers: the region of a number, by the number or its SID (contract §3.2). */
export const numberRegions: Resource<RegionRow, null> = {
  ...regionResource("/PhoneNumbers", "region of a phone number"),
  fetch: async (at, given) => {
    const number = await numberOf(at, given.replace(/^[+ ]?(?=\d)/, "+"));
    return number && regionOf(at, number, number.e164);
  },
  view: (row, at) => ({
    phone_number: row.name,
    ...viewRegion(row),
    url: at.links.absolute("routes", `/PhoneNumbers/${row.name}`),
  }),
};

/** Routes v2 SipDomains: trunks have their own domains, and there are no others (404). */
export const sipDomainRegions: Resource<RegionRow, null> = {
  ...regionResource("/SipDomains", "region of a SIP domain"),
  fetch: async () => undefined,
};

function regionResource(path: string, noun: string): Resource<RegionRow, null> {
  return {
    product: "routes",
    noun,
    path,
    key: "routes",
    parent: noParent,
    view: viewRegion,
    update: accepts(form, async (at: At<null> & { readonly row: RegionRow }, values) => {
      const { ownerSid, name, accountSid } = at.row;
      const voiceRegion = values.VoiceRegion?.toLowerCase() ?? at.row.voiceRegion;
      const wrong = values.VoiceRegion === undefined ? undefined : await whyNotRegion(at, voiceRegion);
      if (wrong) return wrong;
      const friendlyName = values.FriendlyName === undefined ? at.row.friendlyName : (values.FriendlyName ?? "");
      const kept = settle(at, await at.deps.store.regionRoutes.set({ ownerSid, friendlyName, voiceRegion }));
      return "ownerSid" in kept ? { ...kept, name, accountSid } : kept;
    }),
  };
}

/** Only of the account that the request acts for. */
async function numberOf(at: Context, given: string): Promise<(PhoneNumber & Dated) | undefined> {
  const { phoneNumbers } = at.deps.store;
  if (!isE164(given)) return phoneNumbers.fetch(at.account.sid, given);
  const { rows } = await phoneNumbers.list(at.account.sid, { phoneNumber: given }, { limit: 1 });
  return rows.find(({ e164 }) => e164 === given);
}

/** What was said, or the region that everything has. */
async function regionOf(at: Context, owner: (Trunk | PhoneNumber) & Dated, name: string): Promise<RegionRow> {
  const kept = await at.deps.store.regionRoutes.fetch(owner.sid);
  const { sid: ownerSid, accountSid, createdAtMs } = owner;
  const unsaid = { ownerSid, friendlyName: "", voiceRegion: REGION_DEFAULT, createdAtMs, updatedAtMs: createdAtMs };
  return { ...(kept ?? unsaid), name, accountSid };
}

/** A region is an edge of this installation or one of its other names. */
async function whyNotRegion(at: Context, region: string): Promise<Problem | undefined> {
  const known = (await at.deps.store.edgeLocations.list()).flatMap(({ name, aliases }) => [...aliases, name]);
  if (known.length === 0 || known.includes(region)) return undefined;
  return invalid(`VoiceRegion: there is no region "${region}" here. There are ${known.join(", ")}.`, REGION_INVALID);
}

/** A route is one of what it is of: its SID has the same digits. */
function viewRegion(row: RegionRow): object {
  return {
    sid: `QQ${row.ownerSid.slice(2)}`,
    account_sid: row.accountSid,
    friendly_name: row.friendlyName,
    voice_region: row.voiceRegion,
    date_created: isoDate(row.createdAtMs),
    date_updated: isoDate(row.updatedAtMs),
  };
}
