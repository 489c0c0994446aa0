import type { BegunRecording, RecordingOutcome } from "@trunkline/trunking";
import { callRow, newAccount, newSid, newTrunk } from "./rows.fixture.ts";
import type { Store } from "./store.ts";

export const STARTED_MS = 1_795_000_002_001;
export const DAY_MS = 86_400_000;

export const begun = (fields: Partial<BegunRecording> = {}): BegunRecording => ({
  sid: newSid("RE"),
  startedAtMs: STARTED_MS,
  channels: 2,
  trim: false,
  edge: "local",
  ...fields,
});

/** A call over a trunk. */
export type Ground = { readonly accountSid: string; readonly trunkSid: string; readonly callSid: string };
export async function ground(store: Store): Promise<Ground> {
  const accountSid = await newAccount(store);
  return { accountSid, trunkSid: await newTrunk(store, accountSid), callSid: newSid("CA") };
}

export function outcome(
  { accountSid, callSid }: Ground,
  sid: string,
  fields: Partial<RecordingOutcome> = {},
): RecordingOutcome {
  return {
    sid,
    accountSid,
    callSid,
    channels: 2,
    startedAtMs: STARTED_MS,
    durationMs: 4_400,
    state: "completed",
    why: null,
    errorCode: null,
    interrupted: false,
    file: { name: `${accountSid}/2026-11/${sid}.wav`, bytes: 70_444, sha256: "ab".repeat(32), encryption: null },
    ...fields,
  };
}
export const absent = { state: "absent", durationMs: 0, why: "it was silent", errorCode: 16102, file: null } as const;

/** Saves the call's record as it stands at a revision. */
export function saveCall(
  store: Store,
  place: Ground,
  revision: number,
  recordings: readonly BegunRecording[],
  over: boolean,
) {
  const { callSid: sid, accountSid, trunkSid } = place;
  const end = over ? {} : { status: "in-progress" as const, endedAtMs: null, durationSec: null, endedBy: null };
  return store.callRecordSink.save([callRow(accountSid, { sid, trunkSid, revision, recordings, ...end })]);
}
