import { rfc2822Date } from "../../dates.ts";
import { oneOf } from "../../form.ts";
import { invalid, Problem, unavailable } from "../../problem.ts";
import type { At, Resource } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import { type Priced, priced } from "../pricing/currency.ts";
import { type CallFacts, findCall } from "./call-facts.ts";
import { callFilterOf, twilioCallFilters } from "./call-filters.ts";
import { hangUpNoted } from "./hang-up.ts";

/** 2010-04-01 Calls: the call log, newest first (contract §3.1, §4.1, EVD-5). `TrunkSid` is a filter of ours. */
export const calls: Resource<CallFacts, Priced> = {
  product: "api",
  noun: "call",
  path: "/Accounts/:accountSid/Calls",
  key: "calls",
  parent: priced,
  view: viewCall,
  list: accepts(twilioCallFilters, async (at: At<Priced>, values) => {
    // Trunk calls have no parent call.
    if (values.ParentCallSid !== undefined) return async () => ({ rows: [], next: null, previous: null });
    return (page) => at.deps.store.calls.list(callFilterOf(at.account.sid, values), page);
  }),
  fetch: findCall,
  update: accepts(
    { Status: oneOf("completed", "canceled") },
    async (at: At<Priced> & { readonly row: CallFacts }, { Status: asked }) => {
      return (await hangUp(at, at.row, asked)) ?? (await findCall(at, at.row.sid)) ?? at.row;
    },
  ),
  remove: async (at, call) => {
    const deleted = await at.deps.store.calls.delete(call.accountSid, call.sid);
    return deleted ? undefined : new Problem(409, 20009, `Call ${call.sid} is not over; end it before deleting it.`);
  },
};

/** Ends a live call; `canceled` only one that is not answered yet (contract §4.1). Undefined when it is done. */
async function hangUp(at: Context, call: CallFacts, asked: "completed" | "canceled"): Promise<Problem | undefined> {
  const { liveCalls } = at.deps;
  if (liveCalls === undefined)
    return unavailable("This process carries no calls. Ask one in the role `edge` or `all`.");
  const notLive = invalid(`Call ${call.sid} is not in progress; it cannot be ended.`, 21220);
  if (call.endedAtMs !== null) return notLive;
  if (asked === "canceled" && call.answeredAtMs !== null) {
    return invalid(`Call ${call.sid} is answered; it cannot be canceled. Use Status=completed.`, 21220);
  }
  return (await hangUpNoted(at, call)) ? undefined : notLive;
}

const SUBRESOURCES = {
  notifications: "/Notifications",
  recordings: "/Recordings",
  payments: "/Payments",
  events: "/Events",
  siprec: "/Siprec",
  streams: "/Streams",
  transcriptions: "/Transcriptions",
  user_defined_message_subscriptions: "/UserDefinedMessageSubscriptions",
  user_defined_messages: "/UserDefinedMessages",
} as const;

function viewCall(call: CallFacts, at: At<Priced>): object {
  const path = `/Accounts/${call.accountSid}/Calls/${call.sid}`;
  const links = Object.entries(SUBRESOURCES).map(([name, tail]) => [name, at.links.relative(path + tail)] as const);
  return {
    sid: call.sid,
    account_sid: call.accountSid,
    parent_call_sid: null,
    trunk_sid: call.trunkSid || null,
    phone_number_sid: call.phoneNumberSid,
    group_sid: null,
    from: call.from,
    from_formatted: formatted(call.from),
    to: call.to,
    to_formatted: formatted(call.to),
    caller_name: call.callerName,
    direction: call.direction,
    status: call.status,
    answered_by: null,
    forwarded_from: null,
    api_version: "2010-04-01",
    start_time: rfc2822Date(call.createdAtMs),
    end_time: call.endedAtMs === null ? null : rfc2822Date(call.endedAtMs),
    duration: call.durationSec === null ? null : String(call.durationSec),
    queue_time: "0",
    price: null,
    price_unit: at.parent.currency,
    date_created: rfc2822Date(call.createdAtMs),
    date_updated: rfc2822Date(call.endedAtMs ?? call.answeredAtMs ?? call.createdAtMs),
    uri: at.links.relative(path),
    subresource_uris: Object.fromEntries(links),
  };
}

/** `(202) 555-0100` for a North American number; anything else as it is. */
function formatted(party: string): string {
  return party.replace(/^\+1([2-9]\d\d)(\d{3})(\d{4})$/, "($1) $2-$3");
}
