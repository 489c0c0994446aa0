import { Malformed, readSdp } from "@trunkline/sip";
import type { MediaSummary } from "@trunkline/trunking";

/** `RTP/SAVP`, `RTP/SAVPF` and what is built on them (RFC 4568, RFC 5124, RFC 5764). */
const SECURE = /SAVPF?$/i;

/**
 * The audio of an offer as routing wants to know it (SEC-2). Null: there is no offer, or one that cannot be read, which the media plane
 * refuses by itself.
 *
 * An offer of both kinds, for the other side to choose, counts as plain: what a secure trunk may not have is in it.
 */
export function summariseMedia(sdp: string | undefined): MediaSummary | null {
  if (sdp === undefined) return null;
  const description = readSdp(sdp);
  if (description instanceof Malformed) return null;
  const audio = description.media.filter(({ kind, port }) => kind === "audio" && port !== 0);
  if (audio.length === 0) return { kind: "none" };
  return { kind: audio.every(({ proto }) => SECURE.test(proto)) ? "srtp" : "rtp" };
}
