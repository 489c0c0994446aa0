import type { CallRecord } from "@trunkline/trunking";
import type { LiveCall } from "../../ports.ts";
import type { Context } from "../../route.ts";

/** What the Calls resource shows of a call, ended or not. */
export type CallFacts = Pick<
  CallRecord,
  | "sid"
  | "accountSid"
  | "trunkSid"
  | "from"
  | "to"
  | "callerName"
  | "phoneNumberSid"
  | "status"
  | "createdAtMs"
  | "answeredAtMs"
  | "endedAtMs"
  | "durationSec"
> & { readonly direction: string };

/** A call by its SID: its record or, in the first moments before that is stored, what the edge says of it. */
export async function findCall(at: Context, sid: string): Promise<CallFacts | undefined> {
  const record = await at.deps.store.calls.fetch(at.account.sid, sid);
  if (record !== undefined) return record;
  const live = (await at.deps.liveCalls?.list(at.account.sid)) ?? [];
  const found = live.find((call) => call.sid === sid);
  return found === undefined ? undefined : factsOf(found);
}

function factsOf(live: LiveCall): CallFacts {
  return {
    sid: live.sid,
    accountSid: live.accountSid,
    trunkSid: live.trunkSid,
    direction: live.direction,
    from: live.from,
    to: live.to,
    callerName: null,
    phoneNumberSid: null,
    status: live.status,
    createdAtMs: live.startedAtMs,
    answeredAtMs: live.answeredAtMs,
    endedAtMs: null,
    durationSec: null,
  };
}
