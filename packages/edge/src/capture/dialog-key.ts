import { copyString, type Flow } from "@trunkline/sip";

const LF = 0x0a;
const CR = 0x0d;

/**
 * Value of a header of a message that nobody has read yet: the first line with that name, `short` in its compact form (RFC 3261 §7.3.3).
 * Looks at the first letter of each line only, since it is asked of every message.
 */
function headerOf(wire: string, name: string, short: string): string | undefined {
  for (let at = wire.indexOf("\n") + 1; at > 0; at = wire.indexOf("\n", at) + 1) {
    const begin = wire.charCodeAt(at);
    if (begin === CR || begin === LF) return undefined;
    // In lower case.
    const first = begin | 0x20;
    if (first !== name.charCodeAt(0) && first !== short.charCodeAt(0)) continue;
    const colon = wire.indexOf(":", at);
    if (colon < 0) return undefined;
    const found = wire.slice(at, colon).trimEnd().toLowerCase();
    if (found === name || found === short) return valueFrom(wire, colon + 1);
  }
  return undefined;
}

function valueFrom(wire: string, at: number): string {
  const end = wire.indexOf("\n", at);
  return wire.slice(at, end < 0 ? undefined : end).trim();
}

/** The Call-ID, as a copy; undefined: it has none, or is no message. */
export function callIdOf(wire: string): string | undefined {
  const value = headerOf(wire, "call-id", "i");
  return value === undefined || value === "" ? undefined : copyString(value);
}

/** Whether it is an INVITE outside a dialog: only those begin something. */
export function isNewInvite(wire: string): boolean {
  return wire.startsWith("INVITE ") && !/;\s*tag=/i.test(headerOf(wire, "to", "t") ?? "");
}

/** True for what the edge sends to itself (TERM-12). */
export function isToSelf(flow: Flow): boolean {
  return flow.remotePort === flow.localPort && flow.remoteAddress === flow.localAddress;
}

export function fromTagOf(wire: string): string {
  return /;\s*tag=([^;\s>]+)/i.exec(headerOf(wire, "from", "f") ?? "")?.[1] ?? "";
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
