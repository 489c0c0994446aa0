/**
 * The media port: what a call asks of a media plane. Two planes implement it (embedded, rtpengine); both pass `plane.contract.ts`.
 *
 * A session joins two legs. The side that offers is named by its leg; the plane gives back the SDP to show to the other leg, with
 * its own addresses, ports and keys in place and everything it does not understand left alone and in order.
 */
export type Leg = "a" | "b";

export type MediaOptions = {
  /** Per leg: send to the observed source instead of the SDP address (MED-1). */
  readonly symmetricRtp: Readonly<Record<Leg, boolean>>;
  /** Address family and address our SDP shows towards that leg, e.g. `127.0.0.1`. The plane picks the local address that belongs to it. */
  readonly advertise: Readonly<Record<Leg, string>>;
  /**
   * Per leg: its descriptions are SRTP with keys in the SDP (RTP/SAVP, RFC 4568); otherwise plain RTP. A description of the other kind is
   * refused with 488. Absent: plain on both.
   */
  readonly srtp?: Readonly<Record<Leg, boolean>>;
  /** Per leg: encodings that offers shown to it may have, in lower case, with telephone-event and comfort noise always; null or absent: all. */
  readonly codecs?: Readonly<Record<Leg, readonly string[] | null>>;
  /** MED-4: when nothing at all was heard for so long from a leg that should be sending, `silent` is told once. Absent: not watched. */
  readonly silenceMs?: number;
};

/** Bad SDP is a value. `status` is what SIP answers: 488 nothing acceptable, 400 unreadable, 503 no ports left. */
export type MediaRefusal = { readonly kind: "refusal"; readonly status: 400 | 415 | 488 | 503; readonly why: string };

/** One interval of one leg's audio, as it was measured at its end. */
export type QualitySample = {
  /** What arrived from the leg, or what the leg says (by RTCP) of what arrived there: the whole way from the other leg then. */
  readonly direction: "received" | "sent";
  /** End of the interval, epoch milliseconds; it began where the one before ended. */
  readonly atMs: number;
  /** In the interval. */
  readonly packets: number;
  readonly lost: number;
  readonly jitterMs: number | null;
  readonly roundTripMs: number | null;
  /** E-model estimate 1.0–4.5 of the interval; null when nothing was heard, or nothing is known of it. */
  readonly mos: number | null;
};

/** A key of the telephone's keypad was pressed (RFC 4733). Which one is nobody's business. */
export type KeyPress = {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly durationMs: number;
};

/** What arrived from a leg so far. */
export type LegCounters = {
  readonly leg: Leg;
  readonly codec: string | null;
  readonly packetsReceived: number;
  readonly bytesReceived: number;
  readonly packetsLost: number;
  /** RFC 3550 §6.4.1 interarrival jitter in milliseconds; null before two packets. */
  readonly jitterMs: number | null;
  /** From RTCP of that leg; null when it sent none. */
  readonly roundTripMs: number | null;
  /** E-model estimate (ITU-T G.107) 1.0–4.5; null before any packet. */
  readonly mos: number | null;
  readonly sourceChanges: number;
  /** Whether it speaks SRTP; absent from planes that cannot tell. */
  readonly srtp?: boolean;
  /** Datagrams that came to the leg's ports and were not taken: from elsewhere, no RTP, not authentic, repeated. Absent likewise. */
  readonly packetsRejected?: number;
  /** How it went over time (EVD-2), oldest first, some hundred at most in each direction. */
  readonly samples?: readonly QualitySample[];
  /** Keys that the leg pressed. Absent from planes that do not see packets. */
  readonly keyPresses?: readonly KeyPress[];
};

export type MediaEvent =
  | { readonly kind: "failed"; readonly why: string }
  /** Neither leg was heard for `silenceMs`, though at least one should be sending (not on hold). */
  | { readonly kind: "silent"; readonly forMs: number }
  /** The call is to be recorded, and from now on its sound, or a leg's, does not get into the ring. */
  | { readonly kind: "unrecorded"; readonly why: string };

export interface MediaSession {
  /** An offer from `leg`, first or later (re-INVITE, UPDATE); gives the offer for the other leg. Safe to call again for a new attempt. */
  offer(leg: Leg, sdp: string): Promise<string | MediaRefusal>;
  /** The answer from `leg` (also provisional, 183); gives the answer for the other leg. May come several times: the last one counts. */
  answer(leg: Leg, sdp: string): Promise<string | MediaRefusal>;
  /**
   * From now on copies the call's sound, both legs of it and as it is meant (decrypted), into a recorder's ring; null ends that. The
   * recording's time begins with the first call. Absent from planes that cannot record.
   */
  record?(ring: SharedArrayBuffer | null): Promise<void>;
  counters(): Promise<readonly LegCounters[]>;
  /** Frees the ports and gives the final counters. Safe to repeat: the same counters again. */
  close(): Promise<readonly LegCounters[]>;
}

export interface MediaPlane {
  /** Never blocks on other calls. Rejects only when the plane itself is gone. */
  open(callSid: string, options: MediaOptions, onEvent?: (event: MediaEvent) => void): Promise<MediaSession>;
  /** Open sessions and ports in use; for health and tests of leaks. */
  usage(): Promise<{ readonly sessions: number; readonly ports: number }>;
  close(): Promise<void>;
}
