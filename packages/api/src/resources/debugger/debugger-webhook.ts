import type { Dated, DebuggerWebhook, WebhookTally } from "@trunkline/store";
import { z } from "zod";
import { isoDate } from "../../dates.ts";
import { about, coded, flag, oneOf, optional, webUrl } from "../../form.ts";
import { invalid, Problem } from "../../problem.ts";
import { settle, settleRemoval } from "../../resource.ts";
import { type Answer, accepts, type Context, type Route } from "../../route.ts";
import { unusableUrl } from "./callback-url.ts";

const INVALID_URL = 21205;
const PATH = "/DebuggerWebhook";

const shape = z.strictObject({
  account_sid: z.string(),
  webhook_url: z.string(),
  method: z.enum(["POST"]),
  enabled: z.boolean(),
  waiting: z.int(),
  delivered: z.int(),
  abandoned: z.int(),
  dropped: z.int(),
  date_last_delivered: z.string().nullable(),
  date_last_failed: z.string().nullable(),
  last_failure: z.string().nullable(),
  date_created: z.string(),
  date_updated: z.string(),
  url: z.string(),
});

const set = accepts(
  {
    Url: optional(about("Where alerts are sent; needed the first time.", coded(INVALID_URL, webUrl()))),
    Method: optional(oneOf("POST")),
    Enabled: optional(about("False: nothing is sent; what waits is dropped.", flag())),
  },
  async (at: Context, { Url, Enabled }): Promise<(DebuggerWebhook & Dated) | Problem> => {
    const before = await at.deps.store.debuggerWebhooks.fetch(at.account.sid);
    const url = Url ?? before?.url;
    if (url === undefined) return invalid("Missing required parameter Url: there is no webhook yet.", INVALID_URL);
    const wrong = Url === undefined ? undefined : unusableUrl("Url", Url, at);
    if (wrong !== undefined) return invalid(wrong, INVALID_URL);
    const enabled = Enabled ?? before?.enabled ?? true;
    const row: DebuggerWebhook = { accountSid: at.account.sid, url, method: "POST", enabled };
    return settle(at, await at.deps.store.debuggerWebhooks.set(row));
  },
);

const common = { product: "trunkline", scope: "account", path: PATH } as const;
const success = { status: 200, schema: shape } as const;

/** `/trunkline/v1/DebuggerWebhook`: where an account is told of its alerts, and what became of them (EVD-4, contract §11.3). */
export const debuggerWebhookRoutes: readonly Route[] = [
  {
    ...common,
    method: "GET",
    summary: "Fetch: debugger webhook",
    form: {},
    success,
    run: async (at) => {
      const row = await at.deps.store.debuggerWebhooks.fetch(at.account.sid);
      return row === undefined ? at.missing() : shown(at, row);
    },
  },
  {
    ...common,
    method: "POST",
    summary: "Set: debugger webhook",
    form: set.form,
    success,
    run: async (at) => {
      const row = await set.run(at, at.body);
      return row instanceof Problem ? row : shown(at, row);
    },
  },
  {
    ...common,
    method: "DELETE",
    summary: "Delete: debugger webhook",
    form: {},
    success: { status: 204 },
    run: async (at) => {
      const removed = settleRemoval(at, await at.deps.store.debuggerWebhooks.remove(at.account.sid));
      return removed ?? { status: 204, body: null };
    },
  },
];

async function shown(at: Context, row: DebuggerWebhook & Dated): Promise<Answer> {
  const tally = await at.deps.store.webhookQueues.tally({ accountSid: row.accountSid, kind: "debugger" });
  return { status: 200, body: view(at, row, tally) };
}

function view(at: Context, row: DebuggerWebhook & Dated, tally: WebhookTally): z.infer<typeof shape> {
  const dated = (atMs: number | null): string | null => (atMs === null ? null : isoDate(atMs));
  return {
    account_sid: row.accountSid,
    webhook_url: row.url,
    method: row.method,
    enabled: row.enabled,
    waiting: tally.waiting,
    delivered: tally.delivered,
    abandoned: tally.abandoned,
    dropped: tally.dropped,
    date_last_delivered: dated(tally.lastDeliveredAtMs),
    date_last_failed: dated(tally.lastFailedAtMs),
    last_failure: tally.lastFailure,
    date_created: isoDate(row.createdAtMs),
    date_updated: isoDate(row.updatedAtMs),
    url: at.links.absolute("trunkline", PATH),
  };
}
