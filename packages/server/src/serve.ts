import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { AccountRequestLimit, createApi, type RecordingMediaPort } from "@trunkline/api";
import { openStore, type Store } from "@trunkline/store";
import { startCallerIdExpiry } from "./caller-ids/expiry.ts";
import { callerIdVerification } from "./caller-ids/verification.ts";
import { addAcmeAnswers } from "./certificates/acme/acme-answers.ts";
import { type Certificates, certificateNames, openCertificates } from "./certificates/certificates.ts";
import { followedBy } from "./certificates/follow-directory.ts";
import type { OperatorFiles } from "./certificates/operator-files.ts";
import { acmeSettings } from "./config/acme-settings.ts";
import { recordingsPlace } from "./config/recordings-place.ts";
import type { Settings } from "./config/settings.ts";
import { addConsole } from "./console.ts";
import { ensureOperatorUser, type Login } from "./console-users.ts";
import { type Demo, ensureDemo, ensureSimulatedCarrier } from "./demo.ts";
import { edgeNames, ensureEdgeLocations } from "./edge-locations.ts";
import { addHealth, addRootCertificate } from "./health.ts";
import { hostPort } from "./host-port.ts";
import { listenHttp } from "./listen-http.ts";
import type { Log } from "./log.ts";
import { networkFacts } from "./network-facts.ts";
import { openRecordingMedia } from "./recordings/media.ts";
import { startRecordingRetention } from "./recordings/retention.ts";
import { startRecordingSweep } from "./recordings/sweep.ts";
import { ALERTS_KEPT_MS, ANSWERS_KEPT_MS, DAY_MS, startRetention } from "./retention.ts";
import { announceRunning, type Running, retractRunning } from "./running.ts";
import { openSecrets, type Secrets } from "./secrets.ts";
import { EdgeThread } from "./threads/edge-thread.ts";
import { type PstnThread, startPstnThread } from "./threads/pstn-thread.ts";
import { startUsage } from "./usage.ts";
import type { WebhookDispatcher } from "./webhooks/dispatcher.ts";
import { openWebhooks } from "./webhooks/open-webhooks.ts";
import { refusedHost } from "./webhooks/public-address.ts";

/** How long a stop waits for calls to end on their own. */
const DRAIN_MS = 5_000;

export type Platform = {
  readonly running: Running;
  /** The operator's first user, right after it was made; its password is kept nowhere. */
  readonly operatorLogin: Login | undefined;
  /** Closes in the written order; safe to repeat. */
  close(): Promise<void>;
};

/**
 * Starts everything that the role asks for, in order: secrets, store, demo, simulated PSTN, certificates, edge, API. Rejects with the first thing that
 * cannot start, after closing what had started.
 *
 * Closing order (docs/architecture.md): the API stops taking requests; the edge drains, ends its calls, finishes their recordings and flushes
 * its journal into the store; the simulated PSTN goes; webhooks on their way are broken off, deleting old alerts and
 * recordings stops; the store closes last.
 */
