import { type AuditFilter, type AuditRepository, csvLine } from "@trunkline/store";
import { z } from "zod";
import { accepts, type Context, Download, type Route } from "../../route.ts";
import { eventFilter, eventFilters } from "./event-filters.ts";
import { viewEvent } from "./event-view.ts";

/** Rows in memory at once. */
const ROWS_PER_QUERY = 500;

type Shown = ReturnType<typeof viewEvent>;
const COLUMNS: readonly (readonly [title: string, value: (event: Shown) => string | null])[] = [
  ["Event SID", (event) => event.sid],
  ["Date", (event) => event.event_date],
  ["Account SID", (event) => event.account_sid],
  ["Event type", (event) => event.event_type],
  ["Resource type", (event) => event.resource_type],
  ["Resource SID", (event) => event.resource_sid],
  ["Actor type", (event) => event.actor_type],
  ["Actor SID", (event) => event.actor_sid],
  ["Source", (event) => event.source],
  ["Source IP address", (event) => event.source_ip_address],
  ["Description", (event) => event.description],
  ["Changes", (event) => JSON.stringify(event.event_data)],
];

const csv = accepts(eventFilters, async (at: Context, values) => {
  const day = new Date(at.deps.nowMs()).toISOString().slice(0, 10);
  return new Download("text/csv; charset=utf-8; header=present", pieces(at, eventFilter(at, values)), {
    "Content-Disposition": `attachment; filename="audit-events-${day}.csv"`,
  });
});

/** `/trunkline/v1/AuditEvents.csv`: every event of the filters for auditors, newest first (ACC-4). */
export const eventsCsvRoute: Route = {
  method: "GET",
  product: "trunkline",
  scope: "anyone",
  path: "/AuditEvents.csv",
  summary: "Download: every audit event of the filters as CSV, newest first",
  form: eventFilters,
  success: { status: 200, schema: z.string(), contentType: "text/csv" },
  run: (at) => csv.run(at, at.query),
};

async function* pieces(at: Context, filter: AuditFilter): AsyncIterable<string> {
  yield csvLine(COLUMNS.map(([title]) => title));
  let after: string | undefined;
  do {
    const page: Awaited<ReturnType<AuditRepository["list"]>> = await at.deps.store.audit.list(filter, {
      limit: ROWS_PER_QUERY,
      ...(after !== undefined && { after }),
    });
    yield page.rows
      .map((event) => viewEvent(event, at))
      .map((shown) => csvLine(COLUMNS.map(([, value]) => value(shown))))
      .join("");
    after = page.next ?? undefined;
  } while (after !== undefined);
}
