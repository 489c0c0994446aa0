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
  /** In place of what the m-line says, e.g. `RTP/SAVP`. */
  readonly proto?: string;
  /** The only formats that stay, in the order of the m-line; what is said about the others goes with them. Absent: all. */
  readonly formats?: ReadonlySet<string>;
  /** Attributes to add before the m-line's own, without `a=`. */
  readonly add?: readonly string[];
};

/** Attributes whose value begins with the format they are about. */
const ABOUT_A_FORMAT: ReadonlySet<string> = new Set(["rtpmap", "fmtp", "rtcp-fb"]);

/**
 * The description with our addresses and ports in place of its own: address of `o=` (session and version stay), `c=`, port of
 * `m=`, `a=rtcp`, and what else `place` asks to change. Every other line stays byte for byte and in order (what we do not
 * understand is between the two ends).
 *
 * A port of 0 stays 0 (RFC 3264 §6), an unspecified address stays as it is (hold by RFC 2543); multicast scope (`/127`) and a
 * count of ports (`49170/2`) go, since a relay has one port.
 */
export function relocateSdp(description: SessionDescription, place: SdpPlace): string {
  const { lines, media } = description;
  let text = "";
  /** The m-line whose additions have been written. */
  let added = -1;
  for (const [index, line] of lines.entries()) {
    const isAttribute = line.text.startsWith("a=");
    const add = line.media > added && isAttribute ? additions(line, place) : "";
    if (isAttribute) added = line.media;
    const relocated = relocateLine(line, media[line.media], place);
    if (relocated !== undefined) text += add + relocated + line.end;
    else text += add;
    const isLast = lines[index + 1]?.media !== line.media;
    const late = isLast && line.media > added ? additions(line, place) : "";
    if (late !== "") text += (line.end === "" ? "\r\n" : "") + late;
  }
  return text;
}

function additions({ media, end }: SdpLine, place: SdpPlace): string {
  const add = place.media[media]?.add ?? [];
  return add.map((attribute) => `a=${attribute}${end === "" ? "\r\n" : end}`).join("");
}

function relocateLine(line: SdpLine, media: MediaDescription | undefined, place: SdpPlace): string | undefined {
  const { text } = line;
  if (text.startsWith("a=")) return relocateAttribute(line, media, place);
  if (text.startsWith("o=")) {
    return text.replace(/IN +(?:IP4|IP6) +\S+[ \t]*$/, () => `IN ${place.family} ${place.address}`);
  }
  if (text.startsWith("c=")) return relocateConnection(text, place);
  return media && text.startsWith("m=") ? relocateMedia(text, media, place.media[line.media]) : text;
}

function relocateMedia(text: string, media: MediaDescription, target: SdpMediaPlace | undefined): string {
  const port = media.port === 0 ? 0 : (target?.port ?? 0);
  const { proto, formats } = target ?? {};
  const kept = formats && media.formats.filter((format) => formats.has(format)).join(" ");
  return text.replace(/^(m=\S+ +)\d+(?:\/\d+)?( +)(\S+)(.*)$/, (_whole, kind, blank, theirs, rest) => {
    return `${kind}${port}${blank}${proto ?? theirs}${kept === undefined ? rest : ` ${kept}`}`;
  });
}

function relocateConnection(text: string, place: SdpPlace): string {
  const address = /^c=IN +\S+ +([^\s/]+)/.exec(text)?.[1];
  return address === undefined || isUnspecified(address) ? text : `c=IN ${place.family} ${place.address}`;
}

function relocateAttribute(line: SdpLine, media: MediaDescription | undefined, place: SdpPlace): string | undefined {
  const colon = line.text.indexOf(":");
  const name = line.text.slice(2, colon < 0 ? undefined : colon);
  if (place.omit?.(name, line.media)) return undefined;
  const target = place.media[line.media];
  if (!media || !target) return line.text;
  if (target.formats && ABOUT_A_FORMAT.has(name)) {
    const format = /^\S*/.exec(line.text.slice(colon + 1))?.[0] ?? "";
    return format === "*" || target.formats.has(format) ? line.text : undefined;
  }
  if (name !== "rtcp" || media.port === 0) return line.text;
  if (target.port === 0) return undefined;
  const rtcpPort = target.rtcpPort ?? (media.rtcp.port === media.port ? target.port : target.port + 1);
  return `a=rtcp:${rtcpPort}${media.rtcp.address === undefined ? "" : ` IN ${place.family} ${place.address}`}`;
}
