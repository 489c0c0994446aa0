import { isIP, SocketAddress } from "node:net";
import { isUnspecified, type MediaDescription } from "@trunkline/sip";
import type { PayloadFormat } from "../rtp/codec.ts";
import type { SrtpKeys } from "../srtp/srtp-end.ts";
import type { Remote } from "./protocol.ts";

/**
 * How to reach one end of a line that both sides keep; `mine` is its own line, `other` the same line of the other side.
 *
 * @param srtp its keys, null when it speaks plain
 */
export function remoteOf(
  mine: MediaDescription,
  other: MediaDescription,
  content: Remote["content"],
  srtp: SrtpKeys | null,
): Remote {
  const address = mine.connection?.address ?? "";
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
    sends: !held && (mine.direction === "sendrecv" || mine.direction === "sendonly"),
    formats: formatsFrom(mine, other),
    srtp,
  };
}

/** An end of a line that is rejected or gone. */
export const SWITCHED_OFF: Remote = {
  content: "rtp",
  address: "0.0.0.0",
  port: 0,
  rtcpAddress: "0.0.0.0",
  rtcpPort: 0,
  muxed: false,
  receives: false,
  sends: false,
  formats: [],
  srtp: null,
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

/** The form in which the system prints a source address, so that two of them can be compared as text. */
function canonicalAddress(address: string): string {
  return isIP(address) === 6 ? new SocketAddress({ address, family: "ipv6" }).address : address;
}
