import { isIP, SocketAddress } from "node:net";
import {
  isMalformed,
  isUnspecified,
  type MediaDescription,
  readSdp,
  relocateSdp,
  type SdpFamily,
  type SessionDescription,
} from "@trunkline/sip";
import type { MediaRefusal } from "../plane.ts";
import type { PayloadFormat } from "../rtp/codec.ts";
import type { Remote } from "./protocol.ts";

/** What SDP means for the relay: which lines it carries, where the ends are, what to show to the other side. No socket, no state. */

/** ICE names addresses beside ours, and media must pass through us; without its attributes both ends use `c=` (RFC 8839 §4.2.5). */
const NOT_PASSED = /^(?:candidate|remote-candidates|end-of-candidates|ice-.*)$/;

export function refuse(status: MediaRefusal["status"], why: string): MediaRefusal {
  return { kind: "refusal", status, why };
}

export function isRefusal(value: object): value is MediaRefusal {
  return (value as Partial<MediaRefusal>).kind === "refusal";
}

/** What a line carries, or null when we cannot carry it: switched off, encrypted (issue 5), or not over plain UDP. */
export function contentOf(media: MediaDescription): Remote["content"] | null {
  if (media.port === 0) return null;
  const proto = media.proto.toUpperCase();
  if (proto === "RTP/AVP" || proto === "RTP/AVPF") return "rtp";
  return proto === "UDPTL" ? "datagram" : null;
}

/**
 * Reads what a leg sent and says whether the relay can carry it.
 *
 * @param family of our address towards that leg: packets cannot cross from one to the other
 */
export function readDescription(sdp: string, family: SdpFamily): SessionDescription | MediaRefusal {
  const description = readSdp(sdp);
  if (isMalformed(description)) return refuse(400, `unreadable SDP: ${description.what}`);
  const { media } = description;
  if (media.length === 0) return refuse(488, "the SDP has no media line");
  const carried = media.filter((line) => contentOf(line) !== null);
  const open = media.filter((line) => line.port !== 0);
  if (carried.length === 0 && open.length > 0) {
    const protos = open.map((line) => line.proto).join(", ");
    const secure = open.some((line) => /SAVP/i.test(line.proto));
    return refuse(488, secure ? `SRTP is not supported here (${protos})` : `no media line over plain RTP (${protos})`);
  }
  for (const line of carried) {
    const { connection } = line;
    if (connection === undefined || isIP(connection.address) === 0) {
      return refuse(488, `the connection address is no IP address (${connection?.address})`);
    }
    if (isForMany(connection.address)) return refuse(488, `media is not sent to many at once (${connection.address})`);
    if (familyOf(connection.address) !== family && !isUnspecified(connection.address)) {
      return refuse(488, `the media address ${connection.address} is not ${family}, our address for it is`);
    }
  }
  return description;
}

/** Why this cannot be an answer to that offer, or null (RFC 3264 §6: one line for each, in order). */
export function mismatch(offer: SessionDescription, answer: SessionDescription): string | null {
  if (offer.media.length !== answer.media.length) {
    return `the answer has ${answer.media.length} media lines, the offer ${offer.media.length}`;
  }
  const odd = answer.media.findIndex((line, index) => {
    const offered = offer.media[index];
    return line.port !== 0 && offered !== undefined && contentOf(line) !== contentOf(offered);
  });
  return odd < 0 ? null : `media line ${odd + 1} is answered with ${answer.media[odd]?.proto}`;
}

/** How to reach one end of a line that both sides keep; `mine` is its own line, `other` the same line of the other side. */
export function remoteOf(mine: MediaDescription, other: MediaDescription): Remote {
  const content = contentOf(mine);
  const address = mine.connection?.address ?? "";
  if (content === null || contentOf(other) === null) return SWITCHED_OFF;
  const held = isUnspecified(address);
  const rtcpAddress = mine.rtcp.address;
  return {
    content,
    address: held ? "" : canonicalAddress(address),
    port: mine.port,
    rtcpAddress: canonicalAddress(rtcpAddress !== undefined && isIP(rtcpAddress) !== 0 ? rtcpAddress : address),
    rtcpPort: mine.rtcp.port <= 65_535 ? mine.rtcp.port : 0,
    muxed: mine.rtcpMux && other.rtcpMux,
    receives: mine.direction === "sendrecv" || mine.direction === "recvonly",
    formats: formatsFrom(mine, other),
  };
}

const SWITCHED_OFF: Remote = {
  content: "rtp",
  address: "0.0.0.0",
  port: 0,
  rtcpAddress: "0.0.0.0",
  rtcpPort: 0,
  muxed: false,
  receives: false,
  formats: [],
};

/** What payload types mean in packets from one end: the numbers of the side they are sent to (RFC 3264 §5.1), then its own. */
function formatsFrom(mine: MediaDescription, other: MediaDescription): readonly PayloadFormat[] {
  const formats = new Map<number, PayloadFormat>();
  for (const { rtpmaps } of [mine, other]) {
    for (const [format, { encoding, clockRateHz }] of rtpmaps) {
      const type = Number(format);
      if (type >= 0 && type <= 127) formats.set(type, { type, name: encoding, clockRate: clockRateHz });
    }
  }
  return [...formats.values()];
}

/**
 * The description as the other side gets it, but for its `o=` line: see `withOrigin`.
 *
 * @param ports ours for each line; undefined for lines that are not carried
 */
export function showTo(
  description: SessionDescription,
  address: string,
  ports: readonly (number | undefined)[],
): string {
  const media = ports.map((port) => ({ port: port ?? 0 }));
  const text = relocateSdp(description, {
    family: familyOf(address),
    address,
    media,
    omit: (attribute) => NOT_PASSED.test(attribute),
  });
  return text.replace(ORIGIN, "o=");
}

const ORIGIN = /^o=.*$/m;

/**
 * Puts in our own origin. Who sent a description may change in the middle of a dialog (another fork answers); the origin that the
 * other side sees may not (RFC 3264 §8).
 */
export function withOrigin(text: string, address: string, sessionId: number, version: number): string {
  return text.replace(ORIGIN, `o=- ${sessionId} ${version} IN ${familyOf(address)} ${address}`);
}

export function familyOf(address: string): SdpFamily {
  return isIP(address) === 6 ? "IP6" : "IP4";
}

/** Multicast and broadcast: one packet from us would become many (RFC 5771, RFC 4291 §2.7). */
function isForMany(address: string): boolean {
  return isIP(address) === 6 ? /^ff/i.test(address) : Number(address.split(".")[0]) >= 224;
}

/** The form in which the system prints a source address, so that two of them can be compared as text. */
function canonicalAddress(address: string): string {
  return isIP(address) === 6 ? new SocketAddress({ address, family: "ipv6" }).address : address;
}
