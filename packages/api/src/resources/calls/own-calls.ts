import type { CallRecord } from "@trunkline/trunking";
import { z } from "zod";
import { isoDate } from "../../dates.ts";
import { type At, noParent, type Resource, routesOf } from "../../resource.ts";
import { accepts, type Context, Download, type Route } from "../../route.ts";
import { callFilterOf, ownCallFilters } from "./call-filters.ts";

const head = { call_sid: z.string(), account_sid: z.string() };

const shape = z.strictObject({
  ...head,
  trunk_sid: z.string().nullable(),
  direction: z.string(),
  from: z.string(),
  to: z.string(),
  status: z.string(),
  source: z.string(),
  sip_call_id_a: z.string(),
  sip_call_id_b: z.string().nullable(),
  sip_status: z.int().nullable(),
  reason: z.string().nullable(),
  error_code: z.int().nullable(),
  ended_by: z.enum(["caller", "callee", "platform", "internal"]).nullable(),
  duration_sec: z.int().nullable(),
  date_created: z.string(),
  date_answered: z.string().nullable(),
  date_ended: z.string().nullable(),
  attempts: z.array(
    z.strictObject({
      uri: z.string(),
      carrier_sid: z.string().nullable(),
      origination_url_sid: z.string().nullable(),
      date_started: z.string(),
      status: z.int().nullable(),
      reason: z.string().nullable(),
    }),
  ),
  url: z.string(),
});

const trace = {
  steps: z.array(
    z.strictObject({
      rule: z.string(),
      input: z.string(),
      verdict: z.enum(["pass", "refuse", "skip", "info"]),
      detail: z.string(),
      at_ms: z.number(),
    }),
  ),
};

/** Our own call log: calls with their SIP side and the targets tried, by the filters that Twilio's lacks (EVD-1, EVD-5). */
const ownCalls: Resource<CallRecord, null> = {
  product: "trunkline",
  noun: "a call with its SIP side and the targets tried",
  path: "/Calls",
  key: "calls",
  parent: noParent,
  shape,
  view: viewCall,
  list: accepts(ownCallFilters, async (at: At<null>, values) => {
    return (page) => at.deps.store.calls.list(callFilterOf(at.account.sid, values), page);
  }),
  fetch: (at, sid) => at.deps.store.calls.fetch(at.account.sid, sid),
};

const csv = accepts(ownCallFilters, async (at: Context, values) => {
  const day = isoDate(at.deps.nowMs()).slice(0, 10);
  const pieces = at.deps.store.calls.csv(callFilterOf(at.account.sid, values));
  // RFC 4180 §3 has the type and both parameters.
  return new Download("text/csv; charset=utf-8; header=present", pieces, {
    "Content-Disposition": `attachment; filename="calls-${day}.csv"`,
  });
});

/** What the records know beyond Twilio's Calls, below `/trunkline/v1/Calls`. */
export const ownCallRoutes: readonly Route[] = [
  ...routesOf(ownCalls),
  {
    method: "GET",
    product: "trunkline",
    scope: "account",
    path: "/Calls.csv",
    summary: "Download: every call of the filters as CSV, newest first",
    form: ownCallFilters,
    success: { status: 200, schema: z.string(), contentType: "text/csv" },
    run: (at) => csv.run(at, at.query),
  },
  evidence("/Trace", "Fetch: the decision trace of a call", trace, (record) => ({
    steps: record.trace.map((step) => ({
      rule: step.rule,
      input: step.input,
      verdict: step.verdict,
      detail: step.detail,
      at_ms: step.atMs,
    })),
  })),
];

function viewCall(record: CallRecord, at: Context): z.infer<typeof shape> {
  return {
    call_sid: record.sid,
    account_sid: record.accountSid,
    trunk_sid: record.trunkSid || null,
    direction: record.direction,
    from: record.from,
    to: record.to,
    status: record.status,
    source: record.source,
    sip_call_id_a: record.sipCallIdA,
    sip_call_id_b: record.sipCallIdB,
    sip_status: record.sipStatus,
    reason: record.reason,
    error_code: record.errorCode,
    ended_by: record.endedBy,
    duration_sec: record.durationSec,
    date_created: isoDate(record.createdAtMs),
    date_answered: record.answeredAtMs === null ? null : isoDate(record.answeredAtMs),
    date_ended: record.endedAtMs === null ? null : isoDate(record.endedAtMs),
    attempts: record.attempts.map((attempt) => ({
      uri: attempt.uri,
      carrier_sid: attempt.carrierSid,
      origination_url_sid: attempt.originationUrlSid,
      date_started: isoDate(attempt.startedAtMs),
      status: attempt.status,
      reason: attempt.reason,
    })),
    url: at.links.absolute("trunkline", `/Calls/${record.sid}`),
  };
}

function evidence<Shape extends z.ZodRawShape>(
  tail: string,
  summary: string,
  parts: Shape,
  show: (record: CallRecord) => z.infer<z.ZodObject<Shape>>,
): Route {
  return {
    method: "GET",
    product: "trunkline",
    scope: "account",
    path: `/Calls/:sid${tail}`,
    summary,
    form: {},
    success: { status: 200, schema: z.strictObject({ ...head, ...parts, url: z.string() }) },
    run: async (at: Context) => {
      const record = await at.deps.store.calls.fetch(at.account.sid, at.param("sid"));
      if (record === undefined) return at.missing();
      const url = at.links.absolute("trunkline", `/Calls/${record.sid}${tail}`);
      return { status: 200, body: { call_sid: record.sid, account_sid: record.accountSid, ...show(record), url } };
    },
  };
}
