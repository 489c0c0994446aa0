import { randomInt } from "node:crypto";
import type { RemoteInfo, Socket } from "node:dgram";
import type { Leg } from "../plane.ts";
import type { RingWriter } from "../recorder/ring.ts";
import { isPaced, isSpeech, isTelephoneEvent } from "../rtp/codec.ts";
import { headerLength, isRtcp, payloadTypeOf, sequenceOf, ssrcOf, timestampOf } from "../rtp/header.ts";
import { KeyPressLog } from "../rtp/key-press-log.ts";
import { Reception } from "../rtp/reception.ts";
import { RoundTrip, type RtcpSink, readRtcp } from "../rtp/rtcp.ts";
import { bindUdp } from "../rtp/udp.ts";
import { SrtpEnd } from "../srtp/srtp-end.ts";
import { Workspace } from "../srtp/workspace.ts";
import type { AnchorLine, LocalPair, Remote } from "./protocol.ts";
import { SourceGate } from "./source-gate.ts";

/** Where packets of this thread's secure legs are worked on. */
let workspace = new Workspace();

/**
 * One leg's side of a media line: its two sockets, whom it hears, where it sends, and what it counted.
 *
 * The packet path is `#onRtp` → `#takeRtp` → `#relay` → the other side's `sendMedia`; nothing in it allocates or calls out of this file's
 * imports (design hard rule 5).
 */
export class LineEnd implements RtcpSink {
  readonly local: LocalPair;
  readonly reception = new Reception();
  readonly roundTrip = new RoundTrip();
  readonly gate: SourceGate;
  readonly keyPresses = new KeyPressLog();
  /** Media that was sent to the leg, packets. */
  sent = 0;
  /** What the leg's last report block says of what it hears; null before. */
  reportedLost: number | null = null;
  /** Datagrams not taken: from elsewhere, no RTP, not authentic, repeated. */
  rejected = 0;
  /** Monotonic ms of the last datagram of any kind and source; 0 before any. */
  lastDatagramMs = 0;
  /** Monotonic ms of the last media that was taken; 0 before any. */
  lastMediaMs = 0;
  readonly #symmetric: boolean;
  readonly #rtcpGate: SourceGate;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #clockRates = new Uint32Array(128);
  readonly #speech = new Uint8Array(128);
  readonly #eventRates = new Uint32Array(128);
  #reportedJitter = 0;
  readonly #names: (string | undefined)[] = [];
  readonly #leg: Leg;
  #recorder: RingWriter | undefined;
  #peer: LineEnd | undefined;
  #srtp: SrtpEnd | undefined;
  #lastSpeechType = -1;
  #remote: Remote | undefined;
  #nowMs = 0;

