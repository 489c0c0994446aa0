import type { RemoteInfo, Socket } from "node:dgram";
import type { Leg } from "../plane.ts";
import { isPaced, isSpeech } from "../rtp/codec.ts";
import { headerLength, isRtcp, payloadTypeOf, sequenceOf, ssrcOf, timestampOf } from "../rtp/header.ts";
import { Reception } from "../rtp/reception.ts";
import { RoundTrip, type RtcpSink, readRtcp } from "../rtp/rtcp.ts";
import { bindUdp } from "../rtp/udp.ts";
import type { AnchorLine, LocalPair, Remote } from "./protocol.ts";
import { SourceGate } from "./source-gate.ts";

/**
 * One leg's side of a media line: its two sockets, whom it hears, where it sends, and what it counted.
 *
 * The packet path is `#onRtp` → `#track` → the other side's `sendMedia`; nothing in it allocates or calls out of this file's
 * imports (design hard rule 5).
 */
export class LineEnd implements RtcpSink {
  readonly local: LocalPair;
  readonly reception = new Reception();
  readonly roundTrip = new RoundTrip();
  readonly gate: SourceGate;
  /** Monotonic ms of the last datagram of any kind and source; 0 before any. */
  lastDatagramMs = 0;
  readonly #symmetric: boolean;
  readonly #rtcpGate: SourceGate;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #clockRates = new Uint32Array(128);
  readonly #speech = new Uint8Array(128);
  readonly #names: (string | undefined)[] = [];
  #peer: LineEnd | undefined;
  #lastSpeechType = -1;
  #remote: Remote | undefined;
  #nowMs = 0;

  constructor(anchor: AnchorLine, leg: Leg, rtp: Socket, rtcp: Socket) {
    this.local = anchor.local[leg];
    this.#symmetric = anchor.symmetric[leg];
    this.gate = new SourceGate(this.#symmetric);
    this.#rtcpGate = new SourceGate(this.#symmetric);
    this.#rtp = rtp.on("message", (packet, source) => this.#onRtp(packet, source));
    this.#rtcp = rtcp.on("message", (packet, source) => this.#onRtcp(packet, source));
  }

  /** Begins to relay to the other side of the line; undefined stops it. */
  join(peer: LineEnd | undefined): void {
    this.#peer = peer;
  }

  /** Points it at what the leg's SDP said. */
  direct(remote: Remote): void {
    this.#remote = remote;
    this.#clockRates.fill(0);
    this.#speech.fill(0);
    for (const { type, name, clockRate } of remote.formats) {
      this.#names[type] = name;
      this.#clockRates[type] = isPaced(name) ? clockRate : 0;
      this.#speech[type] = isSpeech(name) ? 1 : 0;
    }
    // Hold by 0.0.0.0 (RFC 2543) says nothing about where the holder is; its music may go on coming from where it was.
    if (remote.address === "") return;
    this.gate.expect(remote.address, remote.port);
    this.#rtcpGate.expect(remote.rtcpAddress, remote.rtcpPort);
  }

  /** Encoding name of the last medium heard, or null. */
  get codec(): string | null {
    return this.#names[this.#lastSpeechType] ?? null;
  }

  close(): void {
    this.#rtp.close();
    this.#rtcp.close();
  }

  onSenderReport(ntpMiddle: number): void {
    this.#peer?.roundTrip.sent(ntpMiddle, this.#nowMs);
  }

  onReportBlock(lastReport: number, delaySinceLast: number): void {
    this.roundTrip.reported(lastReport, delaySinceLast, this.#nowMs);
  }

  #onRtp(packet: Buffer, source: RemoteInfo): void {
    const nowMs = performance.now();
    this.lastDatagramMs = nowMs;
    if (this.#peer === undefined) return;
    const length = packet.length;
    const isDatagram = this.#remote?.content === "datagram";
    if (!isDatagram) {
      if (isRtcp(packet, length)) {
        if (this.gate.admits(source.address, source.port, nowMs)) this.#takeRtcp(packet, nowMs);
        return;
      }
      if (headerLength(packet, length) < 0) return;
    }
    if (!this.gate.admits(source.address, source.port, nowMs)) return;
    if (isDatagram) this.reception.count(length);
    else this.#track(packet, length, nowMs);
    this.#peer.sendMedia(packet);
  }

  #onRtcp(packet: Buffer, source: RemoteInfo): void {
    const nowMs = performance.now();
    this.lastDatagramMs = nowMs;
    if (this.#peer === undefined || !isRtcp(packet, packet.length)) return;
    if (this.#rtcpGate.admits(source.address, source.port, nowMs)) this.#takeRtcp(packet, nowMs);
  }

  #takeRtcp(packet: Buffer, nowMs: number): void {
    this.#nowMs = nowMs;
    if (readRtcp(packet, packet.length, this)) this.#peer?.sendRtcp(packet);
  }

  #track(packet: Buffer, length: number, nowMs: number): void {
    const type = payloadTypeOf(packet);
    if (this.#speech[type] === 1) this.#lastSpeechType = type;
    const clockRate = this.#clockRates[type] as number;
    this.reception.receive(sequenceOf(packet), timestampOf(packet), ssrcOf(packet), clockRate, nowMs, length);
  }

  /** Towards the leg, unless it is on hold or nobody knows where it is. */
  sendMedia(packet: Buffer): void {
    const remote = this.#remote;
    if (remote === undefined || !remote.receives || remote.address === "") return;
    this.#sendAlongRtp(packet, remote);
  }

  /** RTCP goes on during hold (RFC 3264 §5.1), unless there is no address to send it to. */
  sendRtcp(packet: Buffer): void {
    const remote = this.#remote;
    if (remote === undefined || remote.address === "") return;
    if (remote.muxed) this.#sendAlongRtp(packet, remote);
    else if (this.#symmetric && this.#rtcpGate.locked) {
      this.#rtcp.send(packet, this.#rtcpGate.port, this.#rtcpGate.address);
    } else if (remote.rtcpPort !== 0) this.#rtcp.send(packet, remote.rtcpPort, remote.rtcpAddress);
  }

  #sendAlongRtp(packet: Buffer, remote: Remote): void {
    if (this.#symmetric && this.gate.locked) this.#rtp.send(packet, this.gate.port, this.gate.address);
    else if (remote.port !== 0) this.#rtp.send(packet, remote.port, remote.address);
  }
}

export type Line = Readonly<Record<Leg, LineEnd>>;

/** A socket of the line could not be bound: whose, and why. */
export class Unbound {
  readonly leg: Leg;
  readonly why: string;

  constructor(leg: Leg, why: string) {
    this.leg = leg;
    this.why = why;
  }
}

/** Binds the four sockets of a line, all or none, and joins its two sides. */
export async function anchorLine(anchor: AnchorLine): Promise<Line | Unbound> {
  const a = await bindEnd(anchor, "a");
  if (a instanceof Unbound) return a;
  const b = await bindEnd(anchor, "b");
  if (b instanceof Unbound) {
    a.close();
    return b;
  }
  a.join(b);
  b.join(a);
  return { a, b };
}

async function bindEnd(anchor: AnchorLine, leg: Leg): Promise<LineEnd | Unbound> {
  const { address, port } = anchor.local[leg];
  let rtp: Socket | undefined;
  try {
    rtp = await bindUdp(address, port);
    return new LineEnd(anchor, leg, rtp, await bindUdp(address, port + 1));
  } catch (error) {
    rtp?.close();
    return new Unbound(leg, error instanceof Error ? error.message : String(error));
  }
}
