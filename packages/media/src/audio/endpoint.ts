import type { RemoteInfo, Socket } from "node:dgram";
import { isIP, SocketAddress } from "node:net";
import type { SdpDirection } from "@trunkline/sip";
import {
  FIXED_HEADER_BYTES,
  hasMarker,
  headerLength,
  isRtcp,
  payloadEnd,
  payloadTypeOf,
  sequenceOf,
  ssrcOf,
  timestampOf,
  writeHeader,
} from "../rtp/header.ts";
import { estimateMos } from "../rtp/mos.ts";
import { Reception } from "../rtp/reception.ts";
import { DigitListener, EVENT_BYTES } from "../rtp/telephone-event.ts";
import { bindUdp } from "../rtp/udp.ts";
import { type Agreement, agree, describeEndpoint, fitting } from "./agreement.ts";
import { DigitSender } from "./digit-sender.ts";
import type { AudioEndpoint, AudioReport, AudioSource } from "./endpoint.types.ts";
import { copyMuLaw, type Law, SILENCE } from "./g711.ts";
import { LastSecond } from "./last-second.ts";
import { EchoMarks } from "./marks.ts";
import { RtcpSession } from "./rtcp-session.ts";
import { onTick } from "./ticker.ts";
import { toneLoop } from "./tone.ts";

/** Digits remembered of one call; more are no dialling but a flood. */
const MAX_DIGITS = 1_000;

export type AudioEndpointOptions = {
  /** Numeric address to bind to; also what the SDP shows. */
  readonly address: string;
  /** 0 or absent: any. */
  readonly port?: number;
  /** A draw in [0, 1) for SSRC, first sequence number and timestamp (RFC 3550 §5.1). Default `Math.random`. */
  readonly random?: () => number;
  /** Where SDP says that it is heard; default `address`. */
  readonly shownAddress?: string;
  /** Where what a peer's SDP names is reached from here; default: there. */
  readonly reach?: (address: string) => string;
  /** True: nobody is heard but from where the peer's SDP says that it is. Default false. */
  readonly onlyPeer?: boolean;
  /** A digit was heard by RFC 4733, as it began. */
  readonly onDigit?: (digit: string) => void;
  /** The clip that was played has been sent to its end. */
  readonly onPlayed?: () => void;
};

/** Samples, bytes of G.711 and timestamp units in one packet of 20 ms. */
const PACKET_UNITS = 160;
/** One mark a second and one RTCP report a second: RFC 3550 §6.2's 5 s would leave short test calls without a round trip. */
const TICKS_PER_SECOND = 50;

/** Opens an endpoint on a local UDP port. Rejects with the system's error when the address cannot be bound. */
export async function openAudioEndpoint(options: AudioEndpointOptions): Promise<AudioEndpoint> {
  const socket = await bindUdp(options.address, options.port ?? 0);
  return new UdpAudioEndpoint(socket, options);
}

class UdpAudioEndpoint implements AudioEndpoint {
  readonly address: string;
  readonly port: number;
  readonly #socket: Socket;
  readonly #options: AudioEndpointOptions;
  readonly #stopTicks: () => void;
  readonly #sessionId: number;
  readonly #ssrc: number;
  readonly #packet = Buffer.alloc(FIXED_HEADER_BYTES + PACKET_UNITS);
  readonly #reception = new Reception();
  readonly #heard = new LastSecond();
  readonly #listener = new DigitListener();
  #heardDigits = "";
  readonly #digits = new DigitSender();
  readonly #marks: EchoMarks;
  readonly #rtcp: RtcpSession;
  #agreement: Agreement | null = null;
  #source: AudioSource = { kind: "silence" };
  /** Samples of the clip that were sent. */
  #played = 0;
  #direction: SdpDirection = "sendrecv";
  #described = "";
  #version = 1;
  #closed = false;
  #ticks = 0;
  #sequence: number;
  #timestamp: number;
  #packetsSent = 0;
  /** No audio was sent just before, so the next packet begins a talkspurt (RFC 3551 §4.1). */
  #resuming = true;
  #echoSsrc = -1;
  #echoOffset = 0;

