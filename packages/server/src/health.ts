import type { createApi } from "@trunkline/api";
import type { Store } from "@trunkline/store";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { EdgeThread } from "./threads/edge-thread.ts";

type Api = Awaited<ReturnType<typeof createApi>>;

const PREFIX = "trunkline_";

/**
 * Adds `/healthz` (the process answers), `/readyz` (it can take calls and configuration now; 503 says what is missing; `troubles` are what
 * an operator should look at, though calls go on) and `/metrics` (Prometheus text). They need no credentials and say nothing about customers.
 */
export function addHealth(
  app: Api,
  store: Pick<Store, "ping">,
  edge: EdgeThread | undefined,
  controlMetrics: () => Readonly<Record<string, number>>,
): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: PREFIX });
  const gauges = new Map<string, Gauge>();
  app.get("/healthz", async () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    const missing: string[] = [];
    await store.ping().catch(() => missing.push("database"));
    if (edge && !edge.ready) missing.push("edge");
    const troubles = (await edge?.troubles().catch(() => [])) ?? [];
    return reply
      .code(missing.length === 0 ? 200 : 503)
      .send({ status: missing.length === 0 ? "ready" : "not ready", missing, troubles });
  });
  app.get("/metrics", async (_request, reply) => {
    for (const [name, value] of Object.entries({ ...controlMetrics(), ...(await edge?.metrics()) })) {
      const metric = PREFIX + name.replaceAll(/[^a-zA-Z0-9]+|(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();
      const gauge = gauges.get(metric) ?? new Gauge({ name: metric, help: name, registers: [registry] });
      gauges.set(metric, gauge);
      gauge.set(value);
    }
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

/** Where PBXs get the root certificate. */
export const ROOT_CERTIFICATE_PATH = "/ca.pem";

/** Adds `/ca.pem`: the root certificate of this installation, for PBXs to import (SEC-5). Public, as certificates are. */
export function addRootCertificate(app: Api, caPem: string): void {
  app.get(ROOT_CERTIFICATE_PATH, (_request, reply) => reply.type("application/x-pem-file").send(caPem));
}
