import { randomBytes } from "node:crypto";
import { portIn, type RtpPeer } from "./rtp-peer.fixture.ts";
import { PlainSrtp } from "./srtp-plain.fixture.ts";

export const SHA1_80 = "AES_CM_128_HMAC_SHA1_80";
export const SHA1_32 = "AES_CM_128_HMAC_SHA1_32";

/** The crypto lines of a description. */
export function cryptoLines(sdp: unknown): readonly string[] {
  return String(sdp).match(/^a=crypto:.*?(?=\r?$)/gm) ?? [];
}

/** One end of a call, plain or SRTP with keys in the SDP, that knows where the plane listens for it. */
export class Talker {
  readonly peer: RtpPeer;
  readonly secure: boolean;
  /** Where the plane's SDP says that this end's media goes. */
  port = 0;
  #master = randomBytes(30);
  #own: PlainSrtp | undefined;
  #theirs: PlainSrtp | undefined;
  #rtcpIndex = 0;

  constructor(peer: RtpPeer, secure: boolean) {
    this.peer = peer;
    this.secure = secure;
    this.#use(SHA1_80);
  }

  /** Its key as `a=crypto` carries it. */
  get inline(): string {
    return `inline:${this.#master.toString("base64")}`;
  }

  /** Another key from now on. What it says under the old one is said with what this gives back. */
  rekey(): PlainSrtp {
    const before = new PlainSrtp(this.#master, 10);
    this.#master = randomBytes(30);
    this.#use(SHA1_80);
    return before;
  }

  /** @param crypto values of its `a=crypto` lines; default: its key with the 80-bit suite, tag 1 */
  sdp(attributes: readonly string[] = [], crypto: readonly string[] = [`1 ${SHA1_80} ${this.inline}`]): string {
    const sdp = this.peer.sdp([...(this.secure ? crypto.map((value) => `a=crypto:${value}`) : []), ...attributes]);
    return this.secure ? sdp.replace("RTP/AVP", "RTP/SAVP") : sdp;
  }

  /** Takes the plane's description: its port, its key, and the suite that both use when it is an answer. */
  heed(sdp: unknown): this {
    this.port = portIn(sdp);
    if (!this.secure) return this;
    const match = /^a=crypto:\d+ (\S+) inline:([^\s|]+)/m.exec(String(sdp));
    if (!match) throw new Error(`no key in ${JSON.stringify(sdp)}`);
    const [, suite = "", key = ""] = match;
    this.#theirs = new PlainSrtp(Buffer.from(key, "base64"), tagBytesOf(suite));
    this.#use(suite);
    return this;
  }

  send(packet: Buffer, rollover = 0): void {
    this.sendRaw(this.#own?.protect(packet, rollover) ?? packet);
  }

  sendRaw(datagram: Buffer): void {
    this.peer.rtp.send(datagram, this.port);
  }

  /** As it is sent: to be changed, repeated or sent from elsewhere. */
  sealed(packet: Buffer, rollover = 0): Buffer {
    return this.#own?.protect(packet, rollover) ?? packet;
  }

  /** The next packet in the clear; rejects when it does not authenticate with the plane's key, or when none comes. */
  async next(rollover = 0): Promise<Buffer> {
    return this.#open((await this.peer.rtp.next()).packet, rollover);
  }

  /** A report as it is sent, each with the next index. */
  sealedRtcp(packet: Buffer): Buffer {
    this.#rtcpIndex += 1;
    return this.#own?.protectRtcp(packet, this.#rtcpIndex) ?? packet;
  }

  /** @param muxed on the port of the RTP (RFC 5761) */
  sendRtcp(packet: Buffer, muxed = false): void {
    const { rtp, rtcp } = this.peer;
    if (muxed) rtp.send(this.sealedRtcp(packet), this.port);
    else rtcp.send(this.sealedRtcp(packet), this.port + 1);
  }

  async nextRtcp(muxed = false): Promise<Buffer> {
    const { packet } = await (muxed ? this.peer.rtp : this.peer.rtcp).next();
    if (!this.secure) return packet;
    const plain = this.#theirs?.unprotectRtcp(packet);
    if (!plain) throw new Error("SRTCP that does not authenticate");
    return plain;
  }

  #open(packet: Buffer, rollover: number): Buffer {
    if (!this.secure) return packet;
    const plain = this.#theirs?.unprotect(packet, rollover);
    if (!plain) throw new Error("SRTP that does not authenticate");
    return plain;
  }

  #use(suite: string): void {
    if (this.secure) this.#own = new PlainSrtp(this.#master, tagBytesOf(suite));
  }
}

function tagBytesOf(suite: string): number {
  return suite === SHA1_32 ? 4 : 10;
}
