import { Malformed } from "../malformed.ts";
import { findHeader } from "./lines.ts";
import type { RawHeader } from "./message.ts";

/** What a response to a broken request can repeat of it, as written; `via` has at least one element. */
export type ReplyHeaders = {
  /** Every Via line in order; comma lists are not split. */
  readonly via: readonly string[];
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly callId: string | undefined;
  readonly cseq: string | undefined;
};

/**
 * A message that `readMessage` refuses. `what` is fit for a reason phrase ("Missing Call-ID", RFC 3261 §21.4.1).
 *
 * `reply` is there when a stateless response is possible: a request, not an ACK, with a Via to send it along. `writeRefusal`
 * makes the response. Without it the message is dropped: responses, and what is not SIP at all.
 */
export class Unreadable extends Malformed {
  /** 400, 505 for a version other than SIP/2.0 (§21.5.6), or 513 for a message above the limit (§21.5.14). */
  readonly status: 400 | 505 | 513;
  readonly reply: ReplyHeaders | undefined;

  constructor(what: string, at: number, status: 400 | 505 | 513, reply: ReplyHeaders | undefined) {
    super(what, at);
    this.status = status;
    this.reply = reply;
  }
}

export function isUnreadable(value: unknown): value is Unreadable {
  return value instanceof Unreadable;
}

/** What a refusal of this message can repeat; undefined when it is not to be answered. */
export function replyHeaders(startLine: string, headers: readonly RawHeader[]): ReplyHeaders | undefined {
  // A response to a response, or to an ACK, would be a message nobody waits for (RFC 3261 §8.1.3, §17.1.1.3).
  if (/^(?:SIP\/|ACK )/i.test(startLine)) return undefined;
  const via = headers.filter(({ key }) => key === "via").map(({ value }) => value);
  if (via.length === 0) return undefined;
  return {
    via,
    from: findHeader(headers, "from"),
    to: findHeader(headers, "to"),
    callId: findHeader(headers, "call-id"),
    cseq: findHeader(headers, "cseq"),
  };
}
