import type { HashName } from "@trunkline/sip";

/** Both are offered in this order: devices that know only MD5 often look at the first challenge alone (RFC 8760 §2.4 lets the rest choose). */
const BOTH: readonly HashName[] = ["MD5", "SHA-256"];

/**
 * Peers that give the call up when any challenge names an algorithm they do not know, instead of ignoring it (RFC 3261 §22.4,
 * RFC 8760 §2.4). They are asked for MD5 alone; a caller who pretends to be one gains only the weaker hash of its own password.
 */
const MD5_ALONE: readonly RegExp[] = [
  // libre answered every other algorithm with ENOSYS until it learnt SHA-256 in its release 3.12.
  /^baresip v(?:[0-2]\.|3\.(?:\d|1[01])\.)/,
  // Sofia-SIP keeps the last challenge of a realm and can answer MD5 only: "900 Cannot add credentials" in 1.12.11 as in 1.13.17.
  /^FreeSWITCH/i,
  /\bsofia-sip\//i,
  /^Janus WebRTC Server SIP Plugin/,
  // PJSIP before 2.12 gives up at the first algorithm it does not know (its pull request 2408); Asterisk learnt SHA-256 in 20.12, 21.7, 22.2.
  /^(?:Asterisk PBX |FPBX-[\d.]+\()(?:certified\/)?(?:1\d?\.|20\.(?:\d|1[01])\b|21\.[0-6]\b|22\.[01]\b)/,
];

/** The digest algorithms to offer a peer, in order. */
export function challengeAlgorithms(userAgent: string | undefined): readonly HashName[] {
  return userAgent !== undefined && MD5_ALONE.some((peer) => peer.test(userAgent)) ? ["MD5"] : BOTH;
}
