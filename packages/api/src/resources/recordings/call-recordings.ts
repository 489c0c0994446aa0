import type { Recording } from "@trunkline/store";
import { oneOf, optional } from "../../form.ts";
import type { RecordingRequest } from "../../ports.ts";
import { invalid, type Problem, unavailable } from "../../problem.ts";
import type { At, Resource } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import { type CallFacts, findCall } from "../calls/call-facts.ts";
import { recordingTimes, removeRecording, startedWithin, viewFacts } from "./recording-facts.ts";

/** In place of a SID: the recording that the call is being recorded to now. */
const CURRENT = "Twilio.CURRENT";
const INVALID_CALL_STATE = 21220;

const update = {
  Status: oneOf("in-progress", "paused", "stopped"),
  PauseBehavior: optional(oneOf("skip", "silence")),
};

/** 2010-04-01 Recordings of a call; a live one is paused, resumed and stopped here (contract §9, REC-3). */
export const callRecordings: Resource<Recording, CallFacts> = {
  product: "api",
  noun: "recording of a call",
  path: "/Accounts/:accountSid/Calls/:callSid/Recordings",
  key: "recordings",
  parent: (at) => findCall(at, at.param("callSid")),
  view: viewCallRecording,
  list: accepts(recordingTimes, async (at: At<CallFacts>, values) => {
    const filter = { accountSid: at.account.sid, callSid: at.parent.sid, ...startedWithin(values) };
    return (page) => at.deps.store.recordings.list(filter, page);
  }),
  fetch: findRecording,
  update: accepts(
    update,
    async (at: At<CallFacts> & { readonly row: Recording }, { Status: status, PauseBehavior }) => {
      const of = { accountSid: at.account.sid, callSid: at.parent.sid, recordingSid: at.row.sid };
      const pauseBehavior = PauseBehavior ?? "silence";
      return steer(at, status === "paused" ? { ...of, status, pauseBehavior } : { ...of, status });
    },
  ),
  remove: removeRecording,
};

async function findRecording({
  deps: { store },
  account,
  parent,
  param,
}: At<CallFacts>): Promise<Recording | undefined> {
  const sid = param("sid");
  if (sid === CURRENT) return store.recordings.current(account.sid, parent.sid);
  const row = await store.recordings.fetch(account.sid, sid);
  return row?.callSid === parent.sid && row.status !== "deleted" ? row : undefined;
}

async function steer(
  at: Context & { readonly row: Recording },
  request: RecordingRequest,
): Promise<Recording | Problem> {
  const { recordingControl, store } = at.deps;
  if (recordingControl === undefined) {
    return unavailable("This process carries no calls. Ask one in the role `edge` or `all`.");
  }
  const result = await recordingControl.control(request);
  if (result.kind !== "done") {
    const row = (await store.recordings.fetch(request.accountSid, request.recordingSid)) ?? at.row;
    return invalid(
      `Recording ${row.sid} is not live any more; only one of a call in progress can be paused, resumed or stopped.`,
      INVALID_CALL_STATE,
    );
  }
  const { sid, status } = result.recording;
  return (await store.recordings.steer(request.accountSid, sid, status)) ?? at.row;
}

function viewCallRecording(recording: Recording, { links }: Context): object {
  const { accountSid, callSid, sid } = recording;
  return {
    ...viewFacts(recording),
    track: "both",
    uri: links.relative(`/Accounts/${accountSid}/Calls/${callSid}/Recordings/${sid}`),
  };
}
