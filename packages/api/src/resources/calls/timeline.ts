import { z } from "zod";
import type { Context, Route } from "../../route.ts";
import { findCapture } from "./call-capture.ts";
import { TIMELINE_KINDS, type TimelineEntry, timelineOf } from "./timeline-entries.ts";

const entryShape = z.strictObject({
  kind: z.enum(TIMELINE_KINDS),
  at_ms: z.number(),
  date: z.string(),
  leg: z.enum(["a", "b"]).nullable(),
  detail: z.string().nullable(),
  duration_ms: z.int().nullable(),
  resource_sid: z.string().nullable(),
});

const shape = z.strictObject({
  call_sid: z.string(),
  account_sid: z.string(),
  entries: z.array(entryShape),
  url: z.string(),
});

/** Of one call; a call has one recording or none, and few alerts. */
const MOST_ROWS = 100;

/** What happened in a call, step by step (EVD-2). */
export const timelineRoute: Route = {
  method: "GET",
  product: "trunkline",
  scope: "account",
  path: "/Calls/:sid/Timeline",
  summary: "Fetch: what happened in a call, in order of time",
  form: {},
  success: { status: 200, schema: shape },
  run: async (at: Context) => {
    const { deps, account } = at;
    const sid = at.param("sid");
    const record = await deps.store.calls.fetch(account.sid, sid);
    if (record === undefined) return at.missing();
    const { store } = deps;
    const page = { limit: MOST_ROWS };
    const [found, live, recordings, alerts, webhooks] = await Promise.all([
      findCapture(at, sid),
      record.endedAtMs === null ? deps.callAudio?.fetch(account.sid, sid) : undefined,
      store.recordings.list({ accountSid: account.sid, callSid: sid }, page),
      store.alerts.list(account.sid, { resourceSid: sid }, page),
      store.webhookLog.ofCall(account.sid, sid),
    ]);
    const capture = found?.capture;
    const entries = timelineOf({
      record,
      capture,
      media: live?.media ?? capture?.media,
      recordings: recordings.rows,
      alerts: alerts.rows,
      webhooks,
    });
    const body: z.infer<typeof shape> = {
      call_sid: sid,
      account_sid: account.sid,
      entries: entries.map((entry) => viewEntry(entry, record.createdAtMs)),
      url: at.links.absolute("trunkline", `/Calls/${sid}/Timeline`),
    };
    return { status: 200, body };
  },
};

function viewEntry(entry: TimelineEntry, begunAtMs: number): z.infer<typeof entryShape> {
  const { kind, atMs, leg, detail, durationMs, resourceSid } = entry;
  return {
    kind,
    at_ms: Math.max(0, atMs - begunAtMs),
    date: new Date(atMs).toISOString(),
    leg,
    detail,
    duration_ms: durationMs,
    resource_sid: resourceSid,
  };
}
