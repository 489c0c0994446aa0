import type { Flow } from "../flow.ts";
import { Malformed } from "../malformed.ts";
import { parseNameAddr } from "../message/name-addr.ts";
import { parseSipUri } from "../message/uri.ts";
import type { SipUri } from "../message/values.ts";
import type { Dialog } from "./dialog.ts";

/** Where a request inside a dialog goes: start line, Route and the flow to send it on. */
export type Path = { readonly requestUri: string; readonly routes: readonly string[]; readonly flow: Flow };

/** The URI that decides where the dialog's requests go next: the first route, or the target (RFC 3261 §12.2.1.1). */
export function nextHopUri({ routes, target }: Dialog): string {
  return (routes[0] === undefined ? undefined : routeUri(routes[0])) ?? target;
}

/**
 * The path of a request inside the dialog (RFC 3261 §12.2.1.1), for a strict as for a loose first router.
 *
 * @param flow the flow of the dialog, see `nextHopFlow`
 * @param located where the next hop was found, when somebody has looked it up
 */
export function pathWithin(dialog: Dialog, flow: Flow, located?: Flow): Path {
  const { routes, target } = dialog;
  const uri = nextHopUri(dialog);
  const next = located ?? nextHopFlow(flow, uri);
  if (routes[0] === undefined || routeUri(routes[0]) === undefined || isLoose(uri)) {
    return { requestUri: target, routes, flow: next };
  }
  return { requestUri: uri, routes: [...routes.slice(1), `<${target}>`], flow: next };
}

/**
 * The flow towards a URI, given the flow on which the dialog was made and no look-up.
 *
 * A connection is kept: behind it is the peer, whatever its Contact says (RFC 5923). Over UDP a numeric host is obeyed; a name
 * or another transport (see `needsLocating`) gets the dialog's flow. So does a private address given by a peer whose messages
 * come from a public one: it sits behind a NAT and its Contact leads nowhere.
 */
export function nextHopFlow(flow: Flow, uri: string): Flow {
  const parsed = parseSipUri(uri);
  if (flow.transport !== "udp" || parsed instanceof Malformed || !isUdp(parsed)) return flow;
  const remoteAddress = bare(parsed.host);
  if (!isNumeric(remoteAddress) || remoteAddress.includes(":") !== flow.remoteAddress.includes(":")) return flow;
  const next = { ...flow, remoteAddress, remotePort: parsed.port ?? 5060 };
  if (!leadsSomewhere(flow, next)) return flow;
  return remoteAddress === flow.remoteAddress && next.remotePort === flow.remotePort ? flow : next;
}

/** True for a URI that only a look-up leads to: a host name, or a transport that is not the dialog's. A connection needs none. */
export function needsLocating(flow: Flow, uri: string): boolean {
  const parsed = parseSipUri(uri);
  if (flow.transport !== "udp" || parsed instanceof Malformed) return false;
  return !isUdp(parsed) || !isNumeric(bare(parsed.host));
}

/** False for a place that means nothing from here: an unspecified address, or a private one given from outside its network. */
export function leadsSomewhere(flow: Flow, to: Flow): boolean {
  if (UNSPECIFIED.test(to.remoteAddress)) return false;
  return !isPrivate(to.remoteAddress) || isPrivate(flow.remoteAddress);
}

function isUdp(uri: SipUri): boolean {
  return uri.scheme === "sip" && (uri.params.get("transport") ?? "udp").toLowerCase() === "udp";
}

function bare(host: string): string {
  return host.startsWith("[") ? host.slice(1, -1) : host;
}

function isNumeric(host: string): boolean {
  return host.includes(":") || /^\d+\.\d+\.\d+\.\d+$/.test(host);
}

const UNSPECIFIED = /^(?:0\.|::$)/;
const PRIVATE =
  /^(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1$|f[cd]|fe[89ab])/i;

/** Addresses that mean nothing outside their own network (RFC 1918, 6598, 3927, 4193, loopback). */
function isPrivate(address: string): boolean {
  return PRIVATE.test(address);
}

function routeUri(route: string): string | undefined {
  const parsed = parseNameAddr(route);
  return parsed instanceof Malformed ? undefined : parsed.uri;
}

function isLoose(uri: string): boolean {
  const parsed = parseSipUri(uri);
  return parsed instanceof Malformed || parsed.params.has("lr");
}
