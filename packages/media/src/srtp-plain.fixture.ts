import { createCipheriv, createHmac, timingSafeEqual } from "node:crypto";
import { headerLength } from "./rtp/header.ts";

type Keys = { readonly cipher: Buffer; readonly auth: Buffer; readonly salt: Buffer };

/** Bytes of the E flag with the index, and of the tag, that end an SRTCP packet. */
const RTCP_INDEX_BYTES = 4;
const RTCP_TAG_BYTES = 10;

/**
 * SRTP with AES in counter mode and HMAC-SHA1, written down from RFC 3711 with node's ciphers, one for each packet: slow, stateless, and
 * what the planes are held against. Whoever uses it says which rollover counter or index a packet has.
 */
export class PlainSrtp {
  readonly #rtp: Keys;
  readonly #rtcp: Keys;
  readonly #tagBytes: number;

  /** @param master key of 16 or 32 bytes and salt of 14 */
  constructor(master: Buffer, tagBytes: number) {
    this.#rtp = derive(master, 0);
    this.#rtcp = derive(master, 3);
    this.#tagBytes = tagBytes;
  }

  protect(packet: Buffer, rollover = 0): Buffer {
    const body = this.#crypt(packet, rollover);
    return Buffer.concat([body, this.#tag(body, rollover)]);
  }

  /** Undefined when it does not authenticate. */
  unprotect(packet: Buffer, rollover = 0): Buffer | undefined {
    const end = packet.length - this.#tagBytes;
    if (end < 12) return undefined;
    const body = packet.subarray(0, end);
    const isGenuine = timingSafeEqual(packet.subarray(end), this.#tag(body, rollover));
    return isGenuine ? this.#crypt(body, rollover) : undefined;
  }

  protectRtcp(packet: Buffer, index: number): Buffer {
    const trailer = uint32(0x80000000 + index);
    const body = Buffer.concat([cryptRtcp(this.#rtcp, packet, index), trailer]);
    return Buffer.concat([body, hmac(this.#rtcp.auth, body).subarray(0, RTCP_TAG_BYTES)]);
  }

  /** Undefined when it does not authenticate or is not encrypted. */
  unprotectRtcp(packet: Buffer): Buffer | undefined {
    const end = packet.length - RTCP_TAG_BYTES;
    if (end < 8 + RTCP_INDEX_BYTES) return undefined;
    const body = packet.subarray(0, end);
    if (!timingSafeEqual(packet.subarray(end), hmac(this.#rtcp.auth, body).subarray(0, RTCP_TAG_BYTES)))
      return undefined;
    const trailer = packet.readUInt32BE(end - RTCP_INDEX_BYTES);
    if (trailer < 0x80000000) return undefined;
    return cryptRtcp(this.#rtcp, body.subarray(0, -RTCP_INDEX_BYTES), trailer - 0x80000000);
  }

  #tag(body: Buffer, rollover: number): Buffer {
    return hmac(this.#rtp.auth, Buffer.concat([body, uint32(rollover)])).subarray(0, this.#tagBytes);
  }

  #crypt(packet: Buffer, rollover: number): Buffer {
    const start = headerLength(packet, packet.length);
    const iv = counter(this.#rtp.salt, packet.readUInt32BE(8), rollover, packet.readUInt16BE(2));
    return Buffer.concat([packet.subarray(0, start), keyed(this.#rtp.cipher, iv, packet.subarray(start))]);
  }
}

function cryptRtcp(keys: Keys, packet: Buffer, index: number): Buffer {
  const iv = counter(keys.salt, packet.readUInt32BE(4), Math.floor(index / 65_536), index % 65_536);
  return Buffer.concat([packet.subarray(0, 8), keyed(keys.cipher, iv, packet.subarray(8))]);
}

/** RFC 3711 §4.3.1 with a key derivation rate of 0; `label` is that of the cipher key, authentication and salt are the next two. */
function derive(master: Buffer, label: number): Keys {
  const key = master.subarray(0, -14);
  const part = (offset: number, lengthBytes: number): Buffer => {
    const iv = Buffer.concat([master.subarray(-14), Buffer.alloc(2)]);
    iv.writeUInt8(iv.readUInt8(7) ^ (label + offset), 7);
    return keyed(key, iv, Buffer.alloc(lengthBytes));
  };
  return { cipher: part(0, key.length), auth: part(1, 20), salt: part(2, 14) };
}

/** RFC 3711 §4.1.1: salt, SSRC and packet index; the last 16 bits count blocks. */
function counter(salt: Buffer, ssrc: number, high: number, low: number): Buffer {
  const iv = Buffer.concat([salt, Buffer.alloc(2)]);
  const mix = (value: number, at: number): number => iv.writeUInt32BE((iv.readUInt32BE(at) ^ value) >>> 0, at);
  mix(ssrc, 4);
  mix(high, 8);
  mix(low * 65_536, 12);
  return iv;
}

function keyed(key: Buffer, iv: Buffer, data: Buffer): Buffer {
  const cipher = createCipheriv(`aes-${8 * key.length}-ctr`, key, iv);
  return Buffer.concat([cipher.update(data), cipher.final()]);
}

function hmac(key: Buffer, data: Buffer): Buffer {
  return createHmac("sha1", key).update(data).digest();
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
