import {
  copyString,
  Malformed,
  parseNameAddr,
  type SessionEvent,
  type SipRequest,
  type SipResponse,
} from "@trunkline/sip";
import type { LegEvent } from "../call/call.types.ts";

/** Longest Reason of a peer that is handed to the other leg, all its values together. */
const MAX_REASON_LENGTH = 256;

/** RFC 3326 §2: a protocol token, then parameters. Control characters and octets that are no ASCII make no Reason. */
const REASON_VALUE = /^[\w\-.!%*+`'~]+(?:[ \t]*;[ \t]*[\x20-\x7e\t]+)?$/;

/**
 * SIP session events in the words of the call; undefined for those the call has no use for. What is kept beyond the message (session
 * descriptions, reasons) is copied, so that no datagram is pinned (design §5, rule 7).
 */
export function toLegEvent(event: SessionEvent): LegEvent | undefined {
  switch (event.kind) {
    case "trying":
      return { kind: "trying" };
    case "progress":
      return {
        kind: "progress",
        status: event.status,
        reason: copyString(event.reason),
        sdp: copied(event.sdp),
        fork: copyString(event.earlyTag),
      };
    case "answer":
      return { kind: "answer", sdp: copied(event.sdp), fork: copyString(event.response.to.params.get("tag") ?? "") };
    case "fail":
      return {
        kind: "fail",
        cause: event.response ? "response" : "unreachable",
        status: event.status,
        reason: copyString(event.reason),
        why: reasonOf(event.response),
        contact: contactOf(event),
        ...(event.detail === undefined ? {} : { detail: event.detail }),
      };
    case "cancelled":
      return { kind: "cancel", why: reasonOf(event.request) };
    case "acknowledged":
      return { kind: "acknowledged", sdp: copied(event.sdp) };
    case "offer-answered":
      return { kind: "offer-answered", status: event.status, sdp: copied(event.sdp) };
    case "ended":
      return ended(event);
    case "offer":
    case "request":
      return undefined;
    default:
      return event satisfies never;
  }
}

/**
 * The part of a session's end that is news: our own BYE is none. `failed` comes after a refusal, ours or the peer's, or a CANCEL, when the
 * call looks elsewhere or is over and minds nothing; and it comes alone when the stack itself had to refuse, because the PRACK of a
 * reliable response never came (RFC 3262 §3).
 */
function ended(event: Extract<SessionEvent, { readonly kind: "ended" }>): LegEvent | undefined {
  switch (event.cause) {
    case "bye":
      return { kind: "hangup", cause: "remote", why: reasonOf(event.request) };
    case "ack-timeout":
    case "failed":
      return { kind: "hangup", cause: "unacknowledged", why: undefined };
    case "gone":
      return { kind: "hangup", cause: "gone", why: undefined };
    case "local":
      return undefined;
    default:
      return event.cause satisfies never;
  }
}

/**
 * Reason (RFC 3326) is the one header that crosses from leg to leg: it says why, and nothing about who. A message may give several, one a
 * protocol (SIP, Q.850); they go on together, and those that are no `protocol;params` are left out.
 */
function reasonOf(message: SipRequest | SipResponse | undefined): string | undefined {
  const values = message?.values("reason").filter((value) => REASON_VALUE.test(value)) ?? [];
  const whole = values.join(", ");
  return whole === "" || whole.length > MAX_REASON_LENGTH ? undefined : copyString(whole);
}

/** The URI of a 3xx's first Contact, as written; undefined for other answers, and when there is none. */
function contactOf({ status, response }: Extract<SessionEvent, { readonly kind: "fail" }>): string | undefined {
  const first = status >= 300 && status < 400 ? response?.values("contact")[0] : undefined;
  if (first === undefined || first === "") return undefined;
  const contact = parseNameAddr(first);
  return copyString(contact instanceof Malformed ? first : contact.uri);
}

function copied(text: string | undefined): string | undefined {
  return text === undefined ? undefined : copyString(text);
}