  constructor(socket: Socket, options: AudioEndpointOptions) {
    const { random = Math.random } = options;
    this.#options = options;
    const draw = (below: number): number => Math.floor(random() * below);
    ({ address: this.address, port: this.port } = socket.address());
    this.#socket = socket.on("message", (packet, from) => {
      if (!this.#options.onlyPeer || isFrom(this.#agreement, from)) this.#onPacket(packet);
    });
    this.#sessionId = draw(2 ** 31);
    this.#ssrc = draw(2 ** 32);
    this.#sequence = draw(2 ** 16);
    this.#timestamp = draw(2 ** 32);
    this.#marks = new EchoMarks(draw(2 ** 24));
    this.#rtcp = new RtcpSession(this.#ssrc, `endpoint-${this.#sessionId.toString(16)}`);
    this.#stopTicks = onTick(() => this.#onTick());
  }

  describe(direction?: SdpDirection): string {
    const peer = this.#agreement?.direction;
    this.#direction = direction ?? (peer === undefined ? this.#direction : fitting(peer));
    const show = (): string => {
      const address = this.#options.shownAddress ?? this.address;
      const place = { address, port: this.port, sessionId: this.#sessionId, version: this.#version };
      return describeEndpoint(place, this.#direction, this.#agreement);
    };
    // RFC 3264 §8: the version rises exactly when the description changes.
    if (this.#described !== "" && show() !== this.#described) this.#version += 1;
    this.#described = show();
    return this.#described;
  }

  connect(peerSdp: string): boolean {
    const agreement = agree(peerSdp);
    if (agreement === null) return false;
    const address = this.#options.reach?.(agreement.address) ?? agreement.address;
    if (isIP(address) !== isIP(this.address)) return false;
    this.#agreement = { ...agreement, address: canonicalAddress(address) };
    return true;
  }

  play(source: AudioSource): void {
    this.#source = source;
    this.#played = 0;
    this.#resuming = true;
    this.#echoSsrc = -1;
  }

  async sendDigits(digits: string): Promise<void> {
    if (this.#closed || (this.#agreement?.eventType ?? null) === null) return;
    await this.#digits.push(digits);
  }

  report(): AudioReport {
    const { packets, lost, jitterMs, lossRatio } = this.#reception;
    const roundTripMs = this.#rtcp.roundTripMs;
    const codec = this.#agreement?.law ?? "PCMU";
    return {
      packetsSent: this.#packetsSent,
      packetsReceived: packets,
      packetsLost: lost,
      jitterMs,
      mos: packets === 0 ? null : estimateMos({ codec, lossRatio, jitterMs: jitterMs ?? 0, roundTripMs }),
      toneHz: this.#heard.toneHz(this.#agreement?.law ?? "PCMU"),
      digits: this.#heardDigits,
      echoDelayMs: this.#marks.delayMs,
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopTicks();
    this.#digits.clear();
    this.#socket.close();
  }

  #onTick(): void {
    const agreement = this.#agreement;
    if (agreement !== null && this.#maySend(agreement)) {
      if (this.#digits.speaking) this.#sendEvent(agreement);
      else this.#sendAudio(agreement);
    }
    if (agreement?.muxed && this.#ticks % TICKS_PER_SECOND === TICKS_PER_SECOND - 1) this.#sendRtcp(agreement);
    this.#digits.advance();
    this.#ticks += 1;
    this.#timestamp = (this.#timestamp + PACKET_UNITS) >>> 0;
  }

  #maySend(agreement: Agreement): boolean {
    return agreement.receives && this.#direction !== "recvonly" && this.#direction !== "inactive";
  }

  #sendAudio(agreement: Agreement): void {
    const { law, payloadType } = agreement;
    const source = this.#source;
    if (source.kind === "none" || source.kind === "echo") return;
    if (source.kind === "silence") this.#packet.fill(SILENCE[law], FIXED_HEADER_BYTES);
    else if (source.kind === "clip") this.#writeClip(source.mulaw, law);
    else {
      const from = (this.#ticks % TICKS_PER_SECOND) * PACKET_UNITS;
      this.#packet.set(toneLoop(source.hz, law).subarray(from, from + PACKET_UNITS), FIXED_HEADER_BYTES);
    }
    if (this.#ticks % TICKS_PER_SECOND === 0 && source.kind !== "clip") {
      this.#marks.write(this.#packet, FIXED_HEADER_BYTES, law, performance.now());
    }
    this.#send(this.#packet, payloadType, this.#resuming, this.#timestamp, agreement);
    this.#resuming = false;
  }

  /** The next 20 ms of the clip, filled up with silence at its end. */
  #writeClip(mulaw: Uint8Array, law: Law): void {
    const piece = mulaw.subarray(this.#played, this.#played + PACKET_UNITS);
    this.#packet.fill(SILENCE[law], FIXED_HEADER_BYTES);
    copyMuLaw(piece, this.#packet, FIXED_HEADER_BYTES, law);
    this.#played += PACKET_UNITS;
    if (this.#played < mulaw.length) return;
    this.#source = { kind: "silence" };
    queueMicrotask(() => {
      if (!this.#closed) this.#options.onPlayed?.();
    });
  }

  #sendEvent(agreement: Agreement): void {
    if (agreement.eventType === null) return;
    const ticks = this.#digits.ticksIntoEvent;
    const packet = this.#packet.subarray(0, FIXED_HEADER_BYTES + EVENT_BYTES);
    this.#digits.write(packet, FIXED_HEADER_BYTES);
    this.#send(packet, agreement.eventType, ticks === 0, this.#timestamp - ticks * PACKET_UNITS, agreement);
    this.#resuming = true;
  }

  #send(packet: Buffer, payloadType: number, marker: boolean, timestamp: number, to: Agreement): void {
    writeHeader(packet, payloadType, marker, this.#sequence, timestamp, this.#ssrc);
    this.#transmit(packet, to);
  }

  #transmit(packet: Buffer, to: Agreement): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#packetsSent += 1;
    this.#socket.send(packet, to.port, to.address);
  }

  #sendRtcp(to: Agreement): void {
    const report = this.#rtcp.report(this.#packetsSent, this.#timestamp, this.#reception.report);
    this.#socket.send(report, to.port, to.address);
  }

  #onPacket(packet: Buffer): void {
    const nowMs = performance.now();
    const length = packet.length;
    if (isRtcp(packet, length)) {
      this.#rtcp.read(packet, nowMs);
      return;
    }
    const start = headerLength(packet, length);
    const end = start < 0 ? -1 : payloadEnd(packet, length, start);
    if (end < 0) return;
    const type = payloadTypeOf(packet);
    const timestamp = timestampOf(packet);
    const isEvent = type === this.#agreement?.eventType;
    this.#reception.receive(sequenceOf(packet), timestamp, ssrcOf(packet), isEvent ? 0 : 8_000, nowMs, length);
    const digit = isEvent ? this.#listener.hear(packet, start, end, timestamp) : undefined;
    if (digit !== undefined) {
      if (this.#heardDigits.length < MAX_DIGITS) this.#heardDigits += digit;
      this.#options.onDigit?.(digit);
    }
    if (!isEvent && type === this.#agreement?.payloadType) {
      this.#heard.add(packet, start, end);
      this.#marks.find(packet, start, end, this.#agreement.law, nowMs);
    }
    if (this.#source.kind === "echo") this.#echo(packet, type, timestamp);
  }

  /** Sends the packet back with its payload untouched, as ours: our source, our sequence, its gaps in time. */
  #echo(packet: Buffer, type: number, timestamp: number): void {
    const agreement = this.#agreement;
    if (agreement === null || this.#closed || !this.#maySend(agreement) || this.#digits.speaking) return;
    const ssrc = ssrcOf(packet);
    if (ssrc !== this.#echoSsrc) {
      this.#echoSsrc = ssrc;
      this.#echoOffset = this.#timestamp - timestamp;
    }
    const shape = packet[0] as number;
    writeHeader(packet, type, hasMarker(packet), this.#sequence, timestamp + this.#echoOffset, this.#ssrc);
    // Padding, extension and contributing sources stay what they were.
    packet[0] = shape;
    this.#transmit(packet, agreement);
  }
}

/** Whoever finds the port could else key in digits in the peer's place. */
function isFrom(agreement: Agreement | null, { address, port }: RemoteInfo): boolean {
  return agreement !== null && address === agreement.address && port === agreement.port;
}

/** The form in which the system names the sender of a packet. */
function canonicalAddress(address: string): string {
  return isIP(address) === 6 ? new SocketAddress({ address, family: "ipv6" }).address : address;
}
