import {
  type Flow,
  isMalformed,
  isUnreadable,
  readMessage,
  type SipMessage,
  sdpOf,
  type Unreadable,
  writeMessage,
  writeRefusal,
  writeResponse,
} from "@trunkline/sip";
import { messages } from "./corpus.ts";
import type { Target } from "./target.ts";

const FLOW: Flow = {
  transport: "udp",
  localAddress: "192.0.2.1",
  localPort: 5060,
  remoteAddress: "192.0.2.2",
  remotePort: 5060,
};

/** Reading a message: what was read can be written and read again and says the same; what was refused gets a clean answer. */
export const readerTarget: Target = {
  name: "reader",
  corpus: messages(),
  check(input) {
    const message = readMessage(input);
    return isUnreadable(message) ? checkRefusal(message) : (checkAccess(message) ?? checkWriting(message));
  },
};

/** An answer repeats parts of a message that could not be read; none of them may start a line of its own. */
function checkRefusal(unreadable: Unreadable): string | undefined {
  const refusal = writeRefusal(unreadable, FLOW, "tag");
  return refusal === undefined ? undefined : checkLines(refusal);
}

function checkLines(wire: string): string | undefined {
  const head = wire.slice(0, wire.indexOf("\r\n\r\n"));
  if (!/^SIP\/2\.0 \d{3} /.test(head)) return "not a response";
  if (head.replace(/\r\n/g, "").search(/[\r\n]/) >= 0) return "a lone CR or LF in a response";
  for (const line of head.split("\r\n").slice(1))
    if (!/^[A-Za-z-]+: /.test(line)) return "a line of a response is no header";
  return undefined;
}

/** Whatever is asked of a message has an answer. */
function checkAccess(message: SipMessage): string | undefined {
  for (const { key, value } of message.headers) {
    if (message.header(key) === undefined || !message.all(key).includes(value)) return `${key} cannot be found`;
    if (message.values(key).length < message.all(key).length) return `${key} has lost values`;
    message.nameAddrs(key);
  }
  sdpOf(message);
  return undefined;
}

function checkWriting(message: SipMessage): string | undefined {
  const lines = message.headers.map(({ name, value }) => [name, value] as const);
  const start =
    message.kind === "request"
      ? `${message.method} ${message.requestUri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`;
  // What is read at the limits can be above them once folded lines are written long.
  const again = readMessage(writeMessage(start, lines, message.body), {
    maxMessageBytes: 1e6,
    maxHeaderLines: 1e4,
    maxLineBytes: 1e6,
  });
  if (isMalformed(again)) return `written and not readable: ${again.what}`;
  if (again.kind !== message.kind || again.body !== message.body) return "written and read otherwise";
  if (describe(again) !== describe(message)) return "headers read otherwise once written";
  return message.kind === "request" ? checkResponse(message) : undefined;
}

function describe({ headers, cseq, callId, from, to, via }: SipMessage): string {
  const lines = headers.filter(({ key }) => key !== "content-length").map(({ key, value }) => [key, value]);
  return JSON.stringify([lines, cseq, callId, from.uri, [...from.params], to.uri, [...to.params], via.raw]);
}

function checkResponse(request: Extract<SipMessage, { readonly kind: "request" }>): string | undefined {
  const wire = writeResponse(request, FLOW, 200, "OK", {
    toTag: "tag",
    headers: [["X-Note", "a\r\nVia: b"]],
    body: "x",
  });
  const broken = checkLines(wire);
  if (broken) return broken;
  const response = readMessage(wire, { maxMessageBytes: 1e6, maxHeaderLines: 1e4, maxLineBytes: 1e6 });
  if (isMalformed(response)) return `a response that cannot be read: ${response.what}`;
  if (response.kind !== "response" || response.callId !== request.callId) return "a response to something else";
  if (response.all("via").length !== request.all("via").length) return "a response that goes another way";
  return response.to.params.has("tag") ? undefined : "a response without To tag";
}
