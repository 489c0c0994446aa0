import { networkInterfaces } from "node:os";
import type { Leg, MediaEvent, MediaOptions, MediaPlane, MediaSession } from "./plane.ts";
import { Mailbox, portIn, RtpPeer } from "./rtp-peer.fixture.ts";
import { Talker } from "./talker.fixture.ts";

/** One check of the contract, run or skipped with its reason. */
export type Check = (title: string, run: () => Promise<void>) => void;

/** Both legs on 127.0.0.1, sources as the SDP says. */
export const V4: MediaOptions = {
  symmetricRtp: { a: false, b: false },
  advertise: { a: "127.0.0.1", b: "127.0.0.1" },
};
export const SYMMETRIC: MediaOptions = { ...V4, symmetricRtp: { a: true, b: false } };

/** A call between two peers as far as media is concerned. */
export type Call = {
  readonly session: MediaSession;
  readonly a: RtpPeer;
  readonly b: RtpPeer;
  /** Where each leg sends to. */
  readonly port: Readonly<Record<Leg, number>>;
};

/** A call between two ends that speak plain RTP or SRTP, each as its leg is set. */
export type Bridge = { readonly session: MediaSession; readonly a: Talker; readonly b: Talker };

/** The plane under test, and what a test opened and leaves to be closed. */
export class Ground {
  plane: MediaPlane | undefined;
  readonly #sessions: MediaSession[] = [];
  readonly #sockets: { close(): void }[] = [];

  async open(options: MediaOptions = V4, onEvent?: (event: MediaEvent) => void): Promise<MediaSession> {
    if (!this.plane) throw new Error("no plane");
    const session = await this.plane.open("CA0", options, onEvent);
    this.#sessions.push(session);
    return session;
  }

  async peer(address?: string): Promise<RtpPeer> {
    const peer = await RtpPeer.open(address);
    this.#sockets.push(peer);
    return peer;
  }

  async mailbox(address: string): Promise<Mailbox> {
    const mailbox = await Mailbox.open(address);
    this.#sockets.push(mailbox);
    return mailbox;
  }

  /** Leg A offers, leg B answers; `attributes` go into both. */
  async call(
    options: MediaOptions = V4,
    attributes: readonly string[] = [],
    address?: string,
    onEvent?: (event: MediaEvent) => void,
  ): Promise<Call> {
    const session = await this.open(options, onEvent);
    const a = await this.peer(address);
    const b = await this.peer(address);
    const toB = await session.offer("a", a.sdp(attributes));
    const toA = await session.answer("b", b.sdp(attributes));
    return { session, a, b, port: { a: portIn(toA), b: portIn(toB) } };
  }

  /** As `call`, with SRTP on the legs that say so. */
  async bridge(
    srtp: Readonly<Record<Leg, boolean>>,
    options: MediaOptions = V4,
    attributes: readonly string[] = [],
  ): Promise<Bridge> {
    const session = await this.open({ ...options, srtp });
    const a = new Talker(await this.peer(), srtp.a);
    const b = new Talker(await this.peer(), srtp.b);
    b.heed(await session.offer("a", a.sdp(attributes)));
    a.heed(await session.answer("b", b.sdp(attributes)));
    return { session, a, b };
  }

  async tidy(): Promise<void> {
    for (const socket of this.#sockets.splice(0)) socket.close();
    await Promise.all(this.#sessions.splice(0).map((session) => session.close()));
  }
}

/** Packets counted from one leg so far. */
export async function received(session: MediaSession, leg: Leg): Promise<number> {
  return (await session.counters()).find((counters) => counters.leg === leg)?.packetsReceived ?? 0;
}

/** A new offer from leg A, answered by leg B; both heed what they are shown. */
export async function reinvite({ session, a, b }: Bridge): Promise<void> {
  b.heed(await session.offer("a", a.sdp()));
  a.heed(await session.answer("b", b.sdp()));
}

/** True when the machine has ::1. */
export function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === "::1"));
}
