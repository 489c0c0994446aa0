import type { ExtraHeader, Flow } from "@trunkline/sip";
import type { Ending } from "../call/call.types.ts";
import type { RelayedInfo } from "./leg.ts";

/** What a call asks of either of its sides once both have answered. */
export interface TalkingLeg {
  offer(sdp: string | undefined): void;
  answerLate(sdp: string): void;
  acceptOffer(sdp: string): void;
  rejectOffer(status: number): void;
  relayInfo(info: RelayedInfo): void;
}

/** The side that began a call: a peer that called us (`LegA`), or the platform itself (`OwnLeg`). */
export interface CallerLeg extends TalkingLeg {
  /** The way to the peer; of the platform itself, the address at which the media plane is shown to it. */
  readonly at:
    | { readonly kind: "peer"; readonly flow: Flow }
    | { readonly kind: "here"; readonly mediaAddress: string };
  progress(status: number, reason: string, sdp: string | undefined): void;
  answer(sdp: string): void;
  release(ending: Ending, note: readonly ExtraHeader[]): void;
}
