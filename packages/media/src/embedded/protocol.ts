import type { Content } from "../description/profile.ts";
import type { Leg, LegCounters } from "../plane.ts";
import type { PayloadFormat } from "../rtp/codec.ts";
import type { SrtpKeys } from "../srtp/srtp-end.ts";

/** What the plane and its workers tell each other: plain data, a handful of messages per call and none per packet. */

/** What a worker is started with. */
export type WorkerSettings = { readonly quietMs: number };

/** Where one leg's side of one media line sits: our local address and the even port of its pair. */
export type LocalPair = { readonly address: string; readonly port: number };

/** What a leg's SDP said about one media line. */
export type Remote = {
  /** `datagram` is what is not RTP (T.38 over UDPTL): counted and relayed, not read. */
  readonly content: Content;
  /** Where its media goes: numeric, in the form the system prints. Empty on hold by 0.0.0.0, which says nothing about the place. */
  readonly address: string;
  /** 0: the line is rejected or gone. */
  readonly port: number;
  readonly rtcpAddress: string;
  readonly rtcpPort: number;
  /** RTP and RTCP share the port (RFC 5761), agreed by both. */
  readonly muxed: boolean;
  /** False while it is on hold in a way that it wants no media. */
  readonly receives: boolean;
  /** True while it is to be heard: not on hold in a way that it sends nothing. */
  readonly sends: boolean;
  /** Null: plain media. An end that had keys once is never plain again. */
  readonly srtp: SrtpKeys | null;
  /** What the payload types in its packets mean. */
  readonly formats: readonly PayloadFormat[];
};

export type AnchorLine = {
  readonly kind: "anchor";
  readonly session: number;
  readonly line: number;
  readonly symmetric: Readonly<Record<Leg, boolean>>;
  /** MED-4: how long a call may be silent; null when nobody asks. */
  readonly silenceMs: number | null;
  readonly local: Readonly<Record<Leg, LocalPair>>;
};

/** Points one line at its two ends. */
export type DirectLine = { readonly line: number; readonly ends: Readonly<Record<Leg, Remote>> };

export type WorkerRequest =
  | AnchorLine
  | { readonly kind: "direct"; readonly session: number; readonly lines: readonly DirectLine[] }
  /** Copies the media of that line, and of no other, into a recorder's ring; null ends that. */
  | {
      readonly kind: "record";
      readonly session: number;
      readonly line: number;
      readonly ring: SharedArrayBuffer | null;
    }
  | { readonly kind: "count"; readonly session: number }
  | { readonly kind: "end"; readonly session: number };

export type WorkerReply =
  | { readonly kind: "done" }
  /** A socket could not be bound; no port of the line is held. `taken` names the leg whose pair is to be replaced. */
  | { readonly kind: "unbound"; readonly taken: Leg; readonly why: string }
  | { readonly kind: "counted"; readonly counters: readonly LegCounters[] };

export type ToWorker = { readonly id: number; readonly request: WorkerRequest };

export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "reply"; readonly id: number; readonly reply: WorkerReply }
  | { readonly kind: "silent"; readonly session: number; readonly forMs: number }
  /** Pairs whose sockets are closed now: nothing came there for a while. */
  | { readonly kind: "freed"; readonly pairs: readonly LocalPair[] };
