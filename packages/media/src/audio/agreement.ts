import { isIP } from "node:net";
import { isMalformed, isUnspecified, type MediaDescription, readSdp, type SdpDirection } from "@trunkline/sip";
import type { Law } from "./g711.ts";

/** Our telephone-event number in offers. */
const EVENT_TYPE = 101;

/** What an endpoint and its peer speak with each other, from the peer's offer or answer. */
export type Agreement = {
  readonly law: Law;
  readonly payloadType: number;
  /** Null when the peer takes no telephone events. */
  readonly eventType: number | null;
  readonly address: string;
  readonly port: number;
  /** RTCP goes along with RTP (RFC 5761). */
  readonly muxed: boolean;
  readonly direction: SdpDirection;
  /** False when it wants no media: its direction says so or it is held by 0.0.0.0. */
  readonly receives: boolean;
  /** Every line of the peer's SDP, so that ours has as many (RFC 3264 §6, §8), and which of them is ours. */
  readonly lines: readonly { readonly kind: string; readonly proto: string; readonly formats: string }[];
  readonly line: number;
};

/** Reads the peer's SDP; null when it has no audio line over plain RTP with PCMU or PCMA, or cannot be read. */
export function agree(peerSdp: string): Agreement | null {
  const description = readSdp(peerSdp);
  if (isMalformed(description)) return null;
  const lines = description.media.map(({ kind, proto, formats }) => ({ kind, proto, formats: formats.join(" ") }));
  for (const [line, media] of description.media.entries()) {
    const { connection, port, proto } = media;
    if (media.kind !== "audio" || port === 0 || !/^RTP\/AVPF?$/i.test(proto) || connection === undefined) continue;
    const payloadType = typeOf(media, "PCMU") ?? typeOf(media, "PCMA");
    if (payloadType === undefined || isIP(connection.address) === 0) continue;
    const { direction, rtcpMux } = media;
    return {
      law: payloadType === typeOf(media, "PCMU") ? "PCMU" : "PCMA",
      payloadType,
      eventType: typeOf(media, "telephone-event") ?? null,
      address: connection.address,
      port,
      muxed: rtcpMux,
      direction,
      receives: direction !== "sendonly" && direction !== "inactive" && !isUnspecified(connection.address),
      lines,
      line,
    };
  }
  return null;
}

function typeOf(media: MediaDescription, encoding: string): number | undefined {
  const format = media.formats.find((candidate) => {
    const map = media.rtpmaps.get(candidate);
    return map?.encoding.toUpperCase() === encoding.toUpperCase() && map.clockRateHz === 8_000;
  });
  return format === undefined ? undefined : Number(format);
}

/** The direction that fits what the peer said, seen from our side (RFC 3264 §6.1). */
export function fitting(peer: SdpDirection): SdpDirection {
  if (peer === "sendonly") return "recvonly";
  return peer === "recvonly" ? "sendonly" : peer;
}

export type Place = {
  readonly address: string;
  readonly port: number;
  readonly sessionId: number;
  readonly version: number;
};

/** SDP of an endpoint: an offer of everything before there is an agreement, afterwards what was agreed. */
export function describeEndpoint(place: Place, direction: SdpDirection, agreement: Agreement | null): string {
  const connection = `IN IP${isIP(place.address)} ${place.address}`;
  const head = ["v=0", `o=- ${place.sessionId} ${place.version} ${connection}`, "s=-", `c=${connection}`, "t=0 0"];
  const own = audioLines(place.port, direction, agreement);
  const media = agreement?.lines.flatMap(({ kind, proto, formats }, index) =>
    index === agreement.line ? own : [`m=${kind} 0 ${proto} ${formats}`],
  );
  return `${[...head, ...(media ?? own)].join("\r\n")}\r\n`;
}

function audioLines(port: number, direction: SdpDirection, agreement: Agreement | null): readonly string[] {
  const maps: readonly (readonly [type: number, encoding: string])[] = agreement
    ? [[agreement.payloadType, agreement.law]]
    : [
        [0, "PCMU"],
        [8, "PCMA"],
      ];
  const eventType = agreement ? agreement.eventType : EVENT_TYPE;
  const types = [...maps.map(([type]) => type), ...(eventType === null ? [] : [eventType])];
  const proto = agreement?.lines[agreement.line]?.proto ?? "RTP/AVP";
  return [
    `m=audio ${port} ${proto} ${types.join(" ")}`,
    ...maps.map(([type, encoding]) => `a=rtpmap:${type} ${encoding}/8000`),
    ...(eventType === null ? [] : [`a=rtpmap:${eventType} telephone-event/8000`, `a=fmtp:${eventType} 0-15`]),
    "a=ptime:20",
    ...(agreement === null || agreement.muxed ? ["a=rtcp-mux"] : []),
    `a=${direction}`,
  ];
}
