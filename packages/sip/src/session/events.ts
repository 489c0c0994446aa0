import type { SipRequest, SipResponse } from "../message/message.ts";

/** A header to add to a message we write, in the order given. */
export type ExtraHeader = readonly [name: string, value: string];

/** How an offer inside a dialog (re-INVITE or UPDATE) is answered. Exactly one call; later calls are ignored. */
export type OfferReply = {
  /** 200 with this SDP: the answer, or our offer when theirs was late (no SDP in the re-INVITE). */
  accept(sdp: string | undefined): void;
  reject(status: number, reason?: string): void;
};

/**
 * What an INVITE session tells its user. One vocabulary for both roles; RFC 3261 §13, §14, §15.
 *
 * Order for a UAC: trying? progress* then (answer | fail), then dialog events, then ended exactly once.
 * Order for a UAS: (cancelled | acknowledged) after our answer or refusal, dialog events, ended exactly once.
 */
export type SessionEvent =
  /** UAC: the first 100. Somebody is there, so a failover that waits for silence stops waiting (nothing else follows from it, §8.1.3.1). */
  | { readonly kind: "trying" }
  /** UAC: a 101–199. `earlyTag` tells forked early dialogs apart. Reliable ones are PRACKed by the session. */
  | {
      readonly kind: "progress";
      readonly status: number;
      readonly reason: string;
      readonly earlyTag: string;
      readonly sdp: string | undefined;
      readonly response: SipResponse;
    }
  /**
   * UAC: the 2xx that made the dialog. The session sends ACK at once; other forks' 2xx get ACK and BYE. `sdp` is the peer's
   * description that holds, also when a reliable 1xx of the same fork brought it, or an early UPDATE changed it since.
   */
  | { readonly kind: "answer"; readonly sdp: string | undefined; readonly response: SipResponse }
  /**
   * UAC: no dialog came of it. `timeout`: Timer B fired, 408 stands in for the status; `transport`: could not be sent, 503;
   * `cancelled`: our CANCEL won, 487.
   */
  | {
      readonly kind: "fail";
      readonly cause: "response" | "timeout" | "transport" | "cancelled";
      readonly status: number;
      readonly reason: string;
      readonly response: SipResponse | undefined;
      /** Of `transport`: what the flow failed of. */
      readonly detail?: string;
    }
  /** UAS: CANCEL came before our final response; the session has answered 200 to it and 487 to the INVITE. */
  | { readonly kind: "cancelled"; readonly request: SipRequest }
  /** UAS: the ACK of our 2xx; `sdp` is its answer when our 2xx carried the offer. */
  | { readonly kind: "acknowledged"; readonly sdp: string | undefined }
  /**
   * The peer wants to change the session. `sdp` undefined: late offer, we must offer in the 200. An offer that repeats the last
   * description (a session refresh) is answered by the session, with what we said last.
   */
  | {
      readonly kind: "offer";
      readonly method: "INVITE" | "UPDATE" | "PRACK";
      readonly sdp: string | undefined;
      readonly request: SipRequest;
      readonly reply: OfferReply;
    }
  /**
   * The answer to our re-INVITE or UPDATE; `sdp` undefined when it failed (the session stays as it was), `status` says how. Also
   * the answer to an offer of ours in a reliable 1xx, and one that came unasked, when a session refresh brought another than before.
   */
  | { readonly kind: "offer-answered"; readonly status: number; readonly sdp: string | undefined }
  /** Any other in-dialog request (INFO, MESSAGE, REFER, NOTIFY ...). Unanswered ones get 501 after T1*64. */
  | {
      readonly kind: "request";
      readonly request: SipRequest;
      respond(status: number, reason?: string, headers?: readonly ExtraHeader[], body?: string): void;
    }
  /**
   * The session is over; last event. `bye`: the peer sent BYE (answered 200); `local`: we did; `ack-timeout`: our 2xx was never
   * acknowledged and the session sent BYE (RFC 3261 §13.3.1.4); `gone`: an in-dialog request got 408 or 481 (§12.2.1.2), or the
   * session was not refreshed in time (RFC 4028 §10).
   * After `fail`, `cancelled` or our own refusal it is `failed`.
   */
  | {
      readonly kind: "ended";
      readonly cause: "bye" | "local" | "ack-timeout" | "gone" | "failed";
      readonly request: SipRequest | undefined;
    };
