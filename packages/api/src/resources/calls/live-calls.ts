import { z } from "zod";
import { isoDate } from "../../dates.ts";
import { pageOfSorted } from "../../page.ts";
import type { LiveCall } from "../../ports.ts";
import { unavailable } from "../../problem.ts";
import { type At, noParent, type Resource } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import { hangUpNoted } from "./hang-up.ts";

const shape = z.strictObject({
  sid: z.string(),
  account_sid: z.string(),
  trunk_sid: z.string().nullable(),
  direction: z.string(),
  from: z.string(),
  to: z.string(),
  status: z.enum(["ringing", "in-progress"]),
  date_started: z.string(),
  date_answered: z.string().nullable(),
  url: z.string(),
});

/** `/trunkline/v1/LiveCalls`: the calls of an account as they are right now, oldest first; DELETE hangs up (EVD-5). */
export const liveCalls: Resource<LiveCall, null> = {
  product: "trunkline",
  noun: "live call",
  path: "/LiveCalls",
  key: "live_calls",
  parent: noParent,
  shape,
  view: (call, at): z.infer<typeof shape> => ({
    sid: call.sid,
    account_sid: call.accountSid,
    trunk_sid: call.trunkSid || null,
    direction: call.direction,
    from: call.from,
    to: call.to,
    status: call.status,
    date_started: isoDate(call.startedAtMs),
    date_answered: call.answeredAtMs === null ? null : isoDate(call.answeredAtMs),
    url: at.links.absolute("trunkline", `/LiveCalls/${call.sid}`),
  }),
  list: accepts({}, async (at: At<null>) => {
    const { liveCalls: port } = at.deps;
    if (port === undefined) return unavailable("This process carries no calls. Ask one in the role `edge` or `all`.");
    const rows = await port.list(at.account.sid);
    return async (page) =>
      pageOfSorted(rows, (call) => `${String(call.startedAtMs).padStart(16, "0")}${call.sid}`, page);
  }),
  fetch: findLive,
  remove: async (at, call) => {
    // A call that ended by itself meanwhile is as gone as one that was hung up.
    await hangUpNoted(at, call);
    return undefined;
  },
};

async function findLive(at: Context, sid: string): Promise<LiveCall | undefined> {
  const rows = (await at.deps.liveCalls?.list(at.account.sid)) ?? [];
  return rows.find((call) => call.sid === sid);
}
