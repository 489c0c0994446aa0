import { type Invalid, invalid } from "./invalid.ts";
import { canonicalIpAddress } from "./ip-address.ts";

/** An origination URL taken apart (contract §8.1): `sip:user@host:port;transport=tls;edge=x?X-Name=value`. */
export type OriginationSipUrl = {
  readonly kind: "ok";
  /** As written, escapes kept; null: the dialled number is used (ORIG-2). */
  readonly user: string | null;
  /** Lower case; IPv6 in square brackets. */
  readonly host: string;
  readonly port: number | null;
  readonly transport: "udp" | "tcp" | "tls" | null;
  /** Every parameter in the order written, names in lower case; null: no value. */
  readonly params: readonly (readonly [name: string, value: string | null])[];
  /** The `X-` headers after `?`, unescaped, in the order written. */
  readonly headers: readonly (readonly [name: string, value: string])[];
};

/** Contract ORIG-6 and REST code 21227: the header part, as written. */
const MAX_HEADER_CHARACTERS = 1024;
/** Longest whole URL; keeps a Request-URI well inside one datagram. */
const MAX_URL_CHARACTERS = 2048;

const TRANSPORTS = ["udp", "tcp", "tls"] as const;
/** RFC 3261 §25.1 `user`: unreserved, user-unreserved, escapes; but a `?` must be escaped, so that headers are told apart. */
const USER = /^(?:[\w\-.!~*'()&=+$,;/]|%[0-9a-fA-F]{2})+$/;
/** RFC 3261 §25.1 `paramchar`. */
const PARAM = /^(?:[\w\-.!~*'()[\]/:&+$]|%[0-9a-fA-F]{2})+$/;
/** RFC 3261 §25.1 `token`. */
const HEADER_NAME = /^[\w\-.!%*+`'~]+$/;
const HOST_LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * Takes an origination URL apart, or says in a sentence what is wrong with it, where, and what to do.
 *
 * `sip:` only; `sip://host` is taken as `sip:host`, because Twilio's own examples are written so. RFC 3261 §19.1.1, ORIG-1, 5, 6.
 */
export function parseOriginationSipUrl(text: string): OriginationSipUrl | Invalid {
  const url = text.trim();
  if (url.length > MAX_URL_CHARACTERS)
    return invalid(`The SIP URL has ${url.length} characters; at most ${MAX_URL_CHARACTERS} are allowed.`);
  if (/[\s<>"\p{Cc}]/u.test(url))
    return invalid(
      "The SIP URL contains a space, quote or angle bracket. Write only the URL, such as sip:pbx.example.com.",
    );
  const scheme = /^([a-z][a-z0-9+.-]*):(?:\/\/)?/i.exec(url);
  const schemeName = scheme?.[1]?.toLowerCase();
  if (schemeName === "sips")
    return invalid('"sips:" is not supported. Write "sip:" and add ";transport=tls" for an encrypted connection.');
  if (!scheme || schemeName !== "sip")
    return invalid(`The SIP URL must begin with "sip:", for example sip:pbx.example.com:5060.`);
  const rest = url.slice(scheme[0].length);
  const question = rest.indexOf("?");
  const address = question < 0 ? rest : rest.slice(0, question);
  const at = address.lastIndexOf("@");
  const user = at < 0 ? null : address.slice(0, at);
  const whyUser = user === null ? undefined : whyNotUser(user);
  if (whyUser) return invalid(whyUser);
  const [hostPort = "", ...paramTexts] = address.slice(at + 1).split(";");
  const place = readHostPort(hostPort);
  if (place.kind === "invalid") return place;
  const params = readParams(paramTexts);
  if (params.kind === "invalid") return params;
  const headers = readHeaders(question < 0 ? "" : rest.slice(question + 1));
  if (headers.kind === "invalid") return headers;
  return { ...place, user, transport: params.transport, params: params.list, headers: headers.list };
}

function whyNotUser(user: string): string | undefined {
  if (user === "") return 'There is nothing before the "@". Remove the "@", or write a user name before it.';
  if (user.includes(":"))
    return 'The part before the "@" holds a password. It would travel in clear; remove ":" and what follows it.';
  if (USER.test(user)) return undefined;
  return `The user part "${user}" has a character that must be escaped as % and two hex digits (RFC 3261 §19.1.2).`;
}

type Place = { readonly kind: "ok"; readonly host: string; readonly port: number | null };

function readHostPort(text: string): Place | Invalid {
  const parts = /^(\[[^\]]*\]|[^:]*)(?::([^:]*))?$/.exec(text);
  if (!parts) return invalid(`"${text}": put an IPv6 address in square brackets, as in [2001:db8::1].`);
  const host = readHost(parts[1] ?? "");
  if (host === undefined) {
    return invalid(
      `"${parts[1] ?? text}" is not a host name or IP address. Write for example pbx.example.com, 203.0.113.7 or [2001:db8::1].`,
    );
  }
  const portText = parts[2];
  if (portText === undefined) return { kind: "ok", host, port: null };
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0;
  if (port < 1 || port > 65_535)
    return invalid(`"${portText}" is not a port. Write a number from 1 to 65535 after the ":".`);
  return { kind: "ok", host, port };
}

function readHost(text: string): string | undefined {
  if (text.startsWith("[")) {
    const address = text.includes("%") ? undefined : canonicalIpAddress(text);
    if (address === undefined) return undefined;
    return address.includes(":") ? `[${address}]` : address;
  }
  const name = text.toLowerCase().replace(/\.$/, "");
  if (/^[\d.]+$/.test(name)) return canonicalIpAddress(name);
  const wellFormed = name.length <= 253 && name.split(".").every((label) => HOST_LABEL.test(label));
  return wellFormed ? name : undefined;
}

type UrlParams = {
  readonly kind: "ok";
  readonly transport: OriginationSipUrl["transport"];
  readonly list: readonly (readonly [name: string, value: string | null])[];
};

function readParams(texts: readonly string[]): UrlParams | Invalid {
  const params = new Map<string, string | null>();
  for (const text of texts) {
    const equals = text.indexOf("=");
    const name = (equals < 0 ? text : text.slice(0, equals)).toLowerCase();
    const value = equals < 0 ? null : text.slice(equals + 1);
    if (!PARAM.test(name) || (value !== null && !PARAM.test(value))) {
      return invalid(`";${text}" is not a URL parameter. Write ;name=value, for example ;transport=tcp.`);
    }
    if (params.has(name)) return invalid(`The parameter "${name}" stands twice. Keep one.`);
    params.set(name, value);
  }
  const wanted = params.get("transport");
  const transport = TRANSPORTS.find((name) => name === wanted?.toLowerCase()) ?? null;
  if (params.has("transport") && transport === null) {
    return invalid(`"transport=${wanted ?? ""}" is not supported. Use transport=udp, transport=tcp or transport=tls.`);
  }
  for (const name of ["edge", "region", "tnx"]) {
    if (params.has(name) && !params.get(name))
      return invalid(`The parameter "${name}" has no value. Write ;${name}=value, or remove it.`);
  }
  return { kind: "ok", transport, list: [...params] };
}

type UrlHeaders = { readonly kind: "ok"; readonly list: readonly (readonly [name: string, value: string])[] };

/** ORIG-6. A line break would let a header smuggle in others, so every control character is refused, escaped or not. */
function readHeaders(text: string): UrlHeaders | Invalid {
  if (text.length > MAX_HEADER_CHARACTERS) {
    return invalid(
      `The headers after "?" have ${text.length} characters; at most ${MAX_HEADER_CHARACTERS} are allowed in all.`,
    );
  }
  const list: (readonly [string, string])[] = [];
  for (const pair of text === "" ? [] : text.split("&")) {
    const equals = pair.indexOf("=");
    const name = unescaped(equals < 0 ? pair : pair.slice(0, equals));
    const value = unescaped(equals < 0 ? "" : pair.slice(equals + 1));
    if (name === undefined || !HEADER_NAME.test(name))
      return invalid(`"${pair}" is not a header. Write X-Name=value after the "?".`);
    if (!/^x-./i.test(name))
      return invalid(`The header "${name}" is not allowed after "?". Only headers that begin with "X-" are.`);
    if (/^x-twilio-/i.test(name))
      return invalid(
        `The header "${name}" is set by the platform. Choose a name that does not begin with "X-Twilio-".`,
      );
    if (value === undefined || hasControlCharacter(value)) {
      return invalid(
        `The value of "${name}" has a line break, a control character or a character that must be escaped as % and two hex digits.`,
      );
    }
    list.push([name, value]);
  }
  return { kind: "ok", list };
}

/**
 * Percent-unescaped text, one character per byte as SIP messages are held; undefined when an escape is broken, or when a
 * character that must be escaped is not.
 */
function unescaped(text: string): string | undefined {
  if (!/^(?:[!-$&-~]|%[0-9a-fA-F]{2})*$/.test(text)) return undefined;
  return text.replace(/%(..)/g, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
