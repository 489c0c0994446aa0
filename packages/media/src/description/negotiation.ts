import { isIP } from "node:net";
import {
  isMalformed,
  isUnspecified,
  type MediaDescription,
  readSdp,
  type SdpFamily,
  type SessionDescription,
} from "@trunkline/sip";
import type { Leg, MediaOptions, MediaRefusal } from "../plane.ts";
import { type CryptoLine, chooseCrypto, named, OFFERED } from "../srtp/sdes.ts";
import { allowedFormats, type Content, transportOf } from "./profile.ts";

/** What an offer or an answer means for the relay: which of its lines it carries, and why not the others. No socket, no state. */

/**
 * Media lines that are carried: the first of a description, which keep their places for the whole call (RFC 3264 §8). Each takes eight ports of
 * the range, so that a caller who describes hundreds would leave none to others.
 */
const MAX_CARRIED_LINES = 8;

/** What a leg's descriptions have to be. */
export type LegRules = {
  /** Of our address towards it: packets cannot cross from one family to the other. */
  readonly family: SdpFamily;
  /** SRTP with keys in the SDP, and nothing else (SEC-2). */
  readonly secure: boolean;
  /** Encodings it may be offered; null for all. */
  readonly codecs: readonly string[] | null;
};

/** The rules of one leg of a session. */
export function rulesOf({ advertise, srtp, codecs }: MediaOptions, leg: Leg): LegRules {
  return { family: familyOf(advertise[leg]), secure: srtp?.[leg] ?? false, codecs: codecs?.[leg] ?? null };
}

export function other(leg: Leg): Leg {
  return leg === "a" ? "b" : "a";
}

/** A line that the relay carries. `crypto` is the key of whoever described it, null for plain media. */
export type CarriedLine = { readonly content: Content; readonly crypto: CryptoLine | null };
/** `formats`: those the other leg is shown; null for all. */
export type OfferedLine = CarriedLine & { readonly formats: ReadonlySet<string> | null };

/** By m-line; null for those that are not carried. */
export type Offer = {
  readonly leg: Leg;
  readonly description: SessionDescription;
  readonly lines: readonly (OfferedLine | null)[];
};
export type Answer = { readonly description: SessionDescription; readonly lines: readonly (CarriedLine | null)[] };

export function refuse(status: MediaRefusal["status"], why: string): MediaRefusal {
  return { kind: "refusal", status, why };
}

export function isRefusal(value: object): value is MediaRefusal {
  return (value as Partial<MediaRefusal>).kind === "refusal";
}

/** Reads what `leg` offers; 488 when no line can be carried from it to the other. */
export function readOffer(sdp: string, leg: Leg, rules: Readonly<Record<Leg, LegRules>>): Offer | MediaRefusal {
  const description = readDescription(sdp);
  if (isRefusal(description)) return description;
  const [from, to] = leg === "a" ? [rules.a, rules.b] : [rules.b, rules.a];
  const whyNot: string[] = [];
  const lines = description.media.map((media, index) => {
    if (media.port === 0) return null;
    const line = index < MAX_CARRIED_LINES ? offeredLine(media, from, to) : "there are too many before it";
    if (typeof line !== "string") return line;
    whyNot.push(`media line ${index + 1}: ${line}`);
    return null;
  });
  if (whyNot.length > 0 && lines.every((line) => line === null)) return refuse(488, whyNot.slice(0, 4).join("; "));
  return unreachable(description, lines, from) ?? { leg, description, lines };
}

/** Reads the answer of the other leg; 488 when it does not fit the offer (RFC 3264 §6: one line for each, in order). */
export function readAnswer(sdp: string, offer: Offer, rules: LegRules): Answer | MediaRefusal {
  const description = readDescription(sdp);
  if (isRefusal(description)) return description;
  const offered = offer.lines;
  if (offered.length !== description.media.length) {
    return refuse(488, `the answer has ${description.media.length} media lines, the offer ${offered.length}`);
  }
  const lines: (CarriedLine | null)[] = [];
  for (const [index, media] of description.media.entries()) {
    const asked = offered[index] ?? null;
    const line = asked === null || media.port === 0 ? null : carriedLine(media, rules, OFFERED);
    if (typeof line === "string") return refuse(488, `the answer's media line ${index + 1}: ${line}`);
    if (line !== null && line.content !== asked?.content) {
      return refuse(488, `media line ${index + 1} is answered with ${named(media.proto)}`);
    }
    lines.push(line);
  }
  return unreachable(description, lines, rules) ?? { description, lines };
}

function readDescription(sdp: string): SessionDescription | MediaRefusal {
  const description = readSdp(sdp);
  if (isMalformed(description)) return refuse(400, `unreadable SDP: ${description.what}`);
  return description.media.length === 0 ? refuse(488, "the SDP has no media line") : description;
}

function offeredLine(media: MediaDescription, from: LegRules, to: LegRules): OfferedLine | string {
  const line = carriedLine(media, from);
  if (typeof line === "string") return line;
  if (line.content === "datagram") {
    return to.secure
      ? `${named(media.proto)} cannot be encrypted, and the other side takes SRTP only`
      : { ...line, formats: null };
  }
  const formats = allowedFormats(media, to.codecs);
  if (formats?.size === 0) return `it has no encoding that the other side takes (${to.codecs?.join(", ")})`;
  return { ...line, formats };
}

/** @param only the crypto line that an answer has to take up */
function carriedLine(media: MediaDescription, rules: LegRules, only?: typeof OFFERED): CarriedLine | string {
  const transport = transportOf(media.proto);
  if (transport === null || transport.secure !== rules.secure) {
    const wanted = rules.secure ? "RTP/SAVP with a key in a=crypto" : "RTP/AVP";
    return `${named(media.proto)} is not taken here, only ${wanted}`;
  }
  if (!transport.secure) return { content: transport.content, crypto: null };
  const crypto = chooseCrypto(media.crypto, only);
  return typeof crypto === "string" ? crypto : { content: transport.content, crypto };
}

/** The refusal of a description that wants its media where we cannot or must not send it; null when all is well. */
function unreachable(
  { media }: SessionDescription,
  lines: readonly (CarriedLine | null)[],
  { family }: LegRules,
): MediaRefusal | null {
  for (const [index, { connection }] of media.entries()) {
    if (lines[index] === null) continue;
    if (connection === undefined || isIP(connection.address) === 0) {
      return refuse(488, `the connection address is no IP address (${named(connection?.address ?? "")})`);
    }
    const { address } = connection;
    if (isForMany(address)) return refuse(488, `media is not sent to many at once (${address})`);
    if (familyOf(address) !== family && !isUnspecified(address)) {
      return refuse(488, `the media address ${address} is not ${family}, our address for it is`);
    }
  }
  return null;
}

export function familyOf(address: string): SdpFamily {
  return isIP(address) === 6 ? "IP6" : "IP4";
}

/** Multicast and broadcast: one packet from us would become many (RFC 5771, RFC 4291 §2.7). */
function isForMany(address: string): boolean {
  return isIP(address) === 6 ? /^ff/i.test(address) : Number(address.split(".")[0]) >= 224;
}
