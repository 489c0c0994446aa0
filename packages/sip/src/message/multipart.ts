import { Malformed } from "../malformed.ts";
import { DEFAULT_READ_LIMITS, findHeader, readLines } from "./lines.ts";
import type { RawHeader } from "./message.ts";
import { parseParams } from "./params.ts";
import { isBlank } from "./text.ts";

/** One part of a multipart body, with its header fields. */
export type BodyPart = { readonly headers: readonly RawHeader[]; readonly body: string };

/** Most parts of one body: SDP, ISUP, a location and an identity are four; more than this is no call. */
const MAX_PARTS = 16;

/** Longest boundary (RFC 2046 §5.1.1). */
const MAX_BOUNDARY_LENGTH = 70;

/** A part has no start line; this one lets the reader of messages read its header fields. */
const NO_START_LINE = "-\r\n";

/**
 * Cuts a `multipart/*` body into its parts (RFC 2046 §5.1, RFC 5621 §3.1). A delimiter counts only at the begin of a line; the
 * line break before it belongs to it; what stands before the first and after the last is no part. A body that just ends
 * without the closing delimiter is taken.
 *
 * @param contentType the whole value of Content-Type
 */
export function readParts(body: string, contentType: string): readonly BodyPart[] | Malformed {
  const semicolon = contentType.indexOf(";");
  const params = semicolon < 0 ? undefined : parseParams(contentType, semicolon);
  const boundary = params === undefined || params instanceof Malformed ? undefined : params.get("boundary");
  if (!boundary || boundary.length > MAX_BOUNDARY_LENGTH) return new Malformed("multipart boundary");
  const parts: BodyPart[] = [];
  let delimiter = findDelimiter(body, boundary, 0);
  while (delimiter !== undefined && !delimiter.isLast) {
    if (parts.length === MAX_PARTS) return new Malformed("Too many body parts");
    const next = findDelimiter(body, boundary, delimiter.end);
    parts.push(readPart(body.slice(delimiter.end, next?.start ?? body.length)));
    delimiter = next;
  }
  return parts.length === 0 ? new Malformed("multipart body") : parts;
}

/** Type and subtype of a Content-Type value, lower-case, without parameters. */
export function mediaType(contentType: string): string {
  return (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
}

type Delimiter = { readonly start: number; readonly end: number; readonly isLast: boolean };

/** The next delimiter line at or after `from`: from the line break before it to behind its own. */
function findDelimiter(body: string, boundary: string, from: number): Delimiter | undefined {
  const dashed = `--${boundary}`;
  for (let at = body.indexOf(dashed, from); at >= 0; at = body.indexOf(dashed, at + 1)) {
    if (at > 0 && body[at - 1] !== "\n") continue;
    let end = at + dashed.length;
    const isLast = body.startsWith("--", end);
    if (isLast) end += 2;
    while (isBlank(body.charCodeAt(end))) end++;
    if (body[end] === "\r") end++;
    if (end < body.length && body[end] !== "\n") continue;
    return { start: Math.max(from, beforeLineBreak(body, at)), end: Math.min(end + 1, body.length), isLast };
  }
  return undefined;
}

function beforeLineBreak(body: string, at: number): number {
  if (body[at - 1] !== "\n") return at;
  return body[at - 2] === "\r" ? at - 2 : at - 1;
}

function readPart(text: string): BodyPart {
  const { headers, bodyAt } = readLines(NO_START_LINE + text, DEFAULT_READ_LIMITS);
  return { headers, body: text.slice(bodyAt - NO_START_LINE.length) };
}

/** Value of the first header of a part with that canonical key. */
export function partHeader(part: BodyPart, key: string): string | undefined {
  return findHeader(part.headers, key);
}
