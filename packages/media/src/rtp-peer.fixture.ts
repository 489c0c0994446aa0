import type { RemoteInfo, Socket } from "node:dgram";
import { writeHeader } from "./rtp/header.ts";
import { writeSenderReport } from "./rtp/rtcp.ts";
import { bindUdp } from "./rtp/udp.ts";

const LIMIT_MS = 3_000;

type Received = { readonly packet: Buffer; readonly port: number };

/** One socket that remembers what comes and lets a test wait for it. */
export class Mailbox {
  readonly address: string;
  readonly port: number;
  readonly #socket: Socket;
  readonly #arrived: Received[] = [];
  readonly #waiting: ((received: Received) => void)[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket.on("message", (packet, from) => this.#onPacket(packet, from));
    ({ address: this.address, port: this.port } = socket.address());
  }

  static async open(address: string): Promise<Mailbox> {
    return new Mailbox(await bindUdp(address, 0));
  }

  send(packet: Uint8Array, port: number, address = this.address): void {
    this.#socket.send(packet, port, address);
  }

  /** The oldest packet not yet taken; rejects after 3 s. */
  next(): Promise<Received> {
    const first = this.#arrived.shift();
    if (first) return Promise.resolve(first);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no packet came to port ${this.port}`)), LIMIT_MS);
      this.#waiting.push((received) => {
        clearTimeout(timer);
        resolve(received);
      });
    });
  }

  get untaken(): number {
    return this.#arrived.length;
  }

  close(): void {
    this.#socket.close();
  }

  #onPacket(packet: Buffer, from: RemoteInfo): void {
    const received = { packet, port: from.port };
    const waiting = this.#waiting.shift();
    if (waiting) waiting(received);
    else this.#arrived.push(received);
  }
}

/** One end of a call as a test plays it: an RTP and an RTCP socket, and SDP that says so. */
export class RtpPeer {
  readonly rtp: Mailbox;
  readonly rtcp: Mailbox;

  private constructor(rtp: Mailbox, rtcp: Mailbox) {
    this.rtp = rtp;
    this.rtcp = rtcp;
  }

  static async open(address = "127.0.0.1"): Promise<RtpPeer> {
    return new RtpPeer(await Mailbox.open(address), await Mailbox.open(address));
  }

  /** @param attributes further lines of the audio m-line; @param more whole m-lines after it */
  sdp(attributes: readonly string[] = [], more: readonly string[] = [], formats = "0 8 101"): string {
    const family = this.rtp.address.includes(":") ? "IP6" : "IP4";
    return lines(
      "v=0",
      `o=peer 7 1 IN ${family} ${this.rtp.address}`,
      "s=-",
      `c=IN ${family} ${this.rtp.address}`,
      "t=0 0",
      `m=audio ${this.rtp.port} RTP/AVP ${formats}`,
      `a=rtcp:${this.rtcp.port}`,
      "a=rtpmap:101 telephone-event/8000",
      ...attributes,
      ...more,
    );
  }

  close(): void {
    this.rtp.close();
    this.rtcp.close();
  }
}

export function lines(...text: readonly string[]): string {
  return `${text.join("\r\n")}\r\n`;
}

/** An RTP packet whose payload is eight bytes made from its sequence number. */
export function rtpPacket(sequence: number, payloadType = 0, ssrc = 0x1234): Buffer {
  const packet = Buffer.alloc(20, sequence & 0xff);
  writeHeader(packet, payloadType, false, sequence, sequence * 160, ssrc);
  return packet;
}

/** A sender report whose NTP middle bits are `ntpMiddle`, with a block about `lastReport` if given. */
export function rtcpPacket(
  ntpMiddle: number,
  block?: { readonly lastReport: number; readonly delaySinceLast: number },
): Buffer {
  const packet = Buffer.alloc(96);
  const length = writeSenderReport(
    packet,
    {
      ssrc: 1,
      ntpSeconds: ntpMiddle >>> 16,
      ntpFraction: (ntpMiddle & 0xffff) << 16,
      timestamp: 0,
      packets: 1,
      octets: 8,
    },
    block ? { ssrc: 2, lost: 0, highest: 1, jitter: 0, ...block } : null,
    "peer",
  );
  return packet.subarray(0, length);
}

export type ShownLine = { readonly port: number; readonly text: string };

/** Connection address and the port of each m-line in SDP. */
export function shown(sdp: unknown): { readonly address: string; readonly media: readonly ShownLine[] } {
  if (typeof sdp !== "string") throw new Error(`no SDP but ${JSON.stringify(sdp)}`);
  const address = /^c=IN IP[46] (\S+)/m.exec(sdp)?.[1] ?? "";
  const media = [...sdp.matchAll(/^m=\S+ (\d+).*/gm)].map(([text, port]) => ({ port: Number(port), text }));
  return { address, media };
}

/** Port of the first m-line. */
export function portIn(sdp: unknown): number {
  return shown(sdp).media[0]?.port ?? 0;
}

/** Asks again, a turn of the event loop later, until the answer is yes; rejects after the limit. */
export async function until(ask: () => boolean | Promise<boolean>, what: string, limitMs = LIMIT_MS): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await ask())) {
    if (performance.now() > endMs) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
