import { type Cipheriv, createCipheriv } from "node:crypto";
import type { Workspace } from "./workspace.ts";

const BLOCK_BYTES = 16;
const BLOCK_WORDS = BLOCK_BYTES / 4;
/** Blocks computed in one go: 32 packets of 20 ms of G.711 and their like, or a few of video. The longest packet fits into it. */
const BATCH_BLOCKS = 320;
/** Least blocks set apart for a packet, so that comfort noise at the start does not size the batch. */
const LEAST_BLOCKS = 10;

/** Counter blocks on their way into the cipher; one batch is made at a time in a thread. */
const counters = Buffer.from(new ArrayBuffer(BATCH_BLOCKS * BLOCK_BYTES));
const counterView = new DataView(counters.buffer);

/** AES in counter mode for packets (RFC 3711 §4.1.1): one long-lived cipher that turns counter blocks into key stream. */
export class PacketCipher {
  readonly #cipher: Cipheriv;
  readonly #salt: Int32Array;

  /** @param salt of 14 bytes */
  constructor(key: Uint8Array, salt: Uint8Array) {
    this.#cipher = createCipheriv(`aes-${8 * key.length}-ecb`, key, null).setAutoPadding(false);
    const padded = Buffer.alloc(BLOCK_BYTES);
    padded.set(salt);
    this.#salt = Int32Array.from({ length: BLOCK_WORDS }, (_unused, word) => padded.readInt32BE(4 * word));
  }

  /** Writes the key stream of `packets` packets from `index` on, `blocks` blocks each, into `stream`. */
  generate(stream: Uint8Array, ssrc: number, index: number, packets: number, blocks: number): void {
    const [first = 0, second = 0, third = 0, fourth = 0] = this.#salt;
    let at = 0;
    for (let packet = 0; packet < packets; packet += 1) {
      const high = third ^ Math.floor((index + packet) / 65_536);
      const low = fourth ^ (((index + packet) % 65_536) << 16);
      for (let block = 0; block < blocks; block += 1, at += BLOCK_BYTES) {
        counterView.setInt32(at, first);
        counterView.setInt32(at + 4, second ^ ssrc);
        counterView.setInt32(at + 8, high);
        counterView.setInt32(at + 12, low ^ block);
      }
    }
    stream.set(this.#cipher.update(counters.subarray(0, at)));
  }
}

/** The key stream of one source, computed ahead for the packets that come next. */
export class KeyStream {
  readonly #cipher: PacketCipher;
  readonly #words = new Int32Array(BATCH_BLOCKS * BLOCK_WORDS);
  readonly #bytes = new Uint8Array(this.#words.buffer);
  #ssrc = 0;
  #first = 0;
  #packets = 0;
  #blocks = LEAST_BLOCKS;

  constructor(cipher: PacketCipher) {
    this.#cipher = cipher;
  }

  /** Adds the key stream to the packet in `work`, from `start`, a multiple of 4, to `end`: enciphers it or deciphers it. */
  apply(work: Workspace, start: number, end: number, ssrc: number, index: number): void {
    const blocks = Math.ceil((end - start) / BLOCK_BYTES);
    const ahead = index - this.#first;
    if (ssrc !== this.#ssrc || ahead < 0 || ahead >= this.#packets || blocks > this.#blocks) {
      this.#generate(ssrc, index, blocks);
    }
    let from = (index - this.#first) * this.#blocks * BLOCK_WORDS;
    const { words } = work;
    for (let to = start >>> 2; to << 2 < end; to += 1, from += 1) {
      words[to] = (words[to] as number) ^ (this.#words[from] as number);
    }
  }

  #generate(ssrc: number, index: number, blocks: number): void {
    this.#blocks = Math.max(this.#blocks, blocks);
    this.#packets = Math.floor(BATCH_BLOCKS / this.#blocks);
    this.#ssrc = ssrc;
    this.#first = index;
    this.#cipher.generate(this.#bytes, ssrc, index, this.#packets, this.#blocks);
  }
}
