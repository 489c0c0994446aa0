import type { AuditEvent } from "@trunkline/store";
import type { Links } from "../../links.ts";
import type { Product } from "../../product.ts";

type Place = readonly [product: Product, path: (event: AuditEvent) => string];

const account = ({ accountSid }: AuditEvent): string => `/Accounts/${accountSid}`;
/** A resource of an account in the 2010-04-01 API. */
const in2010 = (collection: string): Place => [
  "api",
  (event) => `${account(event)}/${collection}/${event.resourceKey}.json`,
];
/** A collection that one of something hangs below. */
const below = (product: Product, collection: string, part: string): Place => [
  product,
  ({ parentKey, resourceKey }) => `/${collection}/${parentKey}/${part}/${resourceKey}`,
];
const listed = (product: Product, collection: string): Place => [
  product,
  ({ resourceKey }) => `/${collection}/${resourceKey}`,
];
const single = (product: Product, path: string): Place => [product, () => path];

/** Where the resources of each type are to be had; a type without a place of its own has no link. */
const PLACES: Readonly<Record<string, Place>> = {
  account: ["api", (event) => `${account(event)}.json`],
  "account-settings": single("trunkline", "/AccountSettings"),
  address: in2010("Addresses"),
  "api-key": in2010("Keys"),
  application: in2010("Applications"),
  call: in2010("Calls"),
  "caller-id": in2010("OutgoingCallerIds"),
  carrier: listed("trunkline", "Carriers"),
  "carrier-prefix": below("trunkline", "Carriers", "Prefixes"),
  "carrier-source": below("trunkline", "Carriers", "Sources"),
  "carrier-target": below("trunkline", "Carriers", "Targets"),
  "debugger-webhook": single("trunkline", "/DebuggerWebhook"),
  "inventory-import": listed("trunkline", "InventoryImports"),
  "inventory-number": listed("trunkline", "InventoryNumbers"),
  "origination-url": below("trunking", "Trunks", "OriginationUrls"),
  "phone-number": in2010("IncomingPhoneNumbers"),
  "public-key": listed("trunkline", "PublicKeys"),
  rate: listed("trunkline", "Rates"),
  recording: in2010("Recordings"),
  "sip-credential": ["api", (event) => `${account(event)}/SIP/CredentialLists/${memberPath(event, "Credentials")}`],
  "sip-credential-list": in2010("SIP/CredentialLists"),
  "sip-ip-access-control-list": in2010("SIP/IpAccessControlLists"),
  "sip-ip-address": [
    "api",
    (event) => `${account(event)}/SIP/IpAccessControlLists/${memberPath(event, "IpAddresses")}`,
  ],
  trunk: listed("trunking", "Trunks"),
  "usage-trigger": in2010("Usage/Triggers"),
  user: listed("trunkline", "Users"),
};

function memberPath({ parentKey, resourceKey }: AuditEvent, part: string): string {
  return `${parentKey}/${part}/${resourceKey}.json`;
}

/** Who did it and what it was done to, as far as there is a place to look: what was deleted is at its place no more. */
export function linksOf(event: AuditEvent, actorSid: string | null, links: Links): Readonly<Record<string, string>> {
  const actor = actorPlace(actorSid, event.accountSid);
  const place = PLACES[event.resourceType];
  return {
    ...(actor && { actor: links.absolute(...actor) }),
    ...(place && { resource: links.absolute(place[0], place[1](event)) }),
  };
}

function actorPlace(sid: string | null, accountSid: string | null): readonly [Product, string] | undefined {
  switch (sid?.slice(0, 2)) {
    case "AC":
      return ["api", `/Accounts/${sid}.json`];
    case "SK":
      return ["api", `/Accounts/${accountSid}/Keys/${sid}.json`];
    case "US":
      return ["trunkline", `/Users/${sid}`];
    default:
      return undefined;
  }
}
