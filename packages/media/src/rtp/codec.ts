/** One payload type of a media line: what `a=rtpmap` says, or RFC 3551 for the static ones. */
export type PayloadFormat = {
  readonly type: number;
  /** Encoding name as written, e.g. `PCMU`, `telephone-event`. */
  readonly name: string;
  /** Ticks of the RTP timestamp per second. */
  readonly clockRate: number;
};

/** True for formats that carry the medium itself: not DTMF (RFC 4733), comfort noise (RFC 3389) or redundancy (RFC 2198). */
export function isSpeech(name: string): boolean {
  const lower = name.toLowerCase();
  return lower !== "telephone-event" && lower !== "tone" && lower !== "cn" && lower !== "red";
}

/** True for keys of the telephone's keypad (RFC 4733). */
export function isTelephoneEvent(name: string): boolean {
  return name.toLowerCase() === "telephone-event";
}

/** True for formats whose timestamps follow the clock packet by packet, so that jitter may be read from them. */
export function isPaced(name: string): boolean {
  return name.toLowerCase() !== "telephone-event" && name.toLowerCase() !== "tone";
}
