import { readUint32, writeUint32 } from "./header.ts";

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const BYE = 203;
const TRANSPORT_FEEDBACK = 205;
const PAYLOAD_FEEDBACK = 206;
const BLOCK_BYTES = 24;
const SENDER_INFO_BYTES = 20;

/** Takes what a compound packet reports, as it is walked; no object is made. */
export interface RtcpSink {
  /** A sender report: the middle 32 bits of its NTP time, by which later reports name it (RFC 3550 §6.4.1 LSR). */
  onSenderReport(ntpMiddle: number): void;
  /**
   * A report block: last sender report heard and the delay since then in 1/65536 s (`lastReport` 0 means none was heard), packets lost
   * so far (below 0 with duplicates), and jitter in timestamp units.
   */
  onReportBlock(lastReport: number, delaySinceLast: number, lost: number, jitter: number): void;
}

/**
 * Walks a compound RTCP packet in place (RFC 3550 §6.4, bounds as in A.2; reduced-size packets of RFC 5506 too).
 *
 * @returns false when the bytes are not RTCP from end to end; what was reported before the fault stands
 */
export function readRtcp(p: Uint8Array, length: number, sink: RtcpSink): boolean {
  let at = 0;
  while (at < length) {
    if (at + 4 > length || (p[at] as number) >>> 6 !== 2) return false;
    const end = at + 4 + 4 * (((p[at + 2] as number) << 8) | (p[at + 3] as number));
    if (end > length) return false;
    readReport(p, at, end, sink);
    at = end;
  }
  return length > 0;
}

function readReport(p: Uint8Array, at: number, end: number, sink: RtcpSink): void {
  const kind = p[at + 1] as number;
  let block = at + 8;
  if (kind === SENDER_REPORT) {
    block += SENDER_INFO_BYTES;
    if (block > end) return;
    sink.onSenderReport(readUint32(p, at + 10));
  } else if (kind !== RECEIVER_REPORT) return;
  const count = (p[at] as number) & 0x1f;
  for (let i = 0; i < count && block + BLOCK_BYTES <= end; i += 1, block += BLOCK_BYTES) {
    // Cumulative loss is a signed number of 24 bits behind the fraction.
    const lost = (readUint32(p, block + 4) << 8) >> 8;
    sink.onReportBlock(readUint32(p, block + 16), readUint32(p, block + 20), lost, readUint32(p, block + 12));
  }
}

/**
 * Gives the sources that a compound packet names other SSRCs, in place: the one that sends each packet, and those that report blocks,
 * feedback and BYE are about. Of a source description the first is changed, which is the only one but from mixers.
 *
 * @param length of a packet that `readRtcp` found whole
 */
export function renameSources(view: DataView, length: number, rename: (ssrc: number) => number): void {
  const change = (at: number, end: number): void => {
    if (at + 4 <= end) view.setUint32(at, rename(view.getUint32(at)));
  };
  for (let at = 0; at + 4 <= length; ) {
    const end = Math.min(length, at + 4 + 4 * view.getUint16(at + 2));
    const count = view.getUint8(at) & 0x1f;
    const kind = view.getUint8(at + 1);
    change(at + 4, end);
    if (kind === SENDER_REPORT || kind === RECEIVER_REPORT) {
      const first = at + 8 + (kind === SENDER_REPORT ? SENDER_INFO_BYTES : 0);
      for (let block = 0; block < count; block += 1) change(first + block * BLOCK_BYTES, end);
    } else if (kind === BYE) {
      for (let source = 1; source < count; source += 1) change(at + 4 + 4 * source, end);
    } else if (kind === TRANSPORT_FEEDBACK || kind === PAYLOAD_FEEDBACK) change(at + 8, end);
    at = end;
  }
}

/**
 * Round trip between us and one leg, from the sender reports that pass us towards it and its report blocks about them
 * (RFC 3550 §6.4.1: A - LSR - DLSR, with our own clock for both ends, so that no clock needs to agree).
 */
export class RoundTrip {
  latestMs: number | null = null;
  /** The last two: a report may cross the newest on its way. */
  readonly #ntpMiddles = new Uint32Array(2);
  readonly #sentAtMs = new Float64Array(2);
  #newest = 0;

  sent(ntpMiddle: number, nowMs: number): void {
    this.#newest = 1 - this.#newest;
    this.#ntpMiddles[this.#newest] = ntpMiddle;
    this.#sentAtMs[this.#newest] = nowMs;
  }

  reported(lastReport: number, delaySinceLast: number, nowMs: number): void {
    const slot = this.#ntpMiddles.indexOf(lastReport);
    if (lastReport === 0 || slot < 0) return;
    const roundTripMs = nowMs - (this.#sentAtMs[slot] as number) - (delaySinceLast * 1_000) / 65_536;
    // A hair below zero is rounding of a very short way; more is a wrong or lying report.
    if (roundTripMs > -2) this.latestMs = Math.max(0, roundTripMs);
  }
}

export type SenderFacts = {
  readonly ssrc: number;
  /** Wall-clock NTP seconds and fraction; a session-relative clock is allowed too (RFC 3550 §6.4.1). */
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  readonly timestamp: number;
  readonly packets: number;
  readonly octets: number;
};

export type BlockFacts = {
  readonly ssrc: number;
  readonly lost: number;
  readonly highest: number;
  readonly jitter: number;
  readonly lastReport: number;
  readonly delaySinceLast: number;
};

/**
 * Writes a sender report, with at most one block, and the SDES CNAME every compound packet needs (RFC 3550 §6.1).
 *
 * @returns its length in bytes; `p` needs 80 bytes and room for the name
 */
export function writeSenderReport(p: Uint8Array, sender: SenderFacts, block: BlockFacts | null, cname: string): number {
  const length = 28 + (block ? BLOCK_BYTES : 0);
  writeRtcpHeader(p, 0, block ? 1 : 0, SENDER_REPORT, length);
  writeUint32(p, 4, sender.ssrc);
  writeUint32(p, 8, sender.ntpSeconds);
  writeUint32(p, 12, sender.ntpFraction);
  writeUint32(p, 16, sender.timestamp);
  writeUint32(p, 20, sender.packets);
  writeUint32(p, 24, sender.octets);
  if (block) {
    writeUint32(p, 28, block.ssrc);
    // Fraction lost stays 0: we keep no interval; the cumulative count (24 bits) says it all.
    writeUint32(p, 32, Math.min(block.lost, 0x7fffff));
    writeUint32(p, 36, block.highest);
    writeUint32(p, 40, block.jitter);
    writeUint32(p, 44, block.lastReport);
    writeUint32(p, 48, block.delaySinceLast);
  }
  return length + writeCname(p, length, sender.ssrc, cname);
}

function writeCname(p: Uint8Array, at: number, ssrc: number, cname: string): number {
  const unpadded = 8 + 2 + cname.length;
  const length = (unpadded + 4) & ~3;
  writeRtcpHeader(p, at, 1, SOURCE_DESCRIPTION, length);
  writeUint32(p, at + 4, ssrc);
  p[at + 8] = 1;
  p[at + 9] = cname.length;
  for (let i = 0; i < cname.length; i += 1) p[at + 10 + i] = cname.charCodeAt(i) & 0x7f;
  p.fill(0, at + unpadded, at + length);
  return length;
}

function writeRtcpHeader(p: Uint8Array, at: number, count: number, kind: number, lengthBytes: number): void {
  const words = lengthBytes / 4 - 1;
  p[at] = 0x80 | count;
  p[at + 1] = kind;
  p[at + 2] = words >>> 8;
  p[at + 3] = words;
}
