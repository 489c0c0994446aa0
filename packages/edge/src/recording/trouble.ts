import { type AlarmName, type GapCause, RecorderRefusal } from "@trunkline/media";
import type { ErrorCode } from "@trunkline/trunking";

/** Everything that can go wrong with a recording once it runs: what the recorder tells, and sound that the media plane cannot copy. */
export type TroubleName = AlarmName | "not-copied";

/** Why a recording does not begin, in words that its customer may read. */
export class CannotRecord extends Error {}

/** What a customer is told: paths and addresses of ours are for the log alone. */
export type Told = { readonly code: ErrorCode; readonly words: string };

/** What made stretches of a recording silence. */
export const GAP_WORDS: Readonly<Record<GapCause | "not-copied", string>> = {
  "disk-full": "a full disk",
  "disk-failed": "a disk that refuses to write",
  overrun: "a disk that is too slow",
  codec: "a codec that cannot be recorded",
  "too-long": "more than a WAV file can hold",
  fault: "a failure of the recorder",
  "not-copied": "sound that the media plane could not copy",
};

/** Other trouble that is the account's matter too. Of what is absent the outcome tells more exactly; a slow disk alone loses nothing. */
const TROUBLES: Readonly<Record<Exclude<TroubleName, keyof typeof GAP_WORDS>, Told | null>> = {
  "disk-slow": null,
  "no-media": null,
  "encryption-failed": { code: 16104, words: "it is kept, and tried again" },
  "storage-failed": { code: 16111, words: "it is kept, and tried again" },
  unreadable: { code: 16192, words: "its file cannot be repaired" },
};

/** @param why said by whoever met the trouble; of a codec it names leg and codec, and nothing of ours */
export function toldOfTrouble(name: TroubleName, why: string): Told | null {
  if (name === "codec") return { code: 16191, words: why };
  return isGap(name) ? { code: 16191, words: GAP_WORDS[name] } : TROUBLES[name];
}

function isGap(name: TroubleName): name is keyof typeof GAP_WORDS {
  return Object.hasOwn(GAP_WORDS, name);
}

const REFUSALS: Readonly<Record<Exclude<RecorderRefusal["code"], "invalid-order">, string>> = {
  "disk-full": "the disk is full",
  "disk-failed": "the disk refuses to write",
  "disk-slow": "the disk is too slow",
  gone: "the recorder is starting again",
  unknown: "the recorder refuses it",
  exists: "the recorder refuses it",
};

/** What a customer is told of a recording that does not begin. */
export function toldOfRefusal(error: unknown): Told {
  if (error instanceof CannotRecord) return { code: 16190, words: error.message };
  if (!(error instanceof RecorderRefusal)) return { code: 16190, words: "the media plane failed" };
  // An order of ours has nothing else that could be wrong.
  if (error.code === "invalid-order") return { code: 16105, words: error.message };
  return { code: 16190, words: REFUSALS[error.code] };
}
