import { Malformed } from "../malformed.ts";
import { parseParams } from "./params.ts";
import { trimBlank, unescapeQuoted } from "./text.ts";
import { isUri } from "./uri.ts";
import type { NameAddr, Params } from "./values.ts";

const QUOTED_NAME = /^"((?:[^"\\]|\\[\s\S])*)"[ \t]*</;

/**
 * Reads one `name-addr` or `addr-spec` with its header parameters (RFC 3261 §20.10, §25.1).
 *
 * An unquoted display name with commas or dots is taken (RFC 4475 §3.1.2.15 allows the repair), and so are blanks inside the
 * angle brackets (§3.1.2.14). Without brackets everything after `;` belongs to the header, and a `?` is `Malformed`.
 */
export function parseNameAddr(text: string): NameAddr | Malformed {
  const value = trimBlank(text);
  if (value.startsWith('"')) {
    const match = QUOTED_NAME.exec(value);
    if (!match) return new Malformed("display name");
    return bracketed(value, match[0].length - 1, unescapeQuoted(match[1] as string));
  }
  const open = value.indexOf("<");
  if (open < 0) return bare(value);
  const name = trimBlank(value.slice(0, open));
  if (/[">;]/.test(name)) return new Malformed("display name");
  return bracketed(value, open, name === "" ? undefined : name);
}

function bracketed(value: string, open: number, displayName: string | undefined): NameAddr | Malformed {
  const close = value.indexOf(">", open);
  const uri = trimBlank(value.slice(open + 1, close));
  if (close < 0 || !isUri(uri)) return new Malformed("URI", open);
  const params = parseParams(value, close + 1);
  return params instanceof Malformed ? params : nameAddr(displayName, uri, params);
}

function bare(value: string): NameAddr | Malformed {
  const semicolon = value.indexOf(";");
  const end = semicolon < 0 ? value.length : semicolon;
  const uri = trimBlank(value.slice(0, end));
  if (/[?,]/.test(uri) || !isUri(uri)) return new Malformed("URI");
  const params = parseParams(value, end);
  return params instanceof Malformed ? params : nameAddr(undefined, uri, params);
}

function nameAddr(displayName: string | undefined, uri: string, params: Params): NameAddr {
  return displayName === undefined ? { uri, params } : { displayName, uri, params };
}
