import type { Store } from "@trunkline/store";
import type { FastifyInstance } from "fastify";

/** Routes that write and change no configuration, and why. */
const NO_CONFIGURATION: Readonly<Record<string, string>> = {
  "POST /~trunkline/trunkline/v1/SimulatedCalls": "places a call",
  "POST /~trunkline/trunkline/v1/SimulatedKeyPresses": "presses keys in a call",
  "POST /~trunkline/trunkline/v1/Simulations": "asks only",
};

/** Looks at what the tests write: what no audit event tells of, though the request succeeded. */
export type AuditCoverage = { gaps(): Promise<readonly string[]> };

/**
 * ACC-4, over all tests of the API: whatever route changes something, its requests are told of in events, under their request ids. A route
 * whose requests all changed nothing is not known to be told of.
 */
export function watchAudit(app: FastifyInstance, store: Store): AuditCoverage {
  const written: { readonly route: string; readonly requestId: string }[] = [];
  app.addHook("onResponse", async (request, reply) => {
    const { method, id } = request;
    if (["GET", "HEAD", "OPTIONS"].includes(method) || reply.statusCode >= 400) return;
    if (reply.getHeader("idempotent-replayed") !== undefined) return;
    // What asks for nothing changes nothing.
    if (method === "POST" && reply.statusCode === 200 && Object.keys(request.body ?? {}).length === 0) return;
    written.push({ route: `${method} ${request.routeOptions.url}`, requestId: id });
  });
  return {
    async gaps() {
      const told = await requestsTold(store);
      const covered = new Set(written.filter(({ requestId }) => told.has(requestId)).map(({ route }) => route));
      const routes = [...new Set(written.map(({ route }) => route))];
      return routes.filter((route) => !covered.has(route) && NO_CONFIGURATION[route] === undefined);
    },
  };
}

async function requestsTold(store: Store): Promise<ReadonlySet<string | null>> {
  const told = new Set<string | null>();
  let after: string | undefined;
  do {
    const page = await store.audit.list({}, { limit: 1_000, ...(after !== undefined && { after }) });
    for (const event of page.rows) told.add(event.requestId);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return told;
}
