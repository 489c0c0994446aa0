import type { Recording } from "@trunkline/store";
import { flag, given, optional, readForm, sid } from "../../form.ts";
import { Problem } from "../../problem.ts";
import { type At, noParent, type Resource } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import { recordingTimes, removeRecording, startedWithin, viewFacts } from "./recording-facts.ts";

const softDeleted = { IncludeSoftDeleted: optional(flag()) };

/** 2010-04-01 Recordings of an account, newest first (contract §3.1, §9, REC-3). */
export const recordings: Resource<Recording, null> = {
  product: "api",
  noun: "recording",
  path: "/Accounts/:accountSid/Recordings",
  key: "recordings",
  parent: noParent,
  view: viewRecording,
  list: accepts(
    { ...recordingTimes, CallSid: optional(sid("CA")), ConferenceSid: optional(sid("CF")), ...softDeleted },
    async (at: At<null>, values) => {
      // Trunk calls are in no conference.
      if (values.ConferenceSid !== undefined) return async () => ({ rows: [], next: null, previous: null });
      const asked = given({ callSid: values.CallSid, deleted: values.IncludeSoftDeleted });
      const filter = { accountSid: at.account.sid, ...startedWithin(values), ...asked };
      return (page) => at.deps.store.recordings.list(filter, page);
    },
  ),
  fetch: async (at, recordingSid) => {
    const reading = readForm(softDeleted, at.query);
    if (reading instanceof Problem) return reading;
    const row = await at.deps.store.recordings.fetch(at.account.sid, recordingSid);
    return row?.status === "deleted" && !reading.values.IncludeSoftDeleted ? undefined : row;
  },
  remove: removeRecording,
};

function viewRecording(recording: Recording, { links }: Context): object {
  const path = `/Accounts/${recording.accountSid}/Recordings/${recording.sid}`;
  return {
    ...viewFacts(recording),
    media_url: ["absent", "deleted"].includes(recording.status) ? null : links.absolute("api", path),
    uri: links.relative(path),
    subresource_uris: {
      add_on_results: links.relative(`${path}/AddOnResults`),
      transcriptions: links.relative(`${path}/Transcriptions`),
    },
  };
}
