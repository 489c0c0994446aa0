import type { Recording } from "@trunkline/store";
import { z } from "zod";
import { isoDate } from "../../dates.ts";
import { given, optional, sid } from "../../form.ts";
import { type At, noParent, type Resource } from "../../resource.ts";
import { accepts } from "../../route.ts";
import { recordingTimes, startedWithin } from "./recording-facts.ts";

const shape = z.strictObject({
  recording_sid: z.string(),
  account_sid: z.string(),
  call_sid: z.string(),
  trunk_sid: z.string().nullable(),
  edge: z.string().nullable(),
  status: z.enum(["in-progress", "paused", "stopped", "processing", "completed", "absent", "deleted"]),
  channels: z.int(),
  duration_ms: z.int().nullable(),
  damaged: z.boolean(),
  interrupted: z.boolean(),
  error_code: z.int().nullable(),
  reason: z.string().nullable(),
  bytes: z.int().nullable(),
  sha256: z.string().nullable(),
  date_started: z.string(),
  date_deleted: z.string().nullable(),
  url: z.string(),
});

/**
 * `/trunkline/v1/Recordings`: what Twilio's resource does not say of a recording (REC-4): whether stretches of it are missing and why,
 * and the SHA-256 of its file, with which a download or a backup can be checked. Deleted ones are there as long as anything is known of them.
 */
export const ownRecordings: Resource<Recording, null> = {
  product: "trunkline",
  noun: "a recording, whether it is whole, and the sum of its file",
  path: "/Recordings",
  key: "recordings",
  parent: noParent,
  shape,
  view: (row, at): z.infer<typeof shape> => ({
    recording_sid: row.sid,
    account_sid: row.accountSid,
    call_sid: row.callSid,
    trunk_sid: row.trunkSid,
    edge: row.edge,
    status: row.status,
    channels: row.channels,
    duration_ms: row.durationMs,
    damaged: row.damaged,
    interrupted: row.interrupted,
    error_code: row.errorCode,
    reason: row.why,
    bytes: row.file?.bytes ?? null,
    sha256: row.file?.sha256 ?? null,
    date_started: isoDate(row.startedAtMs),
    date_deleted: row.deletedAtMs === null ? null : isoDate(row.deletedAtMs),
    url: at.links.absolute("trunkline", `/Recordings/${row.sid}`),
  }),
  list: accepts({ ...recordingTimes, CallSid: optional(sid("CA")) }, async (at: At<null>, values) => {
    const filter = { accountSid: at.account.sid, ...startedWithin(values), ...given({ callSid: values.CallSid }) };
    return (page) => at.deps.store.recordings.list({ ...filter, deleted: true }, page);
  }),
  fetch: (at, recordingSid) => at.deps.store.recordings.fetch(at.account.sid, recordingSid),
};
