import type { MediaSummary } from "@trunkline/trunking";

/** Port and profile of an audio line. Bounded, so that no line of digits makes it look again and again. */
const AUDIO = /^m=audio[ \t]+(\d{1,5})(?:\/\d{1,5})?[ \t]+(\S+)/gm;

/** `RTP/SAVP`, `RTP/SAVPF` and what is built on them (RFC 4568, RFC 5124, RFC 5764). */
const SECURE = /SAVPF?$/i;

/**
 * The audio of an offer as routing wants to know it (SEC-2); null: there is no offer.
 *
 * An offer of both kinds, for the other side to choose, counts as plain: what a secure trunk may not have is in it. The description is
 * only looked through, not read, because callers who have proved nothing send it too; one that is broken is for the media plane to refuse.
 */
export function summariseMedia(sdp: string | undefined): MediaSummary | null {
  if (sdp === undefined) return null;
  let kind: MediaSummary["kind"] = "none";
  for (const [, port, profile = ""] of sdp.matchAll(AUDIO)) {
    if (Number(port) === 0) continue;
    if (!SECURE.test(profile)) return { kind: "rtp" };
    kind = "srtp";
  }
  return { kind };
}
