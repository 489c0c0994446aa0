import type { MessageBase } from "../message/message.ts";
import type { HeaderLine } from "../message/write.ts";

const SDP_TYPE = "application/sdp";

/** A body to send: its headers and its text; both empty when there is none. */
export type Body = { readonly headers: readonly HeaderLine[]; readonly text: string };

export const NO_BODY: Body = { headers: [], text: "" };

export function sdpBody(sdp: string | undefined): Body {
  return sdp === undefined ? NO_BODY : { headers: [["Content-Type", SDP_TYPE]], text: sdp };
}

/**
 * The session description in a message: its body, or the first such part of a multipart one (RFC 5621 §3.1).
 *
 * A body without a type is taken for SDP, which is what careless peers mean.
 */
export function sdpOf(message: MessageBase): string | undefined {
  if (message.body === "") return undefined;
  const type = message.header("content-type") ?? SDP_TYPE;
  if (isType(type, SDP_TYPE)) return message.body;
  const boundary = /^multipart\/.*;\s*boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary === undefined) return undefined;
  for (const part of message.body.split(`--${boundary}`).slice(1)) {
    const headersEnd = part.indexOf("\r\n\r\n");
    if (
      headersEnd < 0 ||
      !/^content-type[ \t]*:[ \t]*application\/sdp[ \t]*(?:;|$)/im.test(part.slice(0, headersEnd))
    ) {
      continue;
    }
    // The line break before the next boundary belongs to the boundary (RFC 2046 §5.1.1), that of the last line to SDP.
    return part.slice(headersEnd + 4).replace(/(?:\r\n)+$/, "\r\n");
  }
  return undefined;
}

/** False for a body that we would have to understand and do not: 415 (RFC 3261 §8.2.3). */
export function isBodyUnderstood(message: MessageBase): boolean {
  if (message.body === "" || /;\s*handling\s*=\s*optional/i.test(message.header("content-disposition") ?? ""))
    return true;
  const encoding = message.header("content-encoding") ?? "identity";
  return sdpOf(message) !== undefined && encoding.toLowerCase() === "identity";
}

function isType(contentType: string, wanted: string): boolean {
  return (contentType.split(";", 1)[0] ?? "").trim().toLowerCase() === wanted;
}
