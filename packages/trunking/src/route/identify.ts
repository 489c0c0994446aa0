import type { DirectoryReader } from "../directory/directory.types.ts";
import { trunkDomainSuffix } from "../domain-name.ts";
import { canonicalIpAddress } from "../ip-address.ts";
import type { Carrier, Trunk } from "../model.ts";
import type { CallRequest, Facts } from "./types.ts";

/** Whose request it is, as far as host and source tell. */
export type Identity =
  /** Addressed to a trunk domain; nothing is proven yet. `edge`: the localized form's, null for the plain form. */
  | { readonly kind: "termination"; readonly trunk: Trunk; readonly edge: string | null }
  /** `registered`: it came to the Contact that we registered with the carrier, so the number it is for stands elsewhere. */
  | { readonly kind: "origination"; readonly carrier: Carrier; readonly registered: boolean }
  /** A stranger's: no answer. */
  | { readonly kind: "unknown"; readonly why: string };

type Addressed = Pick<CallRequest, "requestUri" | "sourceAddress" | "sourcePort" | "localAddress" | "sipCallId">;
type Place = Pick<Facts, "zone" | "edge" | "ownHosts" | "registeredCarrier" | "onNet">;

/**
 * Tells termination from origination and both from strangers (TERM-1, CAR-2). A few hash lookups, so it may be asked for every
 * request before any state is made.
 *
 * Trunk domains: `{name}.pstn.{zone}`, and `{name}.pstn.{edge}.{zone}` for the name or alias of an edge. Calls from carriers come to
 * one of our own hosts, or with a `tel:` URI, which has none; from an address of the carrier's, or to the Contact that we registered with
 * it, from its registrar. The Contact goes first: two accounts with one carrier share its addresses. A call that the edge sent to itself is the
 * platform's own carrier's, whatever else is at that address.
 */
export function identify(request: Addressed, directory: DirectoryReader, facts: Place): Identity {
  const host = canonicalHost(request.requestUri.host);
  const form = trunkForm(host, directory, facts);
  const trunk = form && directory.trunkByDomain(form.domainName);
  if (trunk) return { kind: "termination", trunk, edge: form.edge };
  if (form) return { kind: "unknown", why: `no trunk has the domain ${form.domainName}` };
  if (request.requestUri.scheme !== "tel" && !isOwnHost(host, request.localAddress, facts.ownHosts)) {
    return { kind: "unknown", why: `${host} is not a host of this installation` };
  }
  const own = facts.onNet?.isOurs(request) ? directory.ownNumbersCarrier() : undefined;
  const registered = own ? undefined : carrierOfContact(request, directory, facts);
  const carrier = own ?? registered ?? directory.carrierBySource(request.sourceAddress, request.sourcePort);
  if (!carrier) return { kind: "unknown", why: `${request.sourceAddress} is no carrier's address` };
  if (!carrier.enabled) return { kind: "unknown", why: `carrier ${carrier.friendlyName} is disabled` };
  return { kind: "origination", carrier, registered: registered !== undefined };
}

function carrierOfContact(
  { requestUri, sourceAddress }: Addressed,
  directory: DirectoryReader,
  { registeredCarrier }: Place,
): Carrier | undefined {
  const carrierSid = requestUri.user === null ? undefined : registeredCarrier?.(requestUri.user, sourceAddress);
  return carrierSid === undefined ? undefined : directory.carrier(carrierSid);
}

/** The trunk that a host name belongs to in any of its forms. */
export function trunkByHost(
  host: string,
  directory: DirectoryReader,
  facts: Pick<Place, "zone" | "edge">,
): Trunk | undefined {
  const form = trunkForm(canonicalHost(host), directory, facts);
  return form && directory.trunkByDomain(form.domainName);
}

function canonicalHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, "");
}

function trunkForm(
  host: string,
  directory: DirectoryReader,
  facts: Pick<Place, "zone" | "edge">,
): { readonly domainName: string; readonly edge: string | null } | undefined {
  const suffix = trunkDomainSuffix(facts.zone);
  if (host.endsWith(suffix)) return { domainName: host, edge: null };
  const zone = `.${facts.zone.toLowerCase()}`;
  const localized = host.endsWith(zone) ? /^(.+)\.pstn\.([^.]+)$/.exec(host.slice(0, -zone.length)) : null;
  const [name, edgeName] = [localized?.[1], localized?.[2]];
  if (name === undefined || edgeName === undefined) return undefined;
  const edge = edgeName === facts.edge.toLowerCase() ? facts.edge : directory.edge(edgeName)?.name;
  return edge === undefined ? undefined : { domainName: name + suffix, edge };
}

function isOwnHost(host: string, localAddress: string, ownHosts: ReadonlySet<string>): boolean {
  if (ownHosts.has(host)) return true;
  const address = canonicalIpAddress(host);
  if (address === undefined) return false;
  return ownHosts.has(address) || ownHosts.has(`[${address}]`) || address === canonicalIpAddress(localAddress);
}
