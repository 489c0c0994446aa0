import { Malformed } from "../malformed.ts";
import type { MessageBase } from "../message/message.ts";
import { mediaType, partHeader, readParts } from "../message/multipart.ts";
import { parseParams } from "../message/params.ts";
import type { HeaderLine } from "../message/write.ts";

const SDP_TYPE = "application/sdp";

/** How deep multiparts may hold multiparts: one inside another is seen (RFC 5621 §3.2), more is not. */
const MAX_DEPTH = 3;

/** A body to send: its headers and its text; both empty when there is none. */
export type Body = { readonly headers: readonly HeaderLine[]; readonly text: string };

export const NO_BODY: Body = { headers: [], text: "" };

/** What a 415 says: the types and codings we would have taken (RFC 3261 §21.4.13). */
export const ACCEPTED_BODIES: readonly HeaderLine[] = [
  ["Accept", `${SDP_TYPE}, multipart/mixed`],
  ["Accept-Encoding", "identity"],
];

export function sdpBody(sdp: string | undefined): Body {
  return sdp === undefined ? NO_BODY : { headers: [["Content-Type", SDP_TYPE]], text: sdp };
}

/**
 * The session description in a message: its body, or the first such part of a multipart one (RFC 5621 §3.1). One for another
 * purpose (`Content-Disposition: early-session`, RFC 3959) is none.
 *
 * A body without a type is taken for SDP, which is what careless peers mean.
 */
export function sdpOf(message: MessageBase): string | undefined {
  return message.body === "" ? undefined : findSdp(contentOf(message), 1);
}

/**
 * False for a body that we would have to understand and do not: 415 (RFC 3261 §8.2.3).
 *
 * A body has to be understood unless its Content-Disposition says `handling=optional` (§20.11). A part of a multipart body is
 * held to that only when it has a Content-Disposition: locations (RFC 6442) come without one and never end a call. Of a
 * `multipart/alternative` one part is enough (RFC 5621 §3.2).
 */
export function isBodyUnderstood(message: MessageBase): boolean {
  return message.body === "" || isUnderstood(contentOf(message), 1);
}

/** A body or a part of one, as its header fields describe it. */
type Content = {
  readonly type: string;
  readonly contentType: string;
  readonly disposition: string | undefined;
  readonly encoding: string;
  readonly body: string;
};

function contentOf(message: MessageBase): Content {
  return content((key) => message.header(key), message.body, SDP_TYPE);
}

function content(header: (key: string) => string | undefined, body: string, defaultType: string): Content {
  const contentType = header("content-type") ?? defaultType;
  return {
    type: mediaType(contentType),
    contentType,
    disposition: header("content-disposition"),
    encoding: (header("content-encoding") ?? "identity").toLowerCase(),
    body,
  };
}

/** The parts of a multipart body; undefined when it is none, or none that can be read. */
function partsOf(whole: Content, depth: number): readonly Content[] | undefined {
  if (!whole.type.startsWith("multipart/") || depth > MAX_DEPTH) return undefined;
  const parts = readParts(whole.body, whole.contentType);
  if (parts instanceof Malformed) return undefined;
  return parts.map((part) => content((key) => partHeader(part, key), part.body, "text/plain"));
}

function findSdp(whole: Content, depth: number): string | undefined {
  if (isSdp(whole)) return whole.body;
  for (const part of partsOf(whole, depth) ?? []) {
    const sdp = findSdp(part, depth + 1);
    if (sdp !== undefined) return endLine(sdp);
  }
  return undefined;
}

/** The line break before a delimiter belongs to the delimiter; senders who forget that leave SDP's last line without its own. */
function endLine(sdp: string): string {
  return /\n$/.test(sdp) ? sdp : `${sdp}\r\n`;
}

function isUnderstood(whole: Content, depth: number): boolean {
  if (isSdp(whole) || isOptional(whole.disposition)) return true;
  const parts = partsOf(whole, depth);
  if (parts === undefined) return false;
  if (whole.type === "multipart/alternative") return parts.some((part) => isUnderstood(part, depth + 1));
  return parts.every((part) => part.disposition === undefined || isUnderstood(part, depth + 1));
}

function isSdp({ type, disposition, encoding }: Content): boolean {
  if (type !== SDP_TYPE || encoding !== "identity") return false;
  return disposition === undefined || mediaType(disposition) === "session";
}

function isOptional(disposition: string | undefined): boolean {
  const semicolon = disposition?.indexOf(";") ?? -1;
  if (disposition === undefined || semicolon < 0) return false;
  const params = parseParams(disposition, semicolon);
  return !(params instanceof Malformed) && params.get("handling")?.toLowerCase() === "optional";
}
