import type { Flow } from "../flow.ts";
import { Malformed } from "../malformed.ts";
import type { SipRequest } from "./message.ts";
import { parseNameAddr } from "./name-addr.ts";
import { addParam } from "./params.ts";
import { encodeUtf8, splitList } from "./text.ts";
import type { Unreadable } from "./unreadable.ts";
import { parseVia, stampVia } from "./via.ts";

/** Name and value of one header line, in the order they are written. */
export type HeaderLine = readonly [name: string, value: string];

/**
 * The text of a message, one character per octet. Content-Length is always ours and last; one in `headers` is left out.
 *
 * No value can smuggle in a header: line breaks become a space, and text with characters beyond an octet (which would be cut to
 * one, possibly a line break, on the way to the socket) is taken as text and goes as UTF-8.
 */
export function writeMessage(startLine: string, headers: readonly HeaderLine[], body = ""): string {
  const payload = oneOctetEach(body);
  let text = `${lineText(startLine)}\r\n`;
  for (const [name, value] of headers) {
    if (isContentLength(name)) continue;
    text += `${lineText(name)}: ${lineText(value)}\r\n`;
  }
  return `${text}Content-Length: ${payload.length}\r\n\r\n${payload}`;
}

function isContentLength(name: string): boolean {
  return name.length === 1 ? name === "l" || name === "L" : name.length === 14 && /^content-length$/i.test(name);
}

function lineText(text: string): string {
  return /[\r\n\u0100-\uffff]/.test(text) ? oneOctetEach(text).replace(/[\r\n]+/g, " ") : text;
}

function oneOctetEach(text: string): string {
  return /[\u0100-\uffff]/.test(text) ? encodeUtf8(text) : text;
}

export type ResponseExtras = {
  /** Put on To when it has no tag; RFC 3261 §8.2.6.2 wants one in everything but a 100. */
  readonly toTag?: string;
  readonly headers?: readonly HeaderLine[];
  readonly body?: string;
  /** Written when there is a body. Default `application/sdp`. */
  readonly contentType?: string;
};

/**
 * A response to `request` (RFC 3261 §8.2.6.2): its Via list, the topmost stamped with where it came from, its From, To, Call-ID
 * and CSeq as they were, then `headers`. Record-Route and Timestamp are the caller's.
 */
export function writeResponse(
  request: SipRequest,
  flow: Flow,
  status: number,
  reason: string,
  extras: ResponseExtras = {},
): string {
  const headers: HeaderLine[] = viaLines(request.all("via"), flow);
  const to = request.header("to") ?? "";
  const tagged = extras.toTag === undefined || request.to.params.has("tag") ? to : addParam(to, `tag=${extras.toTag}`);
  headers.push(["From", request.header("from") ?? ""], ["To", tagged]);
  headers.push(["Call-ID", request.callId], ["CSeq", request.header("cseq") ?? ""]);
  if (extras.headers) headers.push(...extras.headers);
  if (extras.body) headers.push(["Content-Type", extras.contentType ?? "application/sdp"]);
  return writeMessage(`SIP/2.0 ${status} ${reason}`, headers, extras.body);
}

/**
 * The stateless answer to a request that could not be read, with whatever of it can be repeated; undefined when there is none.
 *
 * @param toTag put on To when it has none that can be read
 */
export function writeRefusal(unreadable: Unreadable, flow: Flow, toTag: string): string | undefined {
  const { reply } = unreadable;
  if (!reply) return undefined;
  const headers: HeaderLine[] = viaLines(reply.via, flow);
  if (reply.from !== undefined) headers.push(["From", reply.from]);
  if (reply.to !== undefined) headers.push(["To", hasTag(reply.to) ? reply.to : addParam(reply.to, `tag=${toTag}`)]);
  if (reply.callId !== undefined) headers.push(["Call-ID", reply.callId]);
  if (reply.cseq !== undefined) headers.push(["CSeq", reply.cseq]);
  return writeMessage(`SIP/2.0 ${unreadable.status} ${unreadable.what}`, headers);
}

function hasTag(to: string): boolean {
  const parsed = parseNameAddr(to);
  return parsed instanceof Malformed ? /;[ \t]*tag[ \t]*=/i.test(to) : parsed.params.has("tag");
}

function viaLines(lines: readonly string[], flow: Flow): HeaderLine[] {
  return lines.map((line, index) => ["Via", index === 0 ? stampTop(line, flow) : line]);
}

function stampTop(line: string, flow: Flow): string {
  const [top = "", ...rest] = splitList(line);
  const via = parseVia(top);
  // A Via that cannot be read goes back as it came: the sender knows its own.
  return via instanceof Malformed ? line : [stampVia(via, flow), ...rest].join(", ");
}
