import { headerLength, sequenceOf, ssrcOf } from "../rtp/header.ts";
import { KeyStream } from "./key-stream.ts";
import { estimateIndex, ROUND } from "./packet-index.ts";
import { PacketKeys } from "./packet-keys.ts";
import { ReplayWindow } from "./replay-window.ts";
import { Sources } from "./sources.ts";
import type { SrtpKey } from "./suite.ts";
import type { Workspace } from "./workspace.ts";

/** Rounds of the rollover counter in the longest call, 24 h, of 10 ms packets: how far one that is not known is looked for. */
const MOST_ROUNDS = 132;
/** A source that was heard so lately cannot have passed half a round since: a packet that fails is forged, no reason to look further. */
const SETTLED_MS = 1_000;
/** Looking through all rounds costs as much as a hundred packets, so whoever sends some that never fit makes us do it this often only. */
const SEARCH_PAUSE_MS = 500;

const RTCP_HEADER_BYTES = 8;
const RTCP_INDEX_BYTES = 4;

/** One source as it is heard. */
class Heard {
  readonly ssrc: number;
  readonly window = new ReplayWindow();
  readonly stream: KeyStream;
  atMs = 0;

  constructor(ssrc: number, stream: KeyStream) {
    this.ssrc = ssrc;
    this.stream = stream;
  }
}

/** Highest packet index by SSRC. */
export type Progress = ReadonlyMap<number, number>;

/**
 * What comes under one key of the other side. Nothing of a packet is believed before it authenticates; then it is taken once.
 *
 * SDES does not tell the rollover counter (RFC 4568 §6.4), and a source may be first heard when it is past its first wrap, or again after
 * a long silence. So a packet that does not fit where it should is tried at the other rounds that a call can reach.
 */
export class SrtpReceiver {
  readonly #rtp: PacketKeys;
  readonly #rtcp: PacketKeys;
  readonly #sources = new Sources<Heard>();
  readonly #rtcpSources = new Sources<Heard>();
  readonly #rtcpStream: KeyStream;
  readonly #before: Progress;
  #searchedMs = Number.NEGATIVE_INFINITY;

  /** @param before how far the sources had come under another key: they may go on counting under this one (RFC 3711 §3.3.1) */
  constructor(key: SrtpKey, before: Progress = new Map()) {
    this.#rtp = new PacketKeys(key, "rtp");
    this.#rtcp = new PacketKeys(key, "rtcp");
    this.#rtcpStream = new KeyStream(this.#rtcp.cipher);
    this.#before = before;
  }

  /** Deciphers the SRTP packet in `work` in place; its length in the clear, or -1 when it is not to be believed. */
  unprotect(work: Workspace, length: number, nowMs: number): number {
    const { bytes } = work;
    const end = length - this.#rtp.tagBytes;
    const start = headerLength(bytes, end);
    if (start < 0) return -1;
    const ssrc = ssrcOf(bytes);
    const known = this.#sources.find(ssrc);
    const index = this.#indexOf(work, end, known, nowMs);
    if (index < 0) return -1;
    const source = known ?? this.#meet(ssrc);
    source.window.add(index);
    source.atMs = nowMs;
    source.stream.apply(work, start, end, ssrc, index);
    return end;
  }

  /** The same for SRTCP (RFC 3711 §3.4); packets that are not enciphered are not believed either. */
  unprotectRtcp(work: Workspace, length: number): number {
    const tagAt = length - this.#rtcp.tagBytes;
    const end = tagAt - RTCP_INDEX_BYTES;
    if (end < RTCP_HEADER_BYTES) return -1;
    const trailer = work.view.getUint32(end);
    const index = trailer & 0x7fffffff;
    const ssrc = work.view.getUint32(4);
    const known = this.#rtcpSources.find(ssrc);
    if (trailer >>> 31 === 0 || (known && !known.window.isFresh(index))) return -1;
    this.#rtcp.take(work, tagAt);
    if (!this.#rtcp.isGenuine(work, tagAt, -1)) return -1;
    const source = known ?? new Heard(ssrc, this.#rtcpStream);
    if (known === undefined) this.#rtcpSources.add(source);
    source.window.add(index);
    source.stream.apply(work, RTCP_HEADER_BYTES, end, ssrc, index);
    return end;
  }

  get progress(): Progress {
    return new Map(this.#sources.all.map(({ ssrc, window }) => [ssrc, window.highest]));
  }

  #meet(ssrc: number): Heard {
    const source = new Heard(ssrc, new KeyStream(this.#rtp.cipher));
    this.#sources.add(source);
    return source;
  }

  /** Where the packet stands among those of its source, or -1: repeated, too old, or not authentic. */
  #indexOf(work: Workspace, end: number, known: Heard | undefined, nowMs: number): number {
    const sequence = sequenceOf(work.bytes);
    const highest = known ? known.window.highest : this.#before.get(ssrcOf(work.bytes));
    const likely = highest === undefined ? sequence : estimateIndex(highest, sequence);
    this.#rtp.take(work, end);
    if (this.#fits(work, end, known, likely)) return likely;
    if (known && nowMs - known.atMs < SETTLED_MS) return -1;
    if (nowMs - this.#searchedMs < SEARCH_PAUSE_MS) return -1;
    this.#searchedMs = nowMs;
    const first = known ? known.window.highest - (known.window.highest % ROUND) : 0;
    for (let round = 0; round <= MOST_ROUNDS; round += 1) {
      const index = first + round * ROUND + sequence;
      if (index !== likely && this.#fits(work, end, known, index)) return index;
    }
    return -1;
  }

  /** The replay window is asked first: it is cheaper (RFC 3711 §3.3 step 5). */
  #fits(work: Workspace, end: number, known: Heard | undefined, index: number): boolean {
    if (index < 0 || (known && !known.window.isFresh(index))) return false;
    return this.#rtp.isGenuine(work, end, Math.floor(index / ROUND));
  }
}
