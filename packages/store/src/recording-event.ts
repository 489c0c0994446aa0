import type { Recording } from "./recordings.types.ts";
import type { WebhookDelivery } from "./webhooks.types.ts";

/**
 * Parameters of a recording's status callback (contract §9, REC-6). `RecordingUrl` is a path here: where the API is reached is known to
 * whoever sends it.
 */
export function recordingEvent(recording: Recording): WebhookDelivery["params"] {
  const { accountSid, callSid, sid, status, durationMs, channels, startedAtMs, errorCode } = recording;
  return {
    AccountSid: accountSid,
    CallSid: callSid,
    RecordingSid: sid,
    RecordingUrl: `/2010-04-01/Accounts/${accountSid}/Recordings/${sid}`,
    RecordingStatus: status,
    ...(durationMs === null ? {} : { RecordingDuration: String(Math.round(durationMs / 1_000)) }),
    RecordingChannels: String(channels),
    // RFC 2822, as everything of the 2010-04-01 API is dated.
    RecordingStartTime: new Date(startedAtMs).toUTCString().replace("GMT", "+0000"),
    RecordingSource: "Trunking",
    RecordingTrack: "both",
    ...(errorCode === null ? {} : { ErrorCode: String(errorCode) }),
  };
}
