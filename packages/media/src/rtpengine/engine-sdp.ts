import { isIP } from "node:net";
import {
  isMalformed,
  isUnspecified,
  type MediaDescription,
  type RtpMap,
  readSdp,
  type SdpDirection,
} from "@trunkline/sip";
import { type CarriedLine, familyOf } from "../description/negotiation.ts";
import { type CryptoLine, chooseCrypto, writeCrypto } from "../srtp/sdes.ts";

/**
 * The descriptions that we and rtpengine show each other. It gets what it needs to carry a call and nothing else that the ends wrote: it
 * parses in C, and its opinions about attributes are not ours. What the ends are shown is written by the rules of every media plane; of
 * rtpengine's answer only the places and keys are taken.
 */

/** One media line as a leg described it. */
export type EngineLine = CarriedLine & {
  /** `audio`, `image` … */
  readonly kind: string;
  readonly address: string;
  readonly port: number;
  /** RTCP on the port of RTP (RFC 5761), offered or accepted. */
  readonly isMuxed: boolean;
  readonly rtcpAddress: string;
  readonly rtcpPort: number;
  /** Of packets it does not mind it (see `EngineCall.hold`), but of how long silence is in order. */
  readonly direction: SdpDirection;
  readonly formats: readonly string[];
  readonly rtpmaps: ReadonlyMap<string, RtpMap>;
};

/** Lines in order; undefined for one that is switched off or that no media plane carries. */
export type EngineLines = readonly (EngineLine | undefined)[];

/** Where rtpengine listens for a leg's media line, and the key that it enciphers with towards that leg. */
export type EnginePlace = { readonly address: string; readonly port: number; readonly crypto: CryptoLine | null };
export type EnginePlaces = readonly (EnginePlace | undefined)[];

/**
 * Types that rtpengine is to know whatever the leg named, for it counts packets of types that it does not know as errors: comfort noise, which
 * is often sent unannounced (RFC 3389 §4), and what RTCP looks like when it strays to the port of RTP (RFC 5761 §4).
 */
const UNANNOUNCED = ["13", "72", "73", "74", "75", "76"];
/** Name of a type that nobody named: without one rtpengine writes `/0` of it, and does not understand that again. */
export const UNNAMED = "unnamed";
const NO_NAME: RtpMap = { encoding: UNNAMED, clockRateHz: 8_000, channels: 1 };
const CN: RtpMap = { encoding: "CN", clockRateHz: 8_000, channels: 1 };

/**
 * What a leg said of a line, for rtpengine.
 *
 * @param before what it said last: hold by 0.0.0.0 (RFC 2543) says nothing about where the holder is
 */
export function engineLine(media: MediaDescription, carried: CarriedLine, before: EngineLine | undefined): EngineLine {
  const address = media.connection?.address ?? "";
  const isHeld = isUnspecified(address) && before !== undefined;
  const rtcpAddress = media.rtcp.address;
  return {
    ...carried,
    kind: media.kind,
    address: isHeld ? before.address : address,
    port: media.port,
    isMuxed: media.rtcpMux,
    rtcpAddress: isHeld
      ? before.rtcpAddress
      : rtcpAddress !== undefined && isIP(rtcpAddress) === isIP(address)
        ? rtcpAddress
        : address,
    rtcpPort: media.rtcp.port <= 65_535 ? media.rtcp.port : 0,
    direction: isHeld ? "inactive" : media.direction,
    formats: media.formats,
    rtpmaps: media.rtpmaps,
  };
}

/** What rtpengine is told of a leg. */
export function writeForEngine(lines: EngineLines): string {
  const address = lines.find((line) => line)?.address ?? "0.0.0.0";
  const head = join("v=0", `o=- 0 0 ${inAddress(address)}`, "s=-", `c=${inAddress(address)}`, "t=0 0");
  return head + lines.map((line) => (line ? writeLine(line) : join("m=audio 0 RTP/AVP 0"))).join("");
}

function writeLine(line: EngineLine): string {
  const connection = `c=${inAddress(line.address)}`;
  if (line.content === "datagram") {
    return join(`m=${line.kind} ${line.port} udptl ${line.formats.join(" ")}`, connection, `a=${line.direction}`);
  }
  const types = [...new Set([...line.formats.filter(isPayloadType), ...UNANNOUNCED])];
  return join(
    `m=${line.kind} ${line.port} ${line.crypto ? "RTP/SAVP" : "RTP/AVP"} ${types.join(" ")}`,
    connection,
    ...types.map((type) => rtpmapLine(type, line.rtpmaps.get(type) ?? (type === "13" ? CN : NO_NAME))),
    `a=${line.direction}`,
    `a=rtcp:${line.rtcpPort} ${inAddress(line.rtcpAddress)}`,
    ...(line.isMuxed ? ["a=rtcp-mux"] : []),
    ...(line.crypto ? [`a=${writeCrypto(line.crypto.tag, line.crypto.key)}`] : []),
  );
}

function isPayloadType(format: string): boolean {
  return /^\d{1,3}$/.test(format) && Number(format) <= 127;
}

function rtpmapLine(type: string, { encoding, clockRateHz, channels }: RtpMap): string {
  return `a=rtpmap:${type} ${encoding}/${clockRateHz}${channels > 1 ? `/${channels}` : ""}`;
}

/**
 * The places in rtpengine's answer for the other leg, or why it cannot be used.
 *
 * @param lines what it was told
 * @param suites of the keys that the other leg needs, for each line; null when it speaks plain RTP
 */
export function readFromEngine(
  sdp: string,
  lines: EngineLines,
  suites: readonly (string | undefined)[] | null,
): EnginePlaces | string {
  const description = readSdp(sdp);
  if (isMalformed(description)) return `an unreadable description (${description.what})`;
  const { media } = description;
  if (media.length !== lines.length) return `${media.length} media lines for ${lines.length}`;
  const places: (EnginePlace | undefined)[] = [];
  for (const [index, { port, connection, crypto }] of media.entries()) {
    const line = lines[index];
    if (line === undefined) {
      places.push(undefined);
      continue;
    }
    const address = connection?.address ?? "";
    const suite = line.content === "rtp" ? suites?.[index] : undefined;
    const key = suite === undefined ? null : chooseCrypto(crypto.filter((one) => one.suite === suite));
    if (port === 0 || isIP(address) === 0) return `no place for media line ${index + 1}`;
    if (typeof key === "string") return `no key for media line ${index + 1}`;
    places.push({ address, port, crypto: key });
  }
  return places;
}

function inAddress(address: string): string {
  return `IN ${familyOf(address)} ${address}`;
}

function join(...text: readonly string[]): string {
  return `${text.join("\r\n")}\r\n`;
}
