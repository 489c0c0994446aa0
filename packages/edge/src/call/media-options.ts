import type { Leg, MediaOptions } from "@trunkline/media";
import type { Attempt, CallDirection } from "@trunkline/trunking";

/** What routing and the installation say of a call's media, whoever is called. */
export type CallMediaRules = {
  readonly symmetricRtp: boolean;
  /** Leg A's media is SRTP. */
  readonly callerSrtp: boolean;
  /** MED-4: how long no leg may be heard; 0: any time. */
  readonly mediaSilenceMs: number;
};

/** A media session between the caller and that attempt's target. Symmetric RTP is a trunk's setting: it holds on the customer's leg. */
export function mediaOptions(
  { symmetricRtp, callerSrtp, mediaSilenceMs }: CallMediaRules,
  direction: CallDirection,
  attempt: Attempt | undefined,
  advertise: MediaOptions["advertise"],
): MediaOptions {
  const customer: Leg = direction === "trunking-terminating" ? "a" : "b";
  return {
    symmetricRtp: { a: symmetricRtp && customer === "a", b: symmetricRtp && customer === "b" },
    advertise,
    srtp: { a: callerSrtp, b: attempt?.srtp ?? false },
    codecs: { a: null, b: attempt?.codecs ?? null },
    ...(mediaSilenceMs > 0 ? { silenceMs: mediaSilenceMs } : {}),
  };
}
