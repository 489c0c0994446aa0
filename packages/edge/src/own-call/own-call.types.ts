import type { AudioEndpoint } from "@trunkline/media";
import type { Rejection } from "@trunkline/trunking";

/** The platform's own voice and ear in one call, joined to the callee by the media plane. */
export type Voice = {
  readonly audio: Pick<AudioEndpoint, "describe" | "connect" | "play" | "sendDigits" | "close">;
  /** Address at which the media plane shows itself to it. */
  readonly mediaAddress: string;
};

export type VoiceNews = {
  /** The callee keyed it in. */
  digit(digit: string): void;
  /** The clip has been played to its end. */
  played(): void;
};

/** What a script can do while the callee listens. */
export type Line = {
  /** In place of what was being played; null: silence. */
  play(mulaw: Uint8Array | null): void;
  /** By RFC 4733; resolves when they left, at once when the callee takes none. */
  sendDigits(digits: string): Promise<void>;
  hangUp(): void;
};

/** What the platform does in a call of its own. Told of everything in order; `over` comes last, once, whatever ended the call. */
export type OwnCallScript = VoiceNews & {
  answered(line: Line): void;
  over(): void;
};

export type OwnCallOrder = {
  /** `CA…`, made by whoever asks. */
  readonly callSid: string;
  readonly accountSid: string;
  /** E.164, to be called. */
  readonly to: string;
  /** E.164, to be shown. */
  readonly from: string;
  readonly ringTimeoutMs: number;
  readonly maxDurationMs: number;
};

export type Placing =
  | { readonly kind: "placed" }
  | { readonly kind: "refused"; readonly rejection: Rejection }
  /** Not now: the edge is starting, closing or full, or has no port for audio. */
  | { readonly kind: "unavailable"; readonly why: string };
