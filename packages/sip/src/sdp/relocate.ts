import {
  isUnspecified,
  type MediaDescription,
  type SdpFamily,
  type SdpLine,
  type SessionDescription,
} from "./description.ts";

/** Where a description's streams are to be received from now on. */
export type SdpPlace = {
  readonly family: SdpFamily;
  readonly address: string;
  /** By m-line, in order. An m-line without a place gets port 0. */
  readonly media: readonly SdpMediaPlace[];
  /**
   * True for attributes that must not reach the other side: those that name further addresses (`candidate`), for instance.
   * Absent: all stay. `media` is the index of the m-line, -1 at session level.
   */
  omit?(attribute: string, media: number): boolean;
};

export type SdpMediaPlace = {
  readonly port: number;
  /** Shown where there is an `a=rtcp`. Default: the RTP port when the description had both on one port, else one above it. */
  readonly rtcpPort?: number;
};

/**
 * The description with our addresses and ports in place of its own: address of `o=` (session and version stay), `c=`, port of
 * `m=`, `a=rtcp`. Every other line stays byte for byte and in order (what we do not understand is between the two ends).
 *
 * A port of 0 stays 0 (RFC 3264 §6), an unspecified address stays as it is (hold by RFC 2543); multicast scope (`/127`) and a
 * count of ports (`49170/2`) go, since a relay has one port.
 */
export function relocateSdp(description: SessionDescription, place: SdpPlace): string {
  let text = "";
  for (const line of description.lines) {
    const relocated = relocateLine(line, description.media[line.media], place);
    if (relocated !== undefined) text += relocated + line.end;
  }
  return text;
}

function relocateLine(line: SdpLine, media: MediaDescription | undefined, place: SdpPlace): string | undefined {
  const { text } = line;
  if (text.startsWith("a=")) return relocateAttribute(line, media, place);
  if (text.startsWith("o=")) {
    return text.replace(/IN +(?:IP4|IP6) +\S+[ \t]*$/, () => `IN ${place.family} ${place.address}`);
  }
  if (text.startsWith("c=")) return relocateConnection(text, place);
  if (!media || !text.startsWith("m=")) return text;
  const port = media.port === 0 ? 0 : (place.media[line.media]?.port ?? 0);
  return text.replace(/^(m=\S+ +)\d+(?:\/\d+)?/, (_whole, kind: string) => `${kind}${port}`);
}

function relocateConnection(text: string, place: SdpPlace): string {
  const address = /^c=IN +\S+ +([^\s/]+)/.exec(text)?.[1];
  return address === undefined || isUnspecified(address) ? text : `c=IN ${place.family} ${place.address}`;
}

function relocateAttribute(line: SdpLine, media: MediaDescription | undefined, place: SdpPlace): string | undefined {
  const colon = line.text.indexOf(":");
  const name = line.text.slice(2, colon < 0 ? undefined : colon);
  if (place.omit?.(name, line.media)) return undefined;
  if (name !== "rtcp" || !media) return line.text;
  const target = place.media[line.media];
  if (!target || media.port === 0) return line.text;
  const rtcpPort = target.rtcpPort ?? (media.rtcp.port === media.port ? target.port : target.port + 1);
  return `a=rtcp:${rtcpPort}${media.rtcp.address === undefined ? "" : ` IN ${place.family} ${place.address}`}`;
}
