/** Longest packet that is enciphered or deciphered: no network carries larger ones whole, and the key stream ahead covers it. */
export const MAX_PACKET_BYTES = 5_000;

/**
 * Where packets are enciphered, deciphered and summed, one at a time: one buffer with the views that the arithmetic needs, so that a packet
 * allocates nothing. What stands in it lasts until the next packet.
 */
export class Workspace {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly words: Int32Array;

  constructor() {
    // The key stream is added word by word, up to 3 bytes beyond the packet; and a tag follows it.
    const memory = new ArrayBuffer(MAX_PACKET_BYTES + 64);
    this.bytes = Buffer.from(memory);
    this.view = new DataView(memory);
    this.words = new Int32Array(memory);
  }

  /** Takes a packet in; false when it is too long. */
  load(packet: Buffer, length: number): boolean {
    if (length > MAX_PACKET_BYTES) return false;
    if (packet !== this.bytes) this.bytes.set(packet.length === length ? packet : packet.subarray(0, length));
    return true;
  }
}
