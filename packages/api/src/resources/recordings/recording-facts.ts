import type { Recording } from "@trunkline/store";
import { boundsOf, rfc2822Date } from "../../dates.ts";
import { date, type FormValues, given, optional } from "../../form.ts";
import { Problem, unavailable } from "../../problem.ts";
import type { Context } from "../../route.ts";

/** Filters that both lists of recordings have. */
export const recordingTimes = {
  DateCreated: optional(date()),
  "DateCreated<": optional(date()),
  "DateCreated>": optional(date()),
};

/** The bounds of the store's filter for what was asked for. */
export function startedWithin(values: FormValues<typeof recordingTimes>) {
  const { fromMs, toMs } = boundsOf(values.DateCreated, values["DateCreated>"], values["DateCreated<"]);
  return given({ startedFromMs: fromMs, startedToMs: toMs });
}

/** What the account's Recordings and a call's have in common (contract §3.1, §9). */
export function viewFacts(recording: Recording) {
  const { accountSid, callSid, sid, status, channels, durationMs, errorCode, file } = recording;
  const began = rfc2822Date(recording.startedAtMs);
  return {
    sid,
    account_sid: accountSid,
    call_sid: callSid,
    conference_sid: null,
    api_version: "2010-04-01",
    source: "Trunking",
    status,
    channels,
    start_time: began,
    date_created: began,
    date_updated: rfc2822Date(recording.updatedAtMs),
    duration: durationMs === null ? null : String(Math.round(durationMs / 1_000)),
    price: null,
    price_unit: null,
    // Of one that can be listened to it stays null; the debugger has what is wrong with it.
    error_code: file === null ? errorCode : null,
    encryption_details: file?.encryption
      ? {
          encryption_public_key_sid: file.encryption.keySid,
          encryption_cek: file.encryption.cek,
          encryption_iv: file.encryption.iv,
        }
      : null,
  };
}

/**
 * Deletes a recording's media and then marks it deleted, in this order: should we end in between, it can be deleted again, and nothing is
 * left that nobody knows of.
 */
export async function removeRecording(
  { deps, account, missing }: Context,
  row: Recording,
): Promise<Problem | undefined> {
  if (row.status === "deleted") return missing();
  if (row.status !== "completed" && row.status !== "absent") {
    return new Problem(409, 20009, `Recording ${row.sid} is ${row.status}; delete it when it is completed.`);
  }
  if (row.file !== null) {
    if (deps.recordingMedia === undefined) return noMediaHere();
    try {
      await deps.recordingMedia.remove({ edge: row.edge, file: row.file });
    } catch (error) {
      return storageAway(deps, error);
    }
  }
  return (await deps.store.recordings.markDeleted(account.sid, row.sid)) ? undefined : missing();
}

export function noMediaHere(): Problem {
  return unavailable("This process has no recordings. Ask one in the role `control` or `all`.");
}

/** The log has the reason, which is the operator's business. */
export function storageAway({ onFailure }: Context["deps"], error: unknown): Problem {
  onFailure?.(error, "recordings");
  return unavailable("The storage of the recordings cannot be reached right now. Try again in a few seconds.");
}
