import { Malformed } from "../malformed.ts";

/**
 * Text rules of RFC 3261 §25.1.
 *
 * Everything that came from the wire is a latin1 string: one character is one octet, so UTF-8 passes through untouched.
 */

/** Characters of `token`, for use inside a character class. */
export const TOKEN_CHARS = "A-Za-z0-9!%'*+\\-._`~";

const TOKEN = new RegExp(`^[${TOKEN_CHARS}]+$`);

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/**
 * A copy that does not pin the datagram it was cut from. V8 keeps the whole parent alive behind a slice of it; a value kept
 * longer than a transaction goes through here. Joining and cutting again makes a parent of just this length.
 */
export function copyString(text: string): string {
  return text === "" ? "" : ` ${text}`.slice(1);
}

/**
 * Without leading and trailing SP and HTAB. Not `trim()`: that also takes 0xA0, which can be the last octet of a UTF-8 character.
 */
export function trimBlank(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** `text` as a quoted-string. Line breaks, which no quoted-string may hold, become spaces. */
export function quoteString(text: string): string {
  return `"${text.replace(/[\r\n]+/g, " ").replace(/["\\]/g, "\\$&")}"`;
}

/** Content of a quoted-string given without its quotes: every `\x` becomes `x`. */
export function unescapeQuoted(inner: string): string {
  return inner.includes("\\") ? inner.replace(/\\([\s\S])/g, "$1") : inner;
}

/**
 * Cuts a comma list into trimmed values, leaving commas in quoted strings and angle brackets alone (RFC 3261 §7.3.1).
 *
 * Empty elements are kept as empty strings: it is for the reader of one value to call them malformed. An unclosed quote or
 * bracket reaches to the end.
 */
export function splitList(text: string): readonly string[] {
  if (!text.includes(",")) return [trimBlank(text)];
  const values: string[] = [];
  let start = 0;
  let quoted = false;
  let bracketed = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (quoted) {
      if (char === 0x5c) at++;
      else if (char === 0x22) quoted = false;
    } else if (bracketed) {
      if (char === 0x3e) bracketed = false;
    } else if (char === 0x22) quoted = true;
    else if (char === 0x3c) bracketed = true;
    else if (char === 0x2c) {
      values.push(trimBlank(text.slice(start, at)));
      start = at + 1;
    }
  }
  values.push(trimBlank(text.slice(start)));
  return values;
}

/** Text as its UTF-8 octets, one character per octet: what a display name must be before it goes into a message. */
export function encodeUtf8(text: string): string {
  return text.replace(/[\u0080-\u{10ffff}]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    if (code < 0x10000) {
      return String.fromCharCode(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    }
    return String.fromCharCode(
      0xf0 | (code >> 18),
      0x80 | ((code >> 12) & 0x3f),
      0x80 | ((code >> 6) & 0x3f),
      0x80 | (code & 0x3f),
    );
  });
}

const UTF8_SEQUENCE =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;

/** Octets read as UTF-8, for records and people. An octet that is not UTF-8 becomes U+FFFD. */
export function decodeUtf8(octets: string): string {
  return octets.replace(UTF8_SEQUENCE, (sequence) => {
    if (sequence.length === 1) return "\ufffd";
    let code = sequence.charCodeAt(0) & (0xff >> (sequence.length + 1));
    for (let at = 1; at < sequence.length; at++) code = (code << 6) | (sequence.charCodeAt(at) & 0x3f);
    return String.fromCodePoint(code);
  });
}

/** A decimal number of at most `max`, or `Malformed`; leading zeros are legal. */
export function parseNumber(text: string, max: number, what: string): number | Malformed {
  if (!/^\d{1,32}$/.test(text)) return new Malformed(what);
  const number = Number(text);
  return number <= max ? number : new Malformed(`${what} range`);
}
