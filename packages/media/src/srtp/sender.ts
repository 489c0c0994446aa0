import { headerLength, sequenceOf, ssrcOf } from "../rtp/header.ts";
import { renameSources } from "../rtp/rtcp.ts";
import { KeyStream } from "./key-stream.ts";
import { estimateIndex, ROUND } from "./packet-index.ts";
import { PacketKeys } from "./packet-keys.ts";
import { ReplayWindow, WINDOW_PACKETS } from "./replay-window.ts";
import { Sources } from "./sources.ts";
import type { SrtpKey } from "./suite.ts";
import type { Workspace } from "./workspace.ts";

/** Packets in a row behind all that was sent before a source is taken to have begun its sequence anew. */
const RESTART_PACKETS = 3;
/** SRTCP indices under one key (RFC 3711 §9.2); a report a second reaches it in 68 years. */
const MOST_REPORTS = 2 ** 31;

const RTCP_HEADER_BYTES = 8;
const RTCP_INDEX_BYTES = 4;

/** One source as it is sent on. */
class Sent {
  readonly ssrc: number;
  /** The SSRC it goes under: its own, until that one's key stream could be used a second time. */
  name: number;
  readonly window = new ReplayWindow();
  readonly stream: KeyStream;
  #strayed = 0;
  #lastStray = -1;

  constructor(ssrc: number, name: number, stream: KeyStream) {
    this.ssrc = ssrc;
    this.name = name;
    this.stream = stream;
  }

  /**
   * The index to encipher a packet with, -1 for one that was sent before or is too old, -2 when the source has begun its sequence anew and
   * needs another name.
   */
  place(sequence: number): number {
    const { window } = this;
    const index = window.highest < 0 ? sequence : estimateIndex(window.highest, sequence);
    if (window.isFresh(index)) {
      this.#strayed = 0;
      window.add(index);
      return index;
    }
    if (index >= 0 && window.highest - index < WINDOW_PACKETS) return -1;
    this.#strayed = sequence === ((this.#lastStray + 1) & 0xffff) ? this.#strayed + 1 : 1;
    this.#lastStray = sequence;
    return this.#strayed < RESTART_PACKETS ? -1 : -2;
  }

  rename(name: number): void {
    this.name = name;
    this.window.clear();
    this.#strayed = 0;
  }
}

/**
 * What goes to the other side under our key.
 *
 * The sequence numbers are those of the source, which knows nothing of our key: it may begin its sequence anew, or go on counting while
 * nothing of it is sent on. Under its SSRC that would use a key stream twice, or lead to a rollover counter that the receiver
 * cannot guess. Such a source goes on under another SSRC, whose counter is 0 for everybody (RFC 3711 §3.2.3); reports about it are translated.
 */
export class SrtpSender {
  readonly #rtp: PacketKeys;
  readonly #rtcp: PacketKeys;
  readonly #sources = new Sources<Sent>();
  readonly #rtcpStream: KeyStream;
  readonly #newSsrc: () => number;
  #rtcpIndex = 0;
  #hasRenamed = false;
  #hasForgotten = false;

  /** @param newSsrc a random SSRC (RFC 3550 §8) */
  constructor(key: SrtpKey, newSsrc: () => number) {
    this.#rtp = new PacketKeys(key, "rtp");
    this.#rtcp = new PacketKeys(key, "rtcp");
    this.#rtcpStream = new KeyStream(this.#rtcp.cipher);
    this.#newSsrc = newSsrc;
  }

  /** Enciphers the RTP packet in `work` in place; its length then, or -1 when it is not to be sent. */
  protect(work: Workspace, length: number): number {
    const { bytes } = work;
    const ssrc = ssrcOf(bytes);
    const source = this.#sources.find(ssrc) ?? this.#meet(ssrc);
    let index = source.place(sequenceOf(bytes));
    if (index === -2) {
      this.#rename(source);
      index = source.place(sequenceOf(bytes));
    }
    if (index < 0) return -1;
    if (source.name !== ssrc) work.view.setUint32(8, source.name);
    source.stream.apply(work, headerLength(bytes, length), length, source.name, index);
    return this.#rtp.seal(work, length, Math.floor(index / ROUND));
  }

  /** The same for a compound RTCP packet that has been read (RFC 3711 §3.4). */
  protectRtcp(work: Workspace, length: number): number {
    if (this.#rtcpIndex >= MOST_REPORTS) return -1;
    if (this.#hasRenamed) renameSources(work.view, length, this.#nameOf);
    const index = this.#rtcpIndex;
    this.#rtcpIndex += 1;
    this.#rtcpStream.apply(work, RTCP_HEADER_BYTES, length, work.view.getUint32(4), index);
    work.view.setUint32(length, 0x80000000 + index);
    return this.#rtcp.seal(work, length + RTCP_INDEX_BYTES, -1);
  }

  /** Gives the sources in a report from the other side the SSRCs they have on ours. */
  restoreNames(work: Workspace, length: number): void {
    if (this.#hasRenamed) renameSources(work.view, length, this.#ssrcOf);
  }

  /** The other side may have forgotten how far it had counted: what is past the first round begins again. */
  startOver(): void {
    for (const source of this.#sources.all) if (source.window.highest >= ROUND) this.#rename(source);
  }

  #meet(ssrc: number): Sent {
    // One that had to give way may be this one, and nobody knows how far it was sent.
    const name = this.#hasForgotten ? this.#newSsrc() : ssrc;
    this.#hasRenamed ||= this.#hasForgotten;
    const source = new Sent(ssrc, name, new KeyStream(this.#rtp.cipher));
    if (this.#sources.add(source)) this.#hasForgotten = true;
    return source;
  }

  #rename(source: Sent): void {
    source.rename(this.#newSsrc());
    this.#hasRenamed = true;
  }

  readonly #nameOf = (ssrc: number): number => this.#sources.all.find((source) => source.ssrc === ssrc)?.name ?? ssrc;
  readonly #ssrcOf = (name: number): number => this.#sources.all.find((source) => source.name === name)?.ssrc ?? name;
}
