import { type CallLimit, isSid } from "@trunkline/trunking";
import { z } from "zod";
import { about, clearable, decimal, given, matching, wholeNumber } from "../../form.ts";
import { forbidden, invalid, type Problem } from "../../problem.ts";
import { type At, noParent, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";

const shape = z.strictObject({
  owner_sid: z.string(),
  max_cps: z.number().nullable(),
  burst: z.int().nullable(),
  max_concurrent_calls: z.int().nullable(),
  url: z.string(),
});

const form = {
  MaxCps: clearable(about("Calls started per second; empty for any number.", decimal(0.001, 100_000, 3))),
  Burst: clearable(
    about("Calls that may start at the same moment; empty for one second's worth.", wholeNumber(1, 100_000)),
  ),
  MaxConcurrentCalls: clearable(about("Calls at once; empty for any number.", wholeNumber(0, 1_000_000))),
};

/** What can have a limit, and what each is called. */
const OWNERS: Readonly<Record<string, string>> = {
  AC: "account",
  TK: "trunk",
  CR: "credential",
  IP: "address",
  CX: "carrier",
};

/**
 * `/trunkline/v1/Limits`: how many calls an account, trunk, credential, address or carrier may have (LIM-1), by the SID of that owner.
 *
 * The limit of an account is the operator's to set, and so is a carrier's. Those of its trunks, credentials and addresses are the
 * account's own: whatever they say, its account's limit holds too.
 */
export const limits: Resource<CallLimit, null> = {
  product: "trunkline",
  scope: "anyone",
  noun: "limit",
  path: "/Limits",
  key: "limits",
  parent: noParent,
  shape,
  view: (row, at): z.infer<typeof shape> => ({
    owner_sid: row.ownerSid,
    max_cps: row.maxCps,
    burst: row.burst,
    max_concurrent_calls: row.maxConcurrentCalls,
    url: at.links.absolute("trunkline", `/Limits/${row.ownerSid}`),
  }),
  list: accepts({}, async (at: At<null>) => (page) => {
    return at.deps.store.callLimits.list(actsForAll(at) ? null : at.account.sid, page);
  }),
  fetch: async (at, ownerSid) =>
    (await isReachable(at, ownerSid)) ? at.deps.store.callLimits.fetch(ownerSid) : undefined,
  create: accepts(
    {
      OwnerSid: about(
        "SID of an account, trunk, credential, address of an access control list, or carrier.",
        matching(/^(AC|TK|CR|IP|CX)[0-9a-fA-F]{32}$/, "the SID of an account, trunk, credential, address or carrier"),
      ),
      ...form,
    },
    async (at: At<null>, values) => {
      const kind = values.OwnerSid.slice(0, 2);
      const ownerSid = kind + values.OwnerSid.slice(2).toLowerCase();
      if (!(await isReachable(at, ownerSid))) return invalid(`OwnerSid: there is no ${OWNERS[kind]} ${ownerSid} here.`);
      const { MaxCps: maxCps = null, Burst: burst = null, MaxConcurrentCalls: maxConcurrentCalls = null } = values;
      const wrong = whyNotTheirs(at, ownerSid);
      return wrong ?? settle(at, await at.deps.store.callLimits.set({ ownerSid, maxCps, burst, maxConcurrentCalls }));
    },
  ),
  update: accepts(form, async (at: At<null> & { readonly row: CallLimit }, values) => {
    const { ownerSid } = at.row;
    const wrong = whyNotTheirs(at, ownerSid);
    if (wrong) return wrong;
    const { MaxCps: maxCps, Burst: burst, MaxConcurrentCalls: maxConcurrentCalls } = values;
    return settle(at, await at.deps.store.callLimits.change(ownerSid, given({ maxCps, burst, maxConcurrentCalls })));
  }),
  remove: async (at, { ownerSid }) =>
    whyNotTheirs(at, ownerSid) ?? settleRemoval(at, await at.deps.store.callLimits.remove(ownerSid)),
};

/** Whether the operator asks for the whole installation, and not for one account. */
function actsForAll(at: Context): boolean {
  return at.operator && at.account.sid === at.deps.operator.sid;
}

/** Another account's trunk must look like one that does not exist. */
async function isReachable(at: Context, ownerSid: string): Promise<boolean> {
  if (!isSid(ownerSid)) return false;
  const accountSid = await at.deps.store.callLimits.accountOf(ownerSid);
  return accountSid !== undefined && (actsForAll(at) || accountSid === at.account.sid);
}

function whyNotTheirs(at: Context, ownerSid: string): Problem | undefined {
  if (at.operator || !/^(AC|CX)/.test(ownerSid)) return undefined;
  return forbidden("Permission Denied: the limit of an account is set by the operator.");
}
