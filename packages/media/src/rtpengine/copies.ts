import { isMalformed, readSdp, relocateSdp } from "@trunkline/sip";
import { familyOf, other } from "../description/negotiation.ts";
import type { Leg } from "../plane.ts";
import type { PayloadFormat } from "../rtp/codec.ts";
import { textIn } from "./bencode.ts";
import type { CopyThread } from "./copy-thread.ts";
import { type EngineCall, EngineFailure } from "./engine-call.ts";
import type { EngineLines } from "./engine-sdp.ts";

const LEGS = ["a", "b"] as const;

/** What both legs said last; a leg without a line is not known to rtpengine yet. */
export type Said = Readonly<Record<Leg, EngineLines>>;

/**
 * Copies of one recorded call's sound: for each leg a subscription of its own, because a subscription to both would mix them in one
 * description. rtpengine sends the first line of sound of the leg, deciphered, as RTP to a socket of the copying thread:
 *
 * 1. `subscribe request`, `from-tag` the leg, `to-tag` a name for the copy: gives a description of what it would send, `a=sendonly`;
 * 2. `subscribe answer`, the same `to-tag`, the description with our address and ports: from now on it sends;
 * 3. `unsubscribe`, `to-tag`: it stops. Re-offers in the call leave the copy alone.
 */
export class CallCopies {
  readonly #call: EngineCall;
  readonly #thread: CopyThread;
  readonly #number: number;
  readonly #onGone: () => void;
  readonly #subscribed = new Set<Leg>();
  #ports: Readonly<Record<Leg, number>> = { a: 0, b: 0 };
  #address = "";

  /** @param onGone the sockets are gone; a new one is to be opened */
  constructor(call: EngineCall, thread: CopyThread, onGone: () => void) {
    this.#call = call;
    this.#thread = thread;
    this.#onGone = onGone;
    this.#number = thread.join(onGone);
  }

  /** Binds the sockets. @throws (rejects) with why that cannot be; then it is of no further use */
  async open(ring: SharedArrayBuffer): Promise<void> {
    try {
      this.#address = await this.#call.server.localAddress();
      const reply = await this.#thread.ask({ kind: "open", copy: this.#number, address: this.#address, ring });
      if (reply === null || "why" in reply) throw new Error(`no socket for copies: ${reply?.why}`);
      this.#ports = reply.ports;
    } catch (error) {
      await this.drop();
      throw error;
    }
  }

  /** Subscribes to the legs that rtpengine knows by now, and says what their packets mean. @throws (rejects) with why that cannot be */
  async follow(said: Said, untilMs: number): Promise<void> {
    for (const leg of LEGS) {
      const index = said[leg].findIndex((line) => line?.kind === "audio" && line.content === "rtp");
      if (index < 0) continue;
      const formats = [...formatsOf(said[other(leg)], index), ...formatsOf(said[leg], index)];
      await this.#thread.ask({ kind: "formats", copy: this.#number, leg, formats });
      if (!this.#subscribed.has(leg)) await this.#subscribe(leg, index, untilMs);
    }
  }

  /** Stops them. */
  async close(untilMs: number): Promise<void> {
    await this.drop();
    for (const leg of this.#subscribed) await this.#call.unsubscribe(this.#nameOf(leg), untilMs);
  }

  /** Takes no more of them; the end of the call ends the subscriptions. */
  async drop(): Promise<void> {
    this.#thread.leave(this.#onGone);
    await this.#thread.ask({ kind: "close", copy: this.#number }).catch(() => undefined);
  }

  async #subscribe(leg: Leg, index: number, untilMs: number): Promise<void> {
    const name = this.#nameOf(leg);
    const offered = await this.#call.subscribe(leg, name, familyOf(this.#address), untilMs);
    if (offered instanceof EngineFailure) throw new Error(offered.why);
    const description = readSdp(textIn(offered, "sdp") ?? "");
    const line = isMalformed(description) ? undefined : description.media[index];
    if (isMalformed(description) || line?.connection === undefined || line.port === 0) {
      throw new Error("rtpengine described no copy that can be taken");
    }
    const { address } = line.connection;
    const reply = await this.#thread.ask({ kind: "hear", copy: this.#number, leg, address, port: line.port });
    if (reply !== null && "why" in reply) throw new Error(`copies from ${address} cannot be heard: ${reply.why}`);
    const port = this.#ports[leg];
    const answer = relocateSdp(description, {
      family: familyOf(this.#address),
      address: this.#address,
      // RTCP comes to the same port, from another one than the socket hears.
      media: description.media.map((_line, at) => (at === index ? { port, rtcpPort: port } : { port: 0 })),
    }).replace(/^a=sendonly/gm, "a=recvonly");
    const answered = await this.#call.acceptCopy(name, answer, untilMs);
    if (answered instanceof EngineFailure) throw new Error(answered.why);
    this.#subscribed.add(leg);
  }

  #nameOf(leg: Leg): string {
    return `copy-${this.#number}-${leg}`;
  }
}

function formatsOf(lines: EngineLines, index: number): readonly PayloadFormat[] {
  return [...(lines[index]?.rtpmaps ?? [])].flatMap(([format, { encoding, clockRateHz }]) => {
    const type = Number(format);
    return type >= 0 && type <= 127 ? [{ type, name: encoding, clockRate: clockRateHz }] : [];
  });
}
