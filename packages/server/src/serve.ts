import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { createApi } from "@trunkline/api";
import { openStore, type Store } from "@trunkline/store";
import type { Settings } from "./config/settings.ts";
import { type Demo, ensureDemo, ensureSimulatedCarrier } from "./demo.ts";
import { ensureEdgeLocations } from "./edge-locations.ts";
import { addHealth } from "./health.ts";
import type { Log } from "./log.ts";
import { announceRunning, type Running, retractRunning } from "./running.ts";
import { openSecrets, type Secrets } from "./secrets.ts";
import { EdgeThread } from "./threads/edge-thread.ts";
import { type PstnThread, startPstnThread } from "./threads/pstn-thread.ts";

/** How long a stop waits for calls to end on their own. */
const DRAIN_MS = 5_000;

export type Platform = {
  readonly running: Running;
  /** Closes in the written order; safe to repeat. */
  close(): Promise<void>;
};

/**
 * Starts everything that the role asks for, in order: secrets, store, demo, simulated PSTN, edge, API. Rejects with the first thing that
 * cannot start, after closing what had started.
 *
 * Closing order (docs/architecture.md): the API stops taking requests; the edge drains, ends its calls and flushes its journal into the
 * store; the simulated PSTN goes; the store closes last.
 */
export async function serve(settings: Settings, log: Log, onFatal: (why: string) => void): Promise<Platform> {
  const closers: (() => Promise<void>)[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= closeAll(closers, log);
    return closing;
  };
  try {
    return { running: await start(settings, log, onFatal, (closer) => closers.unshift(closer)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  settings: Settings,
  log: Log,
  onFatal: (why: string) => void,
  onClose: (closer: () => Promise<void>) => void,
): Promise<Running> {
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  const secrets = openSecrets(settings);
  const store = await openStore({
    url: settings.databaseUrl ?? `pglite:${resolve(settings.dataDir, "store")}`,
    encryptionKey: Buffer.from(secrets.encryptionKey, "hex"),
  });
  onClose(() => store.close());
  await ensureOperator(store, secrets);
  await ensureEdgeLocations(store, settings.edge);
  const demo = settings.demo ? await ensureDemo(store, settings.zone, secrets) : null;
  const carriesCalls = settings.role !== "control";
  const pstn = settings.demo && carriesCalls ? await startPstn(settings, store, onFatal) : undefined;
  if (pstn) onClose(() => pstn.close());
  const edge = carriesCalls ? await startEdge(settings, secrets, store, log, onFatal) : undefined;
  if (edge) onClose(() => edge.close(DRAIN_MS));
  const api = settings.role === "edge" ? "" : await startApi(settings, secrets, store, edge, pstn, onClose);
  const running: Running = {
    pid: process.pid,
    api,
    sip: (edge?.listeners ?? []).map(({ transport, address, port }) => `${transport}:${address}:${port}`),
    zone: settings.zone,
    operator: { sid: secrets.operatorSid, token: secrets.operatorToken },
    demo: demo satisfies Demo | null,
  };
  announceRunning(settings.dataDir, running);
  onClose(async () => retractRunning(settings.dataDir));
  return running;
}

/** The operator is an account row too, so that it can hold what it makes; its token follows the settings. */
async function ensureOperator(store: Store, secrets: Secrets): Promise<void> {
  if (await store.accounts.fetch(secrets.operatorSid)) return;
  await store.accounts.create({
    sid: secrets.operatorSid,
    parentSid: null,
    friendlyName: "Operator",
    status: "active",
    type: "Full",
    authToken: secrets.operatorToken,
  });
}

async function startPstn(settings: Settings, store: Store, onFatal: (why: string) => void): Promise<PstnThread> {
  const [bind = "127.0.0.1"] = settings.bind;
  const address = bind === "0.0.0.0" || bind === "::" ? (settings.advertise[0] ?? bind) : bind;
  const pstn = await startPstnThread(
    { address, port: settings.pstnPort, platform: { host: address, port: settings.sipPort } },
    (why) => onFatal(`the simulated PSTN ended: ${why}`),
  );
  await ensureSimulatedCarrier(store, pstn.address, pstn.port);
  return pstn;
}

async function startEdge(
  settings: Settings,
  secrets: Secrets,
  store: Store,
  log: Log,
  onFatal: (why: string) => void,
): Promise<EdgeThread> {
  const edge = new EdgeThread(
    {
      options: {
        edge: settings.edge,
        zone: settings.zone,
        addresses: settings.bind.map((bind, i) => ({ bind, advertise: settings.advertise[i] ?? bind })),
        sipPort: settings.sipPort,
        journalDir: join(settings.dataDir, "journal", settings.edge),
        nonceSecret: secrets.nonceSecret,
      },
      rtpPorts: settings.rtpPorts,
      mediaWorkers: settings.mediaWorkers,
    },
    store,
    log,
  );
  edge.onGivenUp = onFatal;
  await edge.start();
  return edge;
}

async function startApi(
  settings: Settings,
  secrets: Secrets,
  store: Store,
  edge: EdgeThread | undefined,
  pstn: PstnThread | undefined,
  onClose: (closer: () => Promise<void>) => void,
): Promise<string> {
  const app = await createApi({
    store,
    zone: settings.zone,
    operator: { sid: secrets.operatorSid, token: secrets.operatorToken },
    digestRealm: `sip.${settings.zone}`,
    randomHex: (bytes: number) => randomBytes(bytes).toString("hex"),
    nowMs: () => Date.now(),
    ...(pstn ? { simulatedPstn: pstn } : {}),
    ...(edge
      ? {
          liveCalls: {
            list: (accountSid: string) => edge.liveCalls(accountSid),
            hangUp: (a: string, sid: string) => edge.hangUp(a, sid),
          },
        }
      : {}),
  });
  addHealth(app, store, edge);
  onClose(() => app.close());
  return app.listen({ host: settings.http.host, port: settings.http.port });
}

async function closeAll(closers: readonly (() => Promise<void>)[], log: Log): Promise<void> {
  for (const closer of closers) {
    await closer().catch((error: unknown) =>
      log("error", "could not close cleanly", { why: error instanceof Error ? error.message : String(error) }),
    );
  }
}
