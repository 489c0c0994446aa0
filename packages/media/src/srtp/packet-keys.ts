import { HmacSha1 } from "./hmac-sha1.ts";
import { PacketCipher } from "./key-stream.ts";
import { deriveKeys } from "./session-keys.ts";
import { type SrtpKey, SUITES } from "./suite.ts";
import type { Workspace } from "./workspace.ts";

/** Tag of SRTCP in both suites: `_32` shortens that of SRTP only (RFC 4568 §6.2.2). */
const RTCP_TAG_BYTES = 10;

/** Cipher and authentication of one kind of packet under one master key. */
export class PacketKeys {
  readonly cipher: PacketCipher;
  readonly tagBytes: number;
  readonly #hmac: HmacSha1;

  constructor(key: SrtpKey, kind: "rtp" | "rtcp") {
    const { cipher, auth, salt } = deriveKeys(key.master, kind);
    this.cipher = new PacketCipher(cipher, salt);
    this.tagBytes = kind === "rtcp" ? RTCP_TAG_BYTES : SUITES[key.suite].tagBytes;
    this.#hmac = new HmacSha1(auth);
  }

  /** Writes the tag behind the first `end` bytes; `suffix` as in `HmacSha1.sum`. Gives the length with it. */
  seal(work: Workspace, end: number, suffix: number): number {
    const { view } = work;
    this.#hmac.take(work.bytes, view, end);
    const sum = this.#hmac.sum(suffix);
    view.setInt32(end, sum[0] as number);
    if (this.tagBytes > 4) {
      view.setInt32(end + 4, sum[1] as number);
      view.setInt16(end + 8, (sum[2] as number) >> 16);
    }
    return end + this.tagBytes;
  }

  /** Takes in the first `end` bytes, for `isGenuine`. */
  take(work: Workspace, end: number): void {
    this.#hmac.take(work.bytes, work.view, end);
  }

  /** Whether the tag behind the first `end` bytes, which were taken in last, is right. Takes as long for a wrong one. */
  isGenuine(work: Workspace, end: number, suffix: number): boolean {
    const { view } = work;
    const sum = this.#hmac.sum(suffix);
    let difference = view.getInt32(end) ^ (sum[0] as number);
    if (this.tagBytes > 4) {
      difference |= view.getInt32(end + 4) ^ (sum[1] as number);
      difference |= view.getInt16(end + 8) ^ ((sum[2] as number) >> 16);
    }
    return difference === 0;
  }
}
