/**
 * HMAC-SHA1 (RFC 2104, FIPS 180-4) in plain code, because an object of `node:crypto` for each packet costs more than the sum itself. One sum
 * at a time in a thread: the working arrays are shared.
 */

const BLOCK_BYTES = 64;
const STATE_WORDS = 5;
const SUM_BYTES = 4 * STATE_WORDS;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

const INITIAL = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
const schedule = new Int32Array(80);
const state = new Int32Array(STATE_WORDS);
/** The message that was taken in: the state after its whole blocks, the rest of it, and its length. */
const taken = new Int32Array(STATE_WORDS);
const rest = new Uint8Array(2 * BLOCK_BYTES);
const restView = new DataView(rest.buffer);
let restBytes = 0;
let takenBytes = 0;
/** The inner sum, with the padding of its block in place for good. */
const inner = new Uint8Array(BLOCK_BYTES);
const innerView = new DataView(inner.buffer);
inner[SUM_BYTES] = 0x80;
innerView.setUint32(BLOCK_BYTES - 4, 8 * (BLOCK_BYTES + SUM_BYTES));

export class HmacSha1 {
  /** States after the block of the padded key (RFC 2104 §4): two of four sums less for a packet. */
  readonly #inner = new Int32Array(STATE_WORDS);
  readonly #outer = new Int32Array(STATE_WORDS);

  /** @param key of 64 bytes at most */
  constructor(key: Uint8Array) {
    keyState(this.#inner, key, INNER_PAD);
    keyState(this.#outer, key, OUTER_PAD);
  }

  /** Takes in the first `length` bytes of `message`; `sum` gives sums of it until another is taken in. */
  take(message: Uint8Array, view: DataView, length: number): void {
    state.set(this.#inner);
    let at = 0;
    for (; at + BLOCK_BYTES <= length; at += BLOCK_BYTES) compress(view, at);
    taken.set(state);
    restBytes = length - at;
    takenBytes = length;
    for (let i = 0; i < restBytes; i += 1) rest[i] = message[at + i] as number;
  }

  /**
   * The sum of what was taken in.
   *
   * @param suffix 32 bits more behind it, the rollover counter of RFC 3711 §4.2; -1 for none
   * @returns valid until the next is made
   */
  sum(suffix: number): Int32Array {
    state.set(taken);
    let end = restBytes;
    if (suffix >= 0) {
      restView.setUint32(end, suffix);
      end += 4;
    }
    const paddedBytes = end + 9 <= BLOCK_BYTES ? BLOCK_BYTES : 2 * BLOCK_BYTES;
    rest[end] = 0x80;
    rest.fill(0, end + 1, paddedBytes);
    restView.setUint32(paddedBytes - 4, 8 * (BLOCK_BYTES + takenBytes + end - restBytes));
    compress(restView, 0);
    if (paddedBytes > BLOCK_BYTES) compress(restView, BLOCK_BYTES);
    for (let i = 0; i < STATE_WORDS; i += 1) innerView.setInt32(4 * i, word(state, i));
    state.set(this.#outer);
    compress(innerView, 0);
    return state;
  }
}

function keyState(into: Int32Array, key: Uint8Array, pad: number): void {
  rest.fill(pad, 0, BLOCK_BYTES);
  for (const [at, byte] of key.entries()) rest[at] = byte ^ pad;
  state.set(INITIAL);
  compress(restView, 0);
  into.set(state);
}

/** FIPS 180-4 §6.1.2: one block into `state`. Four loops, because a choice within one costs half as much again. */
function compress(view: DataView, at: number): void {
  expand(view, at);
  let a = word(state, 0);
  let b = word(state, 1);
  let c = word(state, 2);
  let d = word(state, 3);
  let e = word(state, 4);
  let next = 0;
  for (let i = 0; i < 20; i += 1) {
    next = (((a << 5) | (a >>> 27)) + ((b & c) | (~b & d)) + e + 0x5a827999 + word(schedule, i)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let i = 20; i < 40; i += 1) {
    next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0x6ed9eba1 + word(schedule, i)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let i = 40; i < 60; i += 1) {
    next = (((a << 5) | (a >>> 27)) + ((b & c) | (b & d) | (c & d)) + e - 0x70e44324 + word(schedule, i)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let i = 60; i < 80; i += 1) {
    next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e - 0x359d3e2a + word(schedule, i)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  state[0] = word(state, 0) + a;
  state[1] = word(state, 1) + b;
  state[2] = word(state, 2) + c;
  state[3] = word(state, 3) + d;
  state[4] = word(state, 4) + e;
}

function expand(view: DataView, at: number): void {
  for (let i = 0; i < 16; i += 1) schedule[i] = view.getInt32(at + 4 * i);
  for (let i = 16; i < 80; i += 1) {
    const mixed = word(schedule, i - 3) ^ word(schedule, i - 8) ^ word(schedule, i - 14) ^ word(schedule, i - 16);
    schedule[i] = (mixed << 1) | (mixed >>> 31);
  }
}

function word(words: Int32Array, at: number): number {
  return words[at] as number;
}
