/** RTP header fields, read and written in place (RFC 3550 §5.1). Readers other than `headerLength` trust that it was asked first. */

/** Bytes of a header without CSRCs and extension. */
export const FIXED_HEADER_BYTES = 12;

/** Length of the RTP header in bytes, or -1 when `length` bytes of `p` are not a whole RTP packet (RFC 3550 §5.1). */
export function headerLength(p: Uint8Array, length: number): number {
  if (length < FIXED_HEADER_BYTES || (p[0] as number) >>> 6 !== 2) return -1;
  let n = FIXED_HEADER_BYTES + 4 * ((p[0] as number) & 0x0f);
  if ((p[0] as number) & 0x10) {
    if (length < n + 4) return -1;
    n += 4 + 4 * (((p[n + 2] as number) << 8) | (p[n + 3] as number));
  }
  return n <= length ? n : -1;
}

/** Where the payload ends: before the padding when the P bit is set, or -1 when the padding count is impossible. */
export function payloadEnd(p: Uint8Array, length: number, start: number): number {
  if (((p[0] as number) & 0x20) === 0) return length;
  const padding = p[length - 1] as number;
  return padding > 0 && start + padding <= length ? length - padding : -1;
}

/**
 * True when the packet on an RTP port is RTCP: its second byte is in 192–223, which RTP payload types with the marker bit
 * leave free (RFC 5761 §4).
 */
export function isRtcp(p: Uint8Array, length: number): boolean {
  return length >= 8 && (p[0] as number) >>> 6 === 2 && (p[1] as number) >= 192 && (p[1] as number) <= 223;
}

export function hasMarker(p: Uint8Array): boolean {
  return ((p[1] as number) & 0x80) !== 0;
}

export function payloadTypeOf(p: Uint8Array): number {
  return (p[1] as number) & 0x7f;
}

export function sequenceOf(p: Uint8Array): number {
  return ((p[2] as number) << 8) | (p[3] as number);
}

export function timestampOf(p: Uint8Array): number {
  return readUint32(p, 4);
}

export function ssrcOf(p: Uint8Array): number {
  return readUint32(p, 8);
}

/** Writes a fixed header at the start of `p`; numbers are taken modulo their field. */
export function writeHeader(
  p: Uint8Array,
  payloadType: number,
  marker: boolean,
  sequence: number,
  timestamp: number,
  ssrc: number,
): void {
  p[0] = 0x80;
  p[1] = (marker ? 0x80 : 0) | (payloadType & 0x7f);
  p[2] = sequence >>> 8;
  p[3] = sequence;
  writeUint32(p, 4, timestamp);
  writeUint32(p, 8, ssrc);
}

export function readUint32(p: Uint8Array, at: number): number {
  return (
    (((p[at] as number) << 24) |
      ((p[at + 1] as number) << 16) |
      ((p[at + 2] as number) << 8) |
      (p[at + 3] as number)) >>>
    0
  );
}

export function writeUint32(p: Uint8Array, at: number, value: number): void {
  p[at] = value >>> 24;
  p[at + 1] = value >>> 16;
  p[at + 2] = value >>> 8;
  p[at + 3] = value;
}