  constructor(anchor: AnchorLine, leg: Leg, rtp: Socket, rtcp: Socket) {
    this.local = anchor.local[leg];
    this.#leg = leg;
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

  /** Copies its media for a recorder from now on; undefined ends that. */
  record(recorder: RingWriter | undefined): void {
    this.#recorder = recorder;
    if (this.#remote) recorder?.formats(this.#leg, this.#remote.formats);
  }

  /** Points it at what the leg's SDP said. */
  direct(remote: Remote, nowMs: number): void {
    this.#remote = remote;
    this.#recorder?.formats(this.#leg, remote.formats);
    if (remote.srtp && this.#srtp) this.#srtp.rekey(remote.srtp, nowMs);
    else if (remote.srtp) this.#srtp = new SrtpEnd(remote.srtp, () => randomInt(2 ** 32));
    this.#clockRates.fill(0);
    this.#speech.fill(0);
    this.#eventRates.fill(0);
    for (const { type, name, clockRate } of remote.formats) {
      this.#names[type] = name;
      this.#clockRates[type] = isPaced(name) ? clockRate : 0;
      this.#speech[type] = isSpeech(name) ? 1 : 0;
      this.#eventRates[type] = isTelephoneEvent(name) ? clockRate : 0;
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

  /** Jitter of what the leg hears, as it says itself; null when it does not, or the other side's clock is unknown. */
  get reportedJitterMs(): number | null {
    const clockRate = this.#peer?.speechClockRate ?? 0;
    return this.reportedLost === null || clockRate === 0 ? null : (this.#reportedJitter * 1_000) / clockRate;
  }

  /** Ticks per second of the last medium heard; 0 before. */
  get speechClockRate(): number {
    return this.#clockRates[this.#lastSpeechType] ?? 0;
  }

  /** Whether its media flows both ways as far as it is concerned: not rejected, not on hold of any kind. */
  get isOpen(): boolean {
    const remote = this.#remote;
    return remote !== undefined && remote.port !== 0 && remote.sends && remote.receives;
  }

  close(): void {
    this.#rtp.close();
    this.#rtcp.close();
  }

  onSenderReport(ntpMiddle: number): void {
    this.#peer?.roundTrip.sent(ntpMiddle, this.#nowMs);
  }

  onReportBlock(lastReport: number, delaySinceLast: number, lost: number, jitter: number): void {
    this.reportedLost = Math.max(0, lost);
    this.#reportedJitter = jitter;
    this.roundTrip.reported(lastReport, delaySinceLast, this.#nowMs);
  }

  #onRtp(packet: Buffer, source: RemoteInfo): void {
    const nowMs = performance.now();
    this.lastDatagramMs = nowMs;
    if (this.#peer !== undefined && !this.#takeRtp(packet, source, nowMs)) this.rejected += 1;
  }

  #onRtcp(packet: Buffer, source: RemoteInfo): void {
    const nowMs = performance.now();
    this.lastDatagramMs = nowMs;
    if (this.#peer === undefined) return;
    const isTaken = isRtcp(packet, packet.length) && this.#takeRtcp(packet, source, this.#rtcpGate, nowMs);
    if (!isTaken) this.rejected += 1;
  }

  /** False for what is not taken. */
  #takeRtp(packet: Buffer, source: RemoteInfo, nowMs: number): boolean {
    const length = packet.length;
    const isDatagram = this.#remote?.content === "datagram";
    if (!isDatagram) {
      if (isRtcp(packet, length)) return this.#takeRtcp(packet, source, this.gate, nowMs);
      if (headerLength(packet, length) < 0) return false;
    }
    if (this.#srtp) return this.#takeSrtp(this.#srtp, packet, source, nowMs);
    if (!this.gate.admits(source.address, source.port, nowMs)) return false;
    this.#relay(packet, length, nowMs, isDatagram);
    return true;
  }

  /** Authentication before anything: what fails it moves no source and reaches nobody. */
  #takeSrtp(srtp: SrtpEnd, packet: Buffer, { address, port }: RemoteInfo, nowMs: number): boolean {
    if (!this.gate.mayAdmit(address, port, nowMs) || !workspace.load(packet, packet.length)) return false;
    const length = srtp.unprotect(workspace, packet.length, nowMs);
    if (length < 0 || !this.gate.admits(address, port, nowMs)) return false;
    this.#relay(workspace.bytes, length, nowMs, false);
    return true;
  }

  /** Media as it is meant: a recorder hears it here. `packet` lasts until this returns. */
  #relay(packet: Buffer, length: number, nowMs: number, isDatagram: boolean): void {
    this.lastMediaMs = nowMs;
    if (isDatagram) this.reception.count(length);
    else {
      this.#track(packet, length, nowMs);
      this.#recorder?.take(this.#leg, packet, length, nowMs);
    }
    this.#peer?.sendMedia(packet, length);
  }

  #track(packet: Buffer, length: number, nowMs: number): void {
    const type = payloadTypeOf(packet);
    if (this.#speech[type] === 1) this.#lastSpeechType = type;
    const clockRate = this.#clockRates[type] as number;
    const eventRate = this.#eventRates[type] as number;
    if (eventRate !== 0) {
      this.keyPresses.hear(packet, headerLength(packet, length), length, timestampOf(packet), eventRate, nowMs);
    }
    this.reception.receive(sequenceOf(packet), timestampOf(packet), ssrcOf(packet), clockRate, nowMs, length);
  }

  #takeRtcp(packet: Buffer, { address, port }: RemoteInfo, gate: SourceGate, nowMs: number): boolean {
    const srtp = this.#srtp;
    let plain = packet;
    let length = packet.length;
    if (srtp) {
      if (!gate.mayAdmit(address, port, nowMs) || !workspace.load(packet, length)) return false;
      length = srtp.unprotectRtcp(workspace, length, nowMs);
      plain = workspace.bytes;
    }
    if (length < 0 || !gate.admits(address, port, nowMs)) return false;
    this.#nowMs = nowMs;
    if (!readRtcp(plain, length, this)) return false;
    this.#peer?.sendRtcp(plain, length);
    return true;
  }

  /** Towards the leg, unless it is on hold or nobody knows where it is. */
  sendMedia(packet: Buffer, length: number): void {
    const remote = this.#remote;
    if (remote === undefined || !remote.receives || remote.address === "") return;
    this.sent += 1;
    const srtp = this.#srtp;
    if (srtp === undefined) this.#sendAlongRtp(packet, length, remote);
    else if (workspace.load(packet, length))
      this.#sendAlongRtp(workspace.bytes, srtp.protect(workspace, length), remote);
  }

  /** RTCP goes on during hold (RFC 3264 §5.1), unless there is no address to send it to. */
  sendRtcp(packet: Buffer, length: number): void {
    const remote = this.#remote;
    if (remote === undefined || remote.address === "") return;
    const srtp = this.#srtp;
    if (srtp === undefined) this.#sendRtcp(packet, length, remote);
    else if (workspace.load(packet, length))
      this.#sendRtcp(workspace.bytes, srtp.protectRtcp(workspace, length), remote);
  }

  #sendRtcp(packet: Buffer, length: number, remote: Remote): void {
    const gate = this.#rtcpGate;
    if (remote.muxed) this.#sendAlongRtp(packet, length, remote);
    else if (this.#symmetric && gate.locked) send(this.#rtcp, packet, length, gate.port, gate.address);
    else if (remote.rtcpPort !== 0) send(this.#rtcp, packet, length, remote.rtcpPort, remote.rtcpAddress);
  }

  #sendAlongRtp(packet: Buffer, length: number, remote: Remote): void {
    const gate = this.gate;
    if (this.#symmetric && gate.locked) send(this.#rtp, packet, length, gate.port, gate.address);
    else if (remote.port !== 0) send(this.#rtp, packet, length, remote.port, remote.address);
  }
}

/** @param length below 0: nothing is to be sent */
function send(socket: Socket, packet: Buffer, length: number, port: number, address: string): void {
  if (length < 0) return;
  if (packet.length === length) {
    socket.send(packet, port, address);
    return;
  }
  socket.send(packet, 0, length, port, address);
  // Almost always it has left by now. Where the system's buffer is full it waits, and what it waits in must not be written to.
  if (socket.getSendQueueCount() > 0) workspace = new Workspace();
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
