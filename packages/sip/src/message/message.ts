import type { Malformed } from "../malformed.ts";
import type { CSeq, NameAddr, SipUri, Via } from "./values.ts";

/** One header line as it came: canonical name for lookup, the name as written, and the raw value (unfolded, trimmed). */
export type RawHeader = {
  /** Lower-case long form: `i` and `Call-ID` are both `call-id`. */
  readonly key: string;
  readonly name: string;
  readonly value: string;
};

/**
 * A SIP message as read from the wire. Read-only; values are parsed at most once, on first use.
 *
 * The five values that every layer needs (Via, From, To, Call-ID, CSeq) are checked by `readMessage`, so they are never
 * `Malformed` here; everything else is parsed when asked and may be.
 */
export interface MessageBase {
  /** The whole message, as received. */
  readonly raw: string;
  readonly headers: readonly RawHeader[];
  readonly body: string;
  readonly callId: string;
  readonly cseq: CSeq;
  readonly from: NameAddr;
  readonly to: NameAddr;
  /** The topmost Via. */
  readonly via: Via;
  /** First value of the header with this canonical key, or undefined. Comma lists are not split. */
  header(key: string): string | undefined;
  /** Every line with this canonical key, in order. Comma lists are not split. */
  all(key: string): readonly string[];
  /** Every value with this canonical key, comma lists split (quotes and angle brackets respected). */
  values(key: string): readonly string[];
  /** Contact, Route, Record-Route, P-Asserted-Identity and other name-addr lists. */
  nameAddrs(key: string): readonly NameAddr[] | Malformed;
}

export interface SipRequest extends MessageBase {
  readonly kind: "request";
  readonly method: string;
  /** As written; always a URI of some scheme. */
  readonly requestUri: string;
  /** The same, read; undefined for a scheme other than `sip` and `sips` (a UAS answers 416, RFC 3261 §8.2.2.1). */
  readonly target: SipUri | undefined;
}

export interface SipResponse extends MessageBase {
  readonly kind: "response";
  readonly status: number;
  readonly reason: string;
}

export type SipMessage = SipRequest | SipResponse;
