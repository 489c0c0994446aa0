/**
 * A session description (RFC 8866) as read: every line kept as it came, beside the few values a relay looks at.
 */
export type SessionDescription = {
  /** All lines in order with their line ends; joined they are the text that was read. */
  readonly lines: readonly SdpLine[];
  readonly origin: SdpOrigin;
  /** Session-level attributes in order. */
  readonly attributes: readonly SdpAttribute[];
  readonly media: readonly MediaDescription[];
};

export type SdpLine = {
  /** Without its end. */
  readonly text: string;
  /** CRLF or LF as received, empty for a last line without one. */
  readonly end: string;
  /** Index of the m-line it belongs to, -1 at session level. */
  readonly media: number;
};

export type SdpFamily = "IP4" | "IP6";
export type SdpDirection = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** `a=name:value`, or `a=name` with an empty value. */
export type SdpAttribute = { readonly name: string; readonly value: string };

export type SdpOrigin = {
  readonly username: string;
  readonly sessionId: string;
  readonly sessionVersion: string;
  readonly family: SdpFamily;
  readonly address: string;
};

/** Where a stream wants its packets: an address literal or, rarely, a host name. */
export type SdpConnection = { readonly family: SdpFamily; readonly address: string };

export type RtpMap = {
  /** As written; compare without case (RFC 4855 §3). */
  readonly encoding: string;
  readonly clockRateHz: number;
  /** Channels of audio; 1 when not given. */
  readonly channels: number;
};

/** One `a=crypto` line (RFC 4568 §9.1). `keyParams` is as written: `inline:` and what follows. */
export type SdpCrypto = {
  readonly tag: number;
  readonly suite: string;
  readonly keyParams: string;
  readonly sessionParams: readonly string[];
};

export type MediaDescription = {
  /** `audio`, `video`, `image` ... as written. */
  readonly kind: string;
  /** 0: refused or switched off (RFC 3264 §6). */
  readonly port: number;
  /** `RTP/AVP`, `RTP/SAVP`, `udptl` ... as written. */
  readonly proto: string;
  /** Payload types for RTP, in order of preference. */
  readonly formats: readonly string[];
  /** From its own `c=` or the session's; undefined only when the port is 0. */
  readonly connection: SdpConnection | undefined;
  readonly attributes: readonly SdpAttribute[];
  /** Its own or the session's; `sendrecv` when neither says. */
  readonly direction: SdpDirection;
  /** By format; formats without `a=rtpmap` have what RFC 3551 §6 assigns, or nothing. */
  readonly rtpmaps: ReadonlyMap<string, RtpMap>;
  /** `a=fmtp` parameters as written, by format. */
  readonly fmtps: ReadonlyMap<string, string>;
  /** From `a=rtcp` (RFC 3605), else one above the RTP port. With `rtcpMux` accepted it does not count. */
  readonly rtcp: { readonly port: number; readonly address: string | undefined };
  readonly rtcpMux: boolean;
  readonly crypto: readonly SdpCrypto[];
};

/** Value of the first attribute with that name, empty for a flag; undefined when there is none. */
export function sdpAttribute(attributes: readonly SdpAttribute[], name: string): string | undefined {
  return attributes.find((attribute) => attribute.name === name)?.value;
}

/** True for 0.0.0.0 and ::, with which RFC 2543 put a stream on hold (RFC 3264 §8.4). */
export function isUnspecified(address: string): boolean {
  return address === "0.0.0.0" || /^[0:]+$/.test(address);
}
