import { Malformed } from "../malformed.ts";
import { NO_PARAMS } from "./params.ts";
import { encodeUtf8 } from "./text.ts";
import type { Params, SipUri, TelUri } from "./values.ts";

/** Any absolute URI as far as SIP cares: a scheme and something without blanks, quotes and angle brackets. */
const ANY_URI = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"]+$/;

/** Host name, IPv4 address or bracketed IPv6 reference. Three colons in a row pass (RFC 5118 §4.10), `_` is seen in the field. */
const HOST = /^(?:\w[\w.-]*|\[[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*\])$/;
const HOST_PORT = /^(\[[^\]]*\]|[^:]+)(?::(\d{1,5}))?$/;

/** What is between scheme and `@`, less the password: no octet that needs an escape but has none, no broken escape. */
const USER = /^(?:[^%\s<>"@:]|%[0-9A-Fa-f]{2})+$/;
const PASSWORD = /^(?:[^%\s<>"@]|%[0-9A-Fa-f]{2})*$/;
const ESCAPED_TEXT = /^(?:[^%]|%[0-9A-Fa-f]{2})*$/;

export function isUri(text: string): boolean {
  return ANY_URI.test(text);
}

export function isHost(text: string): boolean {
  return HOST.test(text);
}

/** A port number 1–65535 from its digits, or undefined. */
export function parsePort(digits: string): number | undefined {
  const port = Number(digits);
  return port >= 1 && port <= 65535 ? port : undefined;
}

/** Reads a SIP or SIPS URI (RFC 3261 §19.1.1). Another scheme is `Malformed("scheme")`. */
export function parseSipUri(text: string): SipUri | Malformed {
  const colon = text.indexOf(":");
  const scheme = text.slice(0, colon).toLowerCase();
  if (scheme !== "sip" && scheme !== "sips") return new Malformed("scheme");
  const at = text.indexOf("@", colon);
  const userinfo = at < 0 ? undefined : parseUserinfo(text.slice(colon + 1, at));
  if (userinfo instanceof Malformed) return userinfo;

  const hostStart = at < 0 ? colon + 1 : at + 1;
  const tail = text.slice(hostStart);
  const headersAt = tail.indexOf("?");
  const beforeHeaders = headersAt < 0 ? tail : tail.slice(0, headersAt);
  const paramsAt = beforeHeaders.indexOf(";");
  const hostPort = HOST_PORT.exec(paramsAt < 0 ? beforeHeaders : beforeHeaders.slice(0, paramsAt));
  const host = hostPort?.[1];
  if (host === undefined || !isHost(host)) return new Malformed("host", hostStart);
  const port = hostPort?.[2] === undefined ? undefined : parsePort(hostPort[2]);
  if (hostPort?.[2] !== undefined && port === undefined) return new Malformed("port", hostStart);
  const params = paramsAt < 0 ? NO_PARAMS : parseUriParams(beforeHeaders.slice(paramsAt + 1));
  if (params instanceof Malformed) return params;
  return {
    scheme,
    ...userinfo,
    host: host.toLowerCase(),
    ...(port === undefined ? {} : { port }),
    params,
    ...(headersAt < 0 ? {} : { headers: tail.slice(headersAt + 1) }),
  };
}

function parseUserinfo(text: string): { readonly user: string; readonly password?: string } | Malformed {
  const colon = text.indexOf(":");
  const user = colon < 0 ? text : text.slice(0, colon);
  if (!USER.test(user)) return new Malformed("user");
  if (colon < 0) return { user };
  const password = text.slice(colon + 1);
  return PASSWORD.test(password) ? { user, password } : new Malformed("password");
}

function parseUriParams(text: string): Params | Malformed {
  const params = new Map<string, string>();
  const parts = text.split(";");
  if (parts.at(-1) === "") parts.pop();
  for (const part of parts) {
    const equals = part.indexOf("=");
    const name = (equals < 0 ? part : part.slice(0, equals)).trim();
    if (name === "" || /[\s<>"@]/.test(part) || !ESCAPED_TEXT.test(part)) return new Malformed("URI parameter");
    const key = unescapeUser(name).toLowerCase();
    if (!params.has(key)) params.set(key, equals < 0 ? "" : part.slice(equals + 1));
  }
  return params;
}

/** The URI as text; parameter names that need escapes get them, everything else goes as it stands in the value. */
export function writeSipUri(uri: SipUri): string {
  let text = `${uri.scheme}:`;
  if (uri.user !== undefined) text += `${uri.user}${uri.password === undefined ? "" : `:${uri.password}`}@`;
  text += uri.host;
  if (uri.port !== undefined) text += `:${uri.port}`;
  for (const [name, value] of uri.params) {
    text += `;${escapeOctets(name, /[^A-Za-z0-9\-_.!~*'()[\]/:&+$]/g)}${value === "" ? "" : `=${value}`}`;
  }
  return uri.headers === undefined ? text : `${text}?${uri.headers}`;
}

/** `text` as a user part: octets outside `unreserved` and `user-unreserved` (RFC 3261 §25.1) are escaped, other text as UTF-8. */
export function escapeUser(text: string): string {
  return escapeOctets(encodeUtf8(text), /[^A-Za-z0-9\-_.!~*'()&=+$,;?/]/g);
}

/** Octets of a user part with `%HH` resolved. Broken escapes stay as they are. */
export function unescapeUser(user: string): string {
  if (!user.includes("%")) return user;
  return user.replace(/%([0-9A-Fa-f]{2})/g, (_escaped, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function escapeOctets(text: string, needy: RegExp): string {
  return text.replace(needy, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}

/** Parameters that make two URIs different when only one of them has it (RFC 3261 §19.1.4). */
const TELLING_PARAMS = ["user", "ttl", "method", "maddr", "transport"];

/** Whether two URIs are equivalent by RFC 3261 §19.1.4: no default port, no default transport. */
export function sameSipUri(a: SipUri, b: SipUri): boolean {
  if (a.scheme !== b.scheme || !sameHost(a.host, b.host) || a.port !== b.port) return false;
  if (!sameText(a.user, b.user) || !sameText(a.password, b.password)) return false;
  if (TELLING_PARAMS.some((name) => a.params.has(name) !== b.params.has(name))) return false;
  for (const [name, value] of a.params) {
    const other = b.params.get(name);
    if (other !== undefined && normal(value).toLowerCase() !== normal(other).toLowerCase()) return false;
  }
  return sortedHeaders(a.headers) === sortedHeaders(b.headers);
}

function sameText(a: string | undefined, b: string | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && normal(a) === normal(b));
}

/** Escapes of characters that need none are resolved; the others, equal to nothing but themselves, get one spelling. */
function normal(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (escaped, hex: string) => {
    const char = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9\-_.!~*'()]/.test(char) ? char : escaped.toUpperCase();
  });
}

function sortedHeaders(headers: string | undefined): string {
  if (headers === undefined) return "";
  const pairs = headers.split("&").map((pair) => {
    const equals = pair.indexOf("=");
    return equals < 0
      ? normal(pair).toLowerCase()
      : `${normal(pair.slice(0, equals)).toLowerCase()}=${normal(pair.slice(equals + 1))}`;
  });
  return pairs.sort().join("&");
}

/** Reads a telephone URI (RFC 3966 §3): `tel:+1-201-555-0123`, `tel:7042;phone-context=example.com`. */
export function parseTelUri(text: string): TelUri | Malformed {
  const match = /^tel:([^;]+)(?:;(.*))?$/i.exec(text);
  if (!match) return new Malformed("scheme");
  const number = (match[1] as string).replace(/[-.()]/g, "");
  const global = number.startsWith("+");
  if (!(global ? /^\+\d+$/ : /^[0-9A-Fa-f*#]+$/).test(number)) return new Malformed("telephone number", 4);
  const params = match[2] === undefined ? NO_PARAMS : parseUriParams(match[2]);
  if (params instanceof Malformed) return params;
  if (!global && !params.has("phone-context")) return new Malformed("phone-context");
  return { global, number, params };
}

/** Whether two hosts are the same: names by their letters, IPv6 references by the address they stand for (RFC 5954 §4.2). */
function sameHost(a: string, b: string): boolean {
  if (a === b) return true;
  return a.startsWith("[") && b.startsWith("[") && ipv6Groups(a) === ipv6Groups(b);
}

/** The eight groups of an IPv6 reference, without leading zeros. */
function ipv6Groups(reference: string): string {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)(?=\]$)/;
  const hex = (high: string, low: string): string => (256 * Number(high) + Number(low)).toString(16);
  const address = reference.replace(dotted, (_all, a, b, c, d) => `${hex(a, b)}:${hex(c, d)}`).slice(1, -1);
  const [head = "", tail] = address.split("::", 2);
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array<string>(zeros).fill("0"), ...after];
  return groups.map((group) => group.toLowerCase().replace(/^0+(?=.)/, "")).join(":");
}
