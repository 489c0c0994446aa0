import type { Recording } from "@trunkline/store";
import { anyText, optional, text } from "../../form.ts";
import { invalid } from "../../problem.ts";
import { type At, noParent, type Resource } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import { type CallFacts, findCall } from "../calls/call-facts.ts";

const ACTION_DISABLED = 20010;

/** A list that clients walk through and that never has anything in it here; what is asked of one of its members is 404. */
function emptyList<Parent>(
  noun: string,
  path: string,
  key: string,
  parent: (at: Context) => Promise<Parent | undefined>,
): Resource<never, Parent> {
  return {
    product: "api",
    noun,
    path: `/Accounts/:accountSid${path}`,
    key,
    parent,
    view: (row: never) => row,
    list: accepts({}, async () => async () => ({ rows: [], next: null, previous: null })),
    fetch: async () => undefined,
    remove: async (at) => at.missing(),
  };
}

/** Requests to a customer's web server for TwiML: calls of trunks make none (contract §4.1 "Call events"). */
export const callEvents: Resource<never, CallFacts> = withoutMembers(
  emptyList("event of a call", "/Calls/:callSid/Events", "events", (at) => findCall(at, at.param("callSid"))),
);

/** What is made of recordings by services that this platform does not have. */
export const recordingTranscriptions = emptyList(
  "transcription of a recording",
  "/Recordings/:recordingSid/Transcriptions",
  "transcriptions",
  recordingOfPath,
);
export const recordingAddOnResults = emptyList(
  "add-on result of a recording",
  "/Recordings/:recordingSid/AddOnResults",
  "add_on_results",
  recordingOfPath,
);
export const transcriptions = emptyList("transcription", "/Transcriptions", "transcriptions", noParent);

const domain = { DomainName: text(255), FriendlyName: optional(anyText()) };

/** SIP domains are Twilio's way to reach TwiML by SIP: trunks have their own domains, and nothing else answers here. */
export const sipDomains: Resource<never, null> = {
  ...emptyList("SIP domain", "/SIP/Domains", "domains", noParent),
  create: accepts<At<null>, typeof domain, never>(domain, async () =>
    invalid(
      "SIP domains are not part of this installation. Create a trunk with a DomainName to be reached by SIP.",
      ACTION_DISABLED,
    ),
  ),
};

function withoutMembers<Parent>({ fetch: _one, remove: _gone, ...list }: Resource<never, Parent>) {
  return list;
}

async function recordingOfPath(at: Context): Promise<Recording | undefined> {
  const recording = await at.deps.store.recordings.fetch(at.account.sid, at.param("recordingSid"));
  return recording?.status === "deleted" ? undefined : recording;
}
