import { RoundTrip, type RtcpSink, readRtcp, writeSenderReport } from "../rtp/rtcp.ts";

/** Seconds from 1900, where NTP counts from, to 1970. */
const NTP_EPOCH_SEC = 2_208_988_800;
const PACKET_OCTETS = 160;

/** The reports of one endpoint and what the peer's tell (RFC 3550 §6). */
export class RtcpSession implements RtcpSink {
  readonly #ssrc: number;
  readonly #cname: string;
  readonly #buffer: Buffer;
  readonly #roundTrip = new RoundTrip();
  #peerReport = 0;
  #peerReportAtMs = 0;
  #nowMs = 0;

  constructor(ssrc: number, cname: string) {
    this.#ssrc = ssrc;
    this.#cname = cname;
    this.#buffer = Buffer.alloc(96 + cname.length);
  }

  get roundTripMs(): number | null {
    return this.#roundTrip.latestMs;
  }

  read(packet: Uint8Array, nowMs: number): void {
    this.#nowMs = nowMs;
    readRtcp(packet, packet.length, this);
  }

  onSenderReport(ntpMiddle: number): void {
    this.#peerReport = ntpMiddle;
    this.#peerReportAtMs = this.#nowMs;
  }

  onReportBlock(lastReport: number, delaySinceLast: number): void {
    this.#roundTrip.reported(lastReport, delaySinceLast, this.#nowMs);
  }

  /** A sender report of now; valid until the next one. */
  report(
    packetsSent: number,
    timestamp: number,
    heard: { readonly ssrc: number; readonly highest: number; readonly lost: number; readonly jitter: number },
  ): Buffer {
    const nowMs = performance.now();
    const seconds = NTP_EPOCH_SEC + (performance.timeOrigin + nowMs) / 1_000;
    const ntpSeconds = Math.floor(seconds) % 2 ** 32;
    const ntpFraction = Math.floor((seconds % 1) * 2 ** 32);
    this.#roundTrip.sent(((ntpSeconds << 16) | (ntpFraction >>> 16)) >>> 0, nowMs);
    const delaySinceLast = this.#peerReport === 0 ? 0 : Math.round((nowMs - this.#peerReportAtMs) * 65.536);
    const length = writeSenderReport(
      this.#buffer,
      {
        ssrc: this.#ssrc,
        ntpSeconds,
        ntpFraction,
        timestamp,
        packets: packetsSent,
        octets: packetsSent * PACKET_OCTETS,
      },
      heard.ssrc === 0 ? null : { ...heard, lastReport: this.#peerReport, delaySinceLast },
      this.#cname,
    );
    return this.#buffer.subarray(0, length);
  }
}