export async function serve(settings: Settings, log: Log, onFatal: (why: string) => void): Promise<Platform> {
  const closers: (() => Promise<void>)[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= closeAll(closers, log);
    return closing;
  };
  try {
    return { ...(await start(settings, log, onFatal, (closer) => closers.unshift(closer))), close };
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
): Promise<Pick<Platform, "running" | "operatorLogin">> {
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  const secrets = openSecrets(settings);
  const store = await openStore({
    url: settings.databaseUrl ?? `pglite:${resolve(settings.dataDir, "store")}`,
    encryptionKey: Buffer.from(secrets.encryptionKey, "hex"),
    quarantineDays: settings.quarantineDays,
    onProblem: (problem) => log("warn", "trouble with the database", { why: problem.message }),
  });
  onClose(() => store.close());
  await ensureOperator(store, secrets);
  await ensureEdgeLocations(store, settings.edge);
  const operatorLogin = settings.role === "edge" ? undefined : await ensureOperatorUser(store, settings.zone);
  const demo = settings.demo ? await ensureDemo(store, settings.zone, secrets) : null;
  const jobs = settings.role === "edge" ? undefined : startJobs(settings, store, log, onClose);
  const carriesCalls = settings.role !== "control";
  const pstn = settings.demo && carriesCalls ? await startPstn(settings, store, log) : undefined;
  if (pstn) onClose(() => pstn.close());
  const calls = carriesCalls ? await startEdge(settings, secrets, store, log, onFatal) : undefined;
  if (calls) onClose(() => calls.close());
  const edge = calls?.edge;
  const parts = { settings, secrets, store, log, edge, pstn, certificates: calls?.certificates };
  const api = jobs === undefined ? "" : await startApi({ ...parts, ...jobs }, onClose);
  calls?.certificates.acme?.start();
  jobs?.webhooks.start(settings.publicUrl ?? api);
  const running: Running = {
    pid: process.pid,
    api,
    sip: (edge?.listeners ?? []).map(({ transport, address, port }) => `${transport}:${hostPort(address, port)}`),
    zone: settings.zone,
    operator: { sid: secrets.operatorSid, token: secrets.operatorToken },
    demo: demo satisfies Demo | null,
  };
  announceRunning(settings.dataDir, running);
  onClose(async () => retractRunning(settings.dataDir));
  return { running, operatorLogin };
}

/** What is done beside API and calls. Webhooks wait for the API, to which they may lead back. */
function startJobs(
  settings: Settings,
  store: Store,
  log: Log,
  onClose: (closer: () => Promise<void>) => void,
): Pick<Parts, "webhooks" | "recordingMedia"> {
  const nowMs = (): number => Date.now();
  const recordingMedia = openRecordingMedia(settings);
  onClose(() => recordingMedia.close());
  const alerts = startRetention({ what: "alerts", keptMs: ALERTS_KEPT_MS, from: store.alerts, log, nowMs });
  onClose(() => alerts.close());
  const auditKeptMs = settings.auditDays * DAY_MS;
  const audit = startRetention({ what: "audit events", keptMs: auditKeptMs, from: store.audit, log, nowMs });
  onClose(() => audit.close());
  const captureKeptMs = settings.captureDays * DAY_MS;
  const captures = startRetention({ what: "SIP captures", keptMs: captureKeptMs, from: store.captures, log, nowMs });
  onClose(() => captures.close());
  const told = { what: "webhooks of calls", keptMs: captureKeptMs, from: store.webhookLog } as const;
  const webhookLog = startRetention({ ...told, log, nowMs });
  onClose(() => webhookLog.close());
  const repeated = { what: "answers of repeated requests", keptMs: ANSWERS_KEPT_MS, from: store.idempotency } as const;
  const answers = startRetention({ ...repeated, log, nowMs });
  onClose(() => answers.close());
  const recordings = startRecordingRetention({ recordings: store.recordings, media: recordingMedia, log, nowMs });
  onClose(() => recordings.close());
  const callerIds = startCallerIdExpiry({ validations: store.callerIdValidations, log, nowMs });
  onClose(() => callerIds.close());
  const usage = startUsage({ usage: store.usage, triggers: store.usageTriggers, log, nowMs });
  onClose(() => usage.close());
  const webhooks = openWebhooks(store, settings.allowPrivateWebhooks, log);
  onClose(() => webhooks.close());
  return { webhooks, recordingMedia };
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

async function startPstn(settings: Settings, store: Store, log: Log): Promise<PstnThread> {
  const [bind = "127.0.0.1"] = settings.bind;
  const address = bind === "0.0.0.0" || bind === "::" ? (settings.advertise[0] ?? bind) : bind;
  const pstn = await startPstnThread(
    { address, port: settings.pstnPort, platform: { host: address, port: settings.sipPort } },
    log,
  );
  await ensureSimulatedCarrier(store, pstn.address, pstn.port);
  return pstn;
}

/** The edge with its certificates, which follow their files while it runs. */
async function startEdge(
  settings: Settings,
  secrets: Secrets,
  store: Store,
  log: Log,
  onFatal: (why: string) => void,
): Promise<{ readonly edge: EdgeThread; readonly certificates: Certificates; close(): Promise<void> }> {
  const addresses = settings.bind.map((bind, i) => ({ bind, advertise: settings.advertise[i] ?? bind }));
  let edge: EdgeThread | undefined;
  const notTaken = (error: Error): void => log("error", "TLS certificates not taken", { why: error.message });
  const certificates = await openCertificates(certificateOptions(settings, addresses, log), {
    setTls: (tls) => void edge?.setTls(tls).catch(notTaken),
    setNamedCertificates: (changes) => void edge?.setNamedCertificates(changes).catch(notTaken),
  });
  try {
    const options = {
      edge: settings.edge,
      zone: settings.zone,
      addresses,
      interconnects: settings.interconnects,
      sipPort: settings.sipPort,
      sipsPort: settings.sipsPort,
      tls: certificates.tls(),
      journalDir: join(settings.dataDir, "journal", settings.edge),
      nonceSecret: secrets.nonceSecret,
      limits: { mediaSilenceMs: 1_000 * settings.mediaSilenceSec },
    };
    const { rtpPorts, media, mediaWorkers } = settings;
    const { callRecordSink, recordingSink, alertSink, captureSink, callerIdValidations } = store;
    const recordings = recordingsPlace(settings);
    const directory = followedBy(store.directory, certificates.follow);
    const known = { directory, callRecordSink, recordingSink, alertSink, captureSink, callerIdValidations };
    const captures = settings.captureDays > 0;
    const thread = new EdgeThread(
      { options, rtpPorts, media, mediaWorkers, recordings, captures },
      known,
      log,
      onFatal,
    );
    edge = thread;
    await thread.start();
    const sweep = startRecordingSweep({
      edge: settings.edge,
      recordings: store.recordings,
      recordingSink,
      alertSink,
      lost: (sids) => thread.lostRecordings(sids),
      log,
      nowMs: () => Date.now(),
    });
    const close = async (): Promise<void> => {
      certificates.close();
      await sweep.close();
      await thread.close(DRAIN_MS);
    };
    return { edge: thread, certificates, close };
  } catch (error) {
    certificates.close();
    throw error;
  }
}

function certificateOptions(
  settings: Settings,
  addresses: readonly { readonly advertise: string }[],
  log: Log,
): Parameters<typeof openCertificates>[0] {
  const { dataDir, zone, edge, tlsCert, tlsKey, tlsClientCa, tlsCiphers: ciphers } = settings;
  const shown = addresses.map(({ advertise }) => advertise);
  const operator: OperatorFiles = {
    ...(tlsCert !== undefined && tlsKey !== undefined ? { certificate: { certPath: tlsCert, keyPath: tlsKey } } : {}),
    ...(tlsClientCa === undefined ? {} : { clientAuthorityPath: tlsClientCa }),
  };
  const names = certificateNames(zone, edgeNames(edge), shown);
  return { dataDir, zone, edge, names, operator, acme: acmeSettings(settings), ciphers, log };
}

/** What the API is built on. */
type Parts = {
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly store: Store;
  readonly log: Log;
  readonly edge: EdgeThread | undefined;
  readonly pstn: PstnThread | undefined;
  readonly webhooks: WebhookDispatcher;
  readonly recordingMedia: RecordingMediaPort;
  readonly certificates: Certificates | undefined;
};

async function startApi(parts: Parts, onClose: (closer: () => Promise<void>) => void): Promise<string> {
  const { settings, secrets, store, log, edge, pstn, webhooks, recordingMedia, certificates } = parts;
  const app = await createApi({
    store,
    zone: settings.zone,
    operator: { sid: secrets.operatorSid, token: secrets.operatorToken },
    digestRealm: `sip.${settings.zone}`,
    randomHex: (bytes: number) => randomBytes(bytes).toString("hex"),
    nowMs: () => Date.now(),
    onFailure: (error, requestId) =>
      log("error", "request failed", { requestId, error: error instanceof Error ? error.stack : String(error) }),
    recordingMedia,
    network: networkFacts(settings, () => edge?.listeners ?? [], certificates?.caPem),
    trustedProxies: settings.trustedProxies,
    requestLimit: new AccountRequestLimit({
      concurrent: settings.apiConcurrency,
      perSecond: settings.apiRate,
      nowMs: () => performance.now(),
    }),
    ...(settings.allowPrivateWebhooks ? {} : { refusedHost }),
    ...(pstn ? { simulatedPstn: pstn } : {}),
    ...(edge
      ? {
          liveCalls: {
            list: (accountSid: string) => edge.liveCalls(accountSid),
            hangUp: (a: string, sid: string) => edge.hangUp(a, sid),
          },
          recordingControl: { control: (request) => edge.controlRecording(request) },
          simulations: { run: (call) => edge.simulate(call) },
          replays: { run: (calls, changes) => edge.replay(calls, changes) },
          callerIdVerification: callerIdVerification(settings, edge),
          peerStatus: { fetch: (ownerSid) => edge.peerStatus(ownerSid) },
          callCaptures: { fetch: (a: string, sid: string) => edge.capture(a, sid) },
          callAudio: { fetch: (a: string, sid: string) => edge.callAudio(a, sid) },
          trunkContact: { fetch: (trunkSid) => edge.trunkContact(trunkSid) },
          changesApplied: () => edge.changesApplied(),
        }
      : {}),
  });
  addHealth(app, store, edge, () => ({ ...webhooks.metrics(), ...certificates?.acme?.health() }));
  if (certificates) addRootCertificate(app, certificates.caPem);
  if (certificates?.acme) addAcmeAnswers(app, certificates.acme);
  addConsole(app);
  onClose(() => app.close());
  return listenHttp(app, settings.http);
}

async function closeAll(closers: readonly (() => Promise<void>)[], log: Log): Promise<void> {
  for (const closer of closers) {
    await closer().catch((error: unknown) =>
      log("error", "could not close cleanly", { why: error instanceof Error ? error.message : String(error) }),
    );
  }
}
