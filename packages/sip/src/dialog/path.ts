import type { Flow } from "../flow.ts";
import { Malformed } from "../malformed.ts";
import { parseNameAddr } from "../message/name-addr.ts";
import { parseSipUri } from "../message/uri.ts";
import type { Dialog } from "./dialog.ts";

/** Where a request inside a dialog goes: start line, Route and the flow to send it on. */
export type Path = { readonly requestUri: string; readonly routes: readonly string[]; readonly flow: Flow };

/**
 * The path of a request inside the dialog (RFC 3261 §12.2.1.1), for a strict as for a loose first router.
 *
 * @param flow the flow of the dialog, see `nextHopFlow`
 */
export function pathWithin(dialog: Dialog, flow: Flow): Path {
  const { routes, target } = dialog;
  const first = routes[0] === undefined ? undefined : routeUri(routes[0]);
  if (first === undefined) return { requestUri: target, routes, flow: nextHopFlow(flow, target) };
  const next = nextHopFlow(flow, first);
  if (isLoose(first)) return { requestUri: target, routes, flow: next };
  return { requestUri: first, routes: [...routes.slice(1), `<${target}>`], flow: next };
}

/**
 * The flow towards a URI, given the flow on which the dialog was made.
 *
 * A connection is kept: behind it is the peer, whatever its Contact says. Over UDP a numeric host is obeyed; a name would need
 * the DNS and gets the dialog's flow. So does a private address given by a peer whose messages come from a public one: it sits
 * behind a NAT and its Contact leads nowhere.
 */
export function nextHopFlow(flow: Flow, uri: string): Flow {
  const parsed = parseSipUri(uri);
  if (flow.transport !== "udp" || parsed instanceof Malformed) return flow;
  if ((parsed.params.get("transport") ?? "udp").toLowerCase() !== "udp" || parsed.scheme === "sips") return flow;
  const address = parsed.host.startsWith("[") ? parsed.host.slice(1, -1) : parsed.host;
  const isNumeric = address.includes(":") || /^\d+\.\d+\.\d+\.\d+$/.test(address);
  if (!isNumeric || address.includes(":") !== flow.remoteAddress.includes(":")) return flow;
  if (UNSPECIFIED.test(address) || (isPrivate(address) && !isPrivate(flow.remoteAddress))) return flow;
  const remotePort = parsed.port ?? 5060;
  if (address === flow.remoteAddress && remotePort === flow.remotePort) return flow;
  return { ...flow, remoteAddress: address, remotePort };
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
