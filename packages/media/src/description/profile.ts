import type { MediaDescription } from "@trunkline/sip";

/** What a media line carries: RTP, or datagrams of which nothing is known but their ends (T.38 over UDPTL). */
export type Content = "rtp" | "datagram";

/** What a media line's transport carries, and whether enciphered; null for what cannot be relayed as datagrams between two ends. */
export function transportOf(proto: string): { readonly content: Content; readonly secure: boolean } | null {
  switch (proto.toUpperCase()) {
    case "RTP/AVP":
    case "RTP/AVPF":
      return { content: "rtp", secure: false };
    case "RTP/SAVP":
    case "RTP/SAVPF":
      return { content: "rtp", secure: true };
    case "UDPTL":
      return { content: "datagram", secure: false };
    default:
      return null;
  }
}

/** The profile with or without encryption, with feedback (RFC 4585, RFC 5124) where it was. Others stay. */
export function profileFor(proto: string, secure: boolean): string {
  return transportOf(proto)?.content === "rtp" ? proto.replace(/\/S?AVP/i, secure ? "/SAVP" : "/AVP") : proto;
}

/** Encodings that go with any other: digits (RFC 4733) and comfort noise (RFC 3389). */
const ALWAYS: ReadonlySet<string> = new Set(["telephone-event", "cn"]);

/**
 * Formats of an RTP line that a leg may be offered. Null: all of them. Empty: of what carries the medium none is left.
 *
 * @param codecs encoding names in lower case; null for no restriction
 */
export function allowedFormats(media: MediaDescription, codecs: readonly string[] | null): ReadonlySet<string> | null {
  if (codecs === null) return null;
  const encodingOf = (format: string): string => media.rtpmaps.get(format)?.encoding.toLowerCase() ?? "";
  const kept = media.formats.filter((format) => codecs.includes(encodingOf(format)) || ALWAYS.has(encodingOf(format)));
  return new Set(kept.every((format) => ALWAYS.has(encodingOf(format))) ? [] : kept);
}
