import { DEFAULT_TRUNK_RECORDINGS, type TrunkRecordings } from "@trunkline/store";
import { z } from "zod";
import {
  about,
  clearable,
  coded,
  type FormValues,
  given,
  httpMethod,
  optional,
  someOf,
  webUrl,
  wholeNumber,
} from "../../form.ts";
import { invalid, type Problem } from "../../problem.ts";
import type { Context } from "../../route.ts";
import { unusableUrl } from "../debugger/callback-url.ts";

const INVALID_URL = 21205;
/** A hundred years. */
const RETENTION_MAX_DAYS = 36_500;
const EVENTS = ["in-progress", "completed", "absent"] as const;

/** What becomes of a trunk's recordings: whom we tell, and how long they are kept (REC-5, REC-6). */
export const trunkRecordingForm = {
  RecordingStatusCallback: clearable(
    about("Told of the trunk's recordings; empty for nobody.", coded(INVALID_URL, webUrl())),
  ),
  RecordingStatusCallbackMethod: optional(httpMethod()),
  RecordingStatusCallbackEvent: optional(about("States that are told of; completed at first.", someOf(...EVENTS))),
  RecordingRetentionDays: clearable(
    about("Recordings are deleted so many days after they began; empty for never.", wholeNumber(1, RETENTION_MAX_DAYS)),
  ),
};

export const trunkRecordingShape = {
  recording_status_callback: z.string().nullable(),
  recording_status_callback_method: z.enum(["GET", "POST"]),
  recording_status_callback_event: z.array(z.enum(EVENTS)),
  recording_retention_days: z.int().nullable(),
};

type Values = FormValues<typeof trunkRecordingForm>;

/** Undefined when the values can be used. */
export function whyNotRecording(at: Context, { RecordingStatusCallback: url }: Values): Problem | undefined {
  const wrong = url ? unusableUrl("RecordingStatusCallback", url, at) : undefined;
  return wrong === undefined ? undefined : invalid(wrong, INVALID_URL);
}

export function trunkRecordingChange(values: Values): Partial<Omit<TrunkRecordings, "trunkSid">> {
  return given({
    statusCallback: values.RecordingStatusCallback,
    statusCallbackMethod: values.RecordingStatusCallbackMethod,
    statusCallbackEvents: values.RecordingStatusCallbackEvent,
    retentionDays: values.RecordingRetentionDays,
  });
}

export function viewTrunkRecording(row: TrunkRecordings | undefined) {
  const { statusCallback, statusCallbackMethod, statusCallbackEvents, retentionDays } = row ?? DEFAULT_TRUNK_RECORDINGS;
  return {
    recording_status_callback: statusCallback,
    recording_status_callback_method: statusCallbackMethod,
    recording_status_callback_event: [...statusCallbackEvents],
    recording_retention_days: retentionDays,
  };
}
