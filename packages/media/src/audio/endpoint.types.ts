/**
 * A talking end of RTP: what the simulated PSTN and the built-in test PBX listen and speak with. Not part of the relay.
 */
export type AudioSource =
  | { readonly kind: "silence" }
  | { readonly kind: "tone"; readonly hz: number }
  /** Recorded speech in µ-law at 8 kHz, once; silence after it. */
  | { readonly kind: "clip"; readonly mulaw: Uint8Array }
  /** Sends back what arrives, packet by packet. */
  | { readonly kind: "echo" }
  /** Nothing at all is sent. */
  | { readonly kind: "none" };

export type AudioReport = {
  readonly packetsSent: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly jitterMs: number | null;
  readonly mos: number | null;
  /** The strongest tone heard in the last second of audio, or null for silence. */
  readonly toneHz: number | null;
  /** DTMF heard by RFC 4733, in order. */
  readonly digits: string;
  /** Round trip of our own marked audio when the far end echoes, median in ms; null when not measurable. */
  readonly echoDelayMs: number | null;
};

export interface AudioEndpoint {
  readonly address: string;
  readonly port: number;
  /** SDP offer or answer that describes this endpoint. `direction` as in RFC 4566 §6. */
  describe(direction?: "sendrecv" | "sendonly" | "recvonly" | "inactive"): string;
  /** Takes the peer's SDP (offer or answer): where to send, which payload types. False when nothing in it can be used. */
  connect(peerSdp: string): boolean;
  play(source: AudioSource): void;
  /** Sends digits by RFC 4733, 100 ms each with 100 ms gaps; resolves when the last one left. */
  sendDigits(digits: string): Promise<void>;
  report(): AudioReport;
  close(): void;
}
