import type { AudioEndpoint } from "@trunkline/media";
import type { Host } from "@trunkline/sip";

/** What scripted calls need from outside: time and a way to be heard. Sockets behind it or a simulation, they cannot tell. */
export type Stage = {
  readonly host: Host;
  /** Opens RTP on that local address. */
  openAudio(address: string): Promise<AudioEndpoint>;
  /** A call that nobody ends is ended after this long, so that a vanished peer cannot fill the room. */
  readonly maxCallMs: number;
};

/** Between the answer and the first digit: the other leg of a relay learns of the answer a moment later and would miss it. */
export const DIGITS_AFTER_MS = 500;

/** An address as the host of a URI or Via: IPv6 in brackets. */
export function uriHost(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
