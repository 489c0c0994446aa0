import type { AudioSource } from "@trunkline/media";

/** Concert A: what "a tone" is everywhere in the simulated PSTN (interface §4). */
export const TONE_HZ = 440;

/** How a scripted user agent takes a call, as data. Times count from the INVITE unless named otherwise. */
export type Behaviour =
  /** Not one message, not even 100: what a dead peer does. */
  | { readonly kind: "drop" }
  | { readonly kind: "final"; readonly status: number }
  /** 180 and nothing more until the caller gives up. */
  | { readonly kind: "ring" }
  | AnsweringBehaviour;

export type AnsweringBehaviour = {
  readonly kind: "answer";
  /** 180, or 183 with `earlyMedia`, this long after the INVITE; null: neither. */
  readonly ringAfterMs: number | null;
  readonly answerAfterMs: number;
  readonly earlyMedia: AudioSource | null;
  readonly audio: AudioSource;
  /** Sent by RFC 4733 once the caller's ACK is here. */
  readonly digits: string | null;
  /** BYE this long after the answer; null: waits for the caller's. */
  readonly hangupAfterMs: number | null;
  /** Hold by re-INVITE this long after the answer, and resume `forMs` after the hold. */
  readonly hold: { readonly afterMs: number; readonly forMs: number } | null;
};

/** 100, 180 after 200 ms, 200 after 1 s, echo, until the caller hangs up. */
export const DEFAULT_BEHAVIOUR: AnsweringBehaviour = {
  kind: "answer",
  ringAfterMs: 200,
  answerAfterMs: 1_000,
  earlyMedia: null,
  audio: { kind: "echo" },
  digits: null,
  hangupAfterMs: null,
  hold: null,
};

const TONE: AudioSource = { kind: "tone", hz: TONE_HZ };

const SCRIPTED: ReadonlyMap<string, Behaviour> = new Map<string, Behaviour>([
  ["+15005552100", { ...DEFAULT_BEHAVIOUR, earlyMedia: TONE, answerAfterMs: 2_200 }],
  ["+15005552200", { kind: "ring" }],
  ["+15005552300", { ...DEFAULT_BEHAVIOUR, audio: TONE }],
  ["+15005552400", { ...DEFAULT_BEHAVIOUR, digits: "1234#" }],
  ["+15005552500", { ...DEFAULT_BEHAVIOUR, audio: { kind: "none" } }],
  ["+15005552600", { kind: "drop" }],
  ["+15005552800", { ...DEFAULT_BEHAVIOUR, hold: { afterMs: 1_000, forMs: 1_000 } }],
]);

/**
 * What the simulated PSTN does with a call to this number (interface §4). Anything that scripts nothing gets the default.
 *
 * `+15005551SSS` refuses with SSS from 300 to 699; another SSS is no refusal and so the default.
 */
export function parseBehaviour(number: string): Behaviour {
  const status = Number(/^\+15005551([3-6]\d\d)$/.exec(number)?.[1]);
  if (status) return { kind: "final", status };

  const ringSec = /^\+150055520(\d\d)$/.exec(number)?.[1];
  if (ringSec) {
    const { ringAfterMs } = DEFAULT_BEHAVIOUR;
    return { ...DEFAULT_BEHAVIOUR, answerAfterMs: (ringAfterMs ?? 0) + 1_000 * Number(ringSec) };
  }

  const hangupSec = /^\+150055527(\d\d)$/.exec(number)?.[1];
  if (hangupSec) return { ...DEFAULT_BEHAVIOUR, hangupAfterMs: 1_000 * Number(hangupSec) };

  return SCRIPTED.get(number) ?? DEFAULT_BEHAVIOUR;
}
