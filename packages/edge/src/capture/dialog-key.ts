import { copyString, type Flow } from "@trunkline/sip";

/**
 * Values of headers of a message that nobody has read yet: the first line with that name or its compact form (RFC 3261 §7.3.3). Asked of
 * every message, strangers' too, before anything else is: each looks at a line once, whatever is in it.
 */
const CALL_ID = /^(?:call-id|i)[ \t]*:([^\r\n]*)/im;
const FROM = /^(?:from|f)[ \t]*:([^\r\n]*)/im;
const TO = /^(?:to|t)[ \t]*:([^\r\n]*)/im;

/** The Call-ID, as a copy; undefined: it has none, or is no message. */
export function callIdOf(wire: string): string | undefined {
  const value = CALL_ID.exec(wire)?.[1]?.trim();
  return value === undefined || value === "" ? undefined : copyString(value);
}

/** Whether it is an INVITE outside a dialog: only those begin something. */
export function isNewInvite(wire: string): boolean {
  return wire.startsWith("INVITE ") && !/;\s*tag=/i.test(TO.exec(wire)?.[1] ?? "");
}

/** True for what the edge sends to itself (TERM-12). */
export function isToSelf(flow: Flow): boolean {
  return flow.remotePort === flow.localPort && flow.remoteAddress === flow.localAddress;
}

export function fromTagOf(wire: string): string {
  return /;\s*tag=([^;\s>]+)/i.exec(FROM.exec(wire)?.[1] ?? "")?.[1] ?? "";
}

/**
 * Whose half of a call within the edge a message belongs to. Both halves have the same Call-ID, and each message is seen twice, leaving the
 * one and reaching the other: what the caller's side sends and receives is leg B of the first call, the rest leg A of the second.
 *
 * @param callerTag From tag of the INVITE that began the dialog
 */
export function halfOf(direction: "in" | "out", wire: string, callerTag: string): "caller" | "callee" {
  const isRequest = !wire.startsWith("SIP/");
  // A response has the From of its request, and goes the other way (RFC 3261 §8.2.6.2).
  const isFromCaller = isRequest === (fromTagOf(wire) === callerTag);
  return (direction === "out") === isFromCaller ? "caller" : "callee";
}
