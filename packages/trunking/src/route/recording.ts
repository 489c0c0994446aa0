import type { DirectoryReader } from "../directory/directory.types.ts";
import type { PublicKey, RecordingMode, Trunk } from "../model.ts";
import { accountSettings } from "./account-settings.ts";
import { info, type Passed } from "./ruling.ts";

/** How a call is to be recorded (REC-1). */
export type RecordingPlan = {
  /** `ringing`: from the first sign of ringing that the caller is given, early media included; at the answer when there was none. */
  readonly from: "ringing" | "answer";
  /** 1: both sides mixed. 2: channel 1 the caller, channel 2 the called side. */
  readonly channels: 1 | 2;
  /** Silence at the beginning and at the end is left out. */
  readonly trim: boolean;
  /** REC-5: whose public key the file is encrypted to; null: it is not. */
  readonly encryptTo: Pick<PublicKey, "sid" | "publicKey"> | null;
};

const MODES: Readonly<Record<RecordingMode, Pick<RecordingPlan, "from" | "channels"> | null>> = {
  "do-not-record": null,
  "record-from-ringing": { from: "ringing", channels: 1 },
  "record-from-answer": { from: "answer", channels: 1 },
  "record-from-ringing-dual": { from: "ringing", channels: 2 },
  "record-from-answer-dual": { from: "answer", channels: 2 },
};

/** What a trunk's setting means for its calls, in both directions (contract §2.2); undefined: they are not recorded. */
export function recordingOf(
  { recordingMode, recordingTrim, accountSid }: Trunk,
  directory: DirectoryReader,
): Passed<RecordingPlan> | undefined {
  const mode = MODES[recordingMode];
  if (mode === null) return undefined;
  const plan = { ...mode, trim: recordingTrim === "trim-silence", encryptTo: keyOf(accountSid, directory) };
  const channels = plan.channels === 2 ? "each side in a channel of its own" : "both sides in one channel";
  const trim = plan.trim ? "; silence at its beginning and end is cut" : "";
  const key = plan.encryptTo ? `; the file is encrypted to ${plan.encryptTo.sid}` : "";
  return info(
    recordingMode,
    `The call is recorded from ${plan.from === "ringing" ? "ringing" : "the answer"} on, ${channels}${trim}${key}.`,
    plan,
  );
}

/** A key that is wanted and not there is one that nothing can be encrypted to: better no recording than one in clear. */
function keyOf(accountSid: string, directory: DirectoryReader): RecordingPlan["encryptTo"] {
  const { recordingKeySid: sid } = accountSettings(accountSid, directory);
  return sid === null ? null : { sid, publicKey: directory.publicKey(sid)?.publicKey ?? "" };
}
