import { networkInterfaces } from "node:os";
import type { Leg, MediaOptions, MediaPlane, MediaSession } from "./plane.ts";
import { Mailbox, portIn, RtpPeer } from "./rtp-peer.fixture.ts";

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

/** The plane under test, and what a test opened and leaves to be closed. */
export class Ground {
  plane: MediaPlane | undefined;
  readonly #sessions: MediaSession[] = [];
  readonly #sockets: { close(): void }[] = [];

  async open(options: MediaOptions = V4): Promise<MediaSession> {
    if (!this.plane) throw new Error("no plane");
    const session = await this.plane.open("CA0", options);
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
  async call(options: MediaOptions = V4, attributes: readonly string[] = [], address?: string): Promise<Call> {
    const session = await this.open(options);
    const a = await this.peer(address);
    const b = await this.peer(address);
    const toB = await session.offer("a", a.sdp(attributes));
    const toA = await session.answer("b", b.sdp(attributes));
    return { session, a, b, port: { a: portIn(toA), b: portIn(toB) } };
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

/** True when the machine has ::1. */
export function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === "::1"));
}
