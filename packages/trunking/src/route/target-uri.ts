import type { Invalid } from "../invalid.ts";
import { type OriginationSipUrl, parseOriginationSipUrl } from "../sip-url.ts";
import type { Attempt } from "./types.ts";

/** RFC 3261 §25.1 `user`: what needs no escape there. */
const NO_ESCAPE = /[A-Za-z0-9\-_.!~*'()&=+$,;/?]/;

/** Request-URI for a target: its place and parameters, with this user part. */
export function requestUri(target: OriginationSipUrl, user: string): string {
  const port = target.port === null ? "" : `:${target.port}`;
  return `sip:${user}@${target.host}${port}${paramText(target)}`;
}

/** Parameters that are for us alone: which way out a request takes. */
const WAY_OUT = new Set(["edge", "region", "tnx"]);

/** The server itself, for requests that are for nobody behind it (OPTIONS, REGISTER): no user part, nothing that is for us alone. */
export function serverUri(target: OriginationSipUrl): string {
  const params = target.params.filter(([name]) => !WAY_OUT.has(name));
  return requestUri({ ...target, params }, "").replace("@", "");
}

/** To URI for a target: as the Request-URI, without the port (contract §8.5; RFC 3261 §19.1.1 table 1 has none in To). */
export function toUri(target: OriginationSipUrl, number: string): string {
  return `sip:${number}@${target.host}${paramText(target)}`;
}

/** SEC-2: a secure trunk's target is called over TLS whatever its `transport` says. */
export function overTls(target: OriginationSipUrl): OriginationSipUrl {
  const others = target.params.filter(([name]) => name !== "transport");
  return { ...target, transport: "tls", params: [...others, ["transport", "tls"]] };
}

/**
 * Takes apart the URL of a target, which the API did not necessarily see. SEC-4: `sips:` means TLS to that target, and promises nothing of the
 * hops behind it.
 */
export function parseTargetUrl(text: string): OriginationSipUrl | Invalid {
  const [sips] = /^\s*sips:/i.exec(text) ?? [];
  const target = parseOriginationSipUrl(sips === undefined ? text : `sip:${text.slice(sips.length)}`);
  return sips !== undefined && target.kind === "ok" ? overTls(target) : target;
}

/** `host:port/transport`, with the defaults of RFC 3261 §19.1.2 written out: what health is known by. */
export function targetAddress({ host, port, transport }: OriginationSipUrl): string {
  return `${host}:${port ?? (transport === "tls" ? 5061 : 5060)}/${transport ?? "udp"}`;
}

/** The way out that the target asks for; `region` is the legacy name of an edge (ORIG-5). The digits of a SID are in lower case. */
export function egressOf({ params }: OriginationSipUrl): Attempt["egress"] {
  const param = (name: string): string | null => params.find(([known]) => known === name)?.[1] ?? null;
  return {
    edge: param("edge") ?? param("region"),
    tnx: param("tnx")?.replace(/[A-F]/g, (digit) => digit.toLowerCase()) ?? null,
  };
}

/** A user part as SIP URIs need it; `user` holds one character per byte. */
export function escapedUser(user: string): string {
  return Array.from(user, (character) =>
    NO_ESCAPE.test(character) ? character : `%${character.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`,
  ).join("");
}

function paramText(target: OriginationSipUrl): string {
  return target.params.map(([name, value]) => (value === null ? `;${name}` : `;${name}=${value}`)).join("");
}
