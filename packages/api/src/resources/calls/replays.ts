import type { CallRecord, Replayed, ReplayVerdict, SimulatedCall } from "@trunkline/trunking";
import { z } from "zod";
import { isoDate } from "../../dates.ts";
import { about, given, optional, sid, structured, wholeNumber } from "../../form.ts";
import { Problem, unavailable } from "../../problem.ts";
import { accepts, type Context, type Route } from "../../route.ts";
import { changeShape, rowsOf } from "./replay-change.ts";

const ABSENT = unavailable("This process carries no calls. Ask one in the role `edge` or `all`.");
const STARTING = unavailable("Calls cannot be routed yet: the platform is starting. Try again in a few seconds.");

const DEFAULT_CALLS = 200;
const MOST_CALLS = 1_000;
/** Judged at once, so that live calls wait some milliseconds at most. */
const AT_ONCE = 100;

const verdictShape = z.strictObject({
  verdict: z.enum(["pass", "refuse", "drop"]),
  sip_status: z.int().nullable(),
  error_code: z.int().nullable(),
  detail: z.string().nullable(),
  targets: z.array(z.string()),
});

const shape = z.strictObject({
  account_sid: z.string(),
  calls: z.int(),
  unchanged: z.int(),
  /** Too little is known of them, or by today's configuration they would not arrive. */
  unjudged: z.int(),
  changed: z.array(
    z.strictObject({
      call_sid: z.string(),
      date_created: z.string(),
      direction: z.string(),
      from: z.string(),
      to: z.string(),
      before: verdictShape,
      after: verdictShape,
    }),
  ),
});
type Shown = z.infer<typeof shape>;

const create = accepts(
  {
    Change: about(
      'What would be different, such as {"trunks":[{"sid":"TK…","secure":true}]}: trunks, origination_urls, phone_numbers, geo_permissions.',
      structured(changeShape, "change"),
    ),
    TrunkSid: optional(about("Only calls of this trunk.", sid("TK"))),
    Calls: optional(about(`How many of the latest calls; ${DEFAULT_CALLS} by default.`, wholeNumber(1, MOST_CALLS))),
  },
  async (at: Context, values): Promise<Shown | Problem> => {
    const { replays, store } = at.deps;
    if (replays === undefined) return ABSENT;
    const changes = await rowsOf(at, values.Change);
    if (changes instanceof Problem) return changes;
    const filter = { accountSid: at.account.sid, ...given({ trunkSid: values.TrunkSid }) };
    const { rows } = await store.calls.list(filter, { limit: values.Calls ?? DEFAULT_CALLS });
    const found: { readonly record: CallRecord; readonly replayed: Replayed | null }[] = [];
    for (let first = 0; first < rows.length; first += AT_ONCE) {
      const records = rows.slice(first, first + AT_ONCE);
      const calls = await Promise.all(records.map((record) => callOf(at, record)));
      const known = calls.filter((call) => call !== null);
      const judged = known.length === 0 ? [] : await replays.run(known, changes);
      if (judged === undefined) return STARTING;
      const inOrder = judged.values();
      for (const [index, record] of records.entries()) {
        found.push({ record, replayed: calls[index] === null ? null : (inOrder.next().value ?? null) });
      }
    }
    return view(at, found);
  },
);

/** `/trunkline/v1/Replays`: what would a change of configuration make of the latest calls (EVD-3)? Nothing is changed and nobody is called. */
export const replayRoute: Route = {
  method: "POST",
  product: "trunkline",
  scope: "account",
  path: "/Replays",
  summary: "Create: the latest calls, judged by the configuration as it is and as it would be",
  form: create.form,
  success: { status: 201, schema: shape },
  run: async (at) => {
    const shown = await create.run(at, at.body);
    return shown instanceof Problem ? shown : { status: 201, body: shown };
  },
};

/** A call as it came, as far as its record knows; null: too little. */
async function callOf(at: Context, record: CallRecord): Promise<SimulatedCall | null> {
  const called = await calledUri(at, record);
  if (called === null || record.source === "") return null;
  return {
    source: record.source,
    requestUri: called,
    from: record.from,
    to: null,
    atMs: record.createdAtMs,
    secure: record.trace.some(({ rule, input }) => rule.endsWith(".secure-transport") && input === "tls"),
  };
}

async function calledUri({ deps, account }: Context, record: CallRecord): Promise<string | null> {
  if (record.direction === "trunking-terminating") {
    const trunk = await deps.store.trunks.fetch(account.sid, record.trunkSid);
    return trunk?.domainName ? `sip:${record.to}@${trunk.domainName}` : null;
  }
  if (record.direction !== "trunking-originating" || record.phoneNumberSid === null) return null;
  const number = await deps.store.phoneNumbers.fetch(account.sid, record.phoneNumberSid);
  return number ? `sip:${number.e164}@sip.${deps.zone}` : null;
}

function view(
  at: Context,
  found: readonly { readonly record: CallRecord; readonly replayed: Replayed | null }[],
): Shown {
  const judged = found.flatMap(({ record, replayed }) =>
    replayed === null || replayed.before.kind === "drop" ? [] : [{ record, ...replayed }],
  );
  const changed = judged.filter(({ before, after }) => !isSame(before, after));
  return {
    account_sid: at.account.sid,
    calls: found.length,
    unchanged: judged.length - changed.length,
    unjudged: found.length - judged.length,
    changed: changed.map(({ record, before, after }) => ({
      call_sid: record.sid,
      date_created: isoDate(record.createdAtMs),
      direction: record.direction,
      from: record.from,
      to: record.to,
      before: viewVerdict(before),
      after: viewVerdict(after),
    })),
  };
}

function isSame(one: ReplayVerdict, other: ReplayVerdict): boolean {
  return JSON.stringify({ ...one, why: null }) === JSON.stringify({ ...other, why: null });
}

function viewVerdict({ kind, sipStatus, errorCode, why, targets }: ReplayVerdict): Shown["changed"][number]["before"] {
  return { verdict: kind, sip_status: sipStatus, error_code: errorCode, detail: why, targets: [...targets] };
}
