import type {
  EdgeMetrics,
  EdgeNamedCertificates,
  EdgeTls,
  LiveCallView,
  PeerStatusView,
  Placing,
  RecordingControl,
  RecordingRequest,
  TrunkContactView,
  VerificationOrder,
} from "@trunkline/edge";
import type { Store } from "@trunkline/store";
import type { Invalid, OverlayChange, Replayed, SimulatedCall, Simulation } from "@trunkline/trunking";
import type { Log } from "../log.ts";
import type { ControlOffer, EdgeOffer, EdgeThreadData, ListenerView } from "./edge-offer.ts";
import type { Remote } from "./link.ts";
import { SupervisedThread, type ThreadLife } from "./supervised-thread.ts";

/** What the edge thread needs of the store. */
export type EdgeStore = Pick<
  Store,
  "directory" | "callRecordSink" | "recordingSink" | "alertSink" | "captureSink" | "callerIdValidations"
>;

/** How long a change may keep its writer waiting for an edge that is busy or starting again. */
const APPLY_LIMIT_MS = 1_000;

/** The edge thread as the control thread sees it. Restarted when it dies; its journal closes the calls it took with it. */
export class EdgeThread {
  readonly #store: EdgeStore;
  readonly #log: Log;
  readonly #thread: SupervisedThread<EdgeOffer>;
  #data: EdgeThreadData;
  /** What single trunks have of their own, by trunk. */
  readonly #named: Map<string, EdgeNamedCertificates>;
  /** What a thread that is starting must still be told: it began with what was there before. */
  #untold: ((remote: Remote<EdgeOffer>) => Promise<void>)[] = [];
  #listeners: readonly ListenerView[] = [];
  /** The newest changes on their way; the link keeps order, so when they are applied all before them are. */
  #applying: Promise<unknown> = Promise.resolve();

  /** @param onGivenUp called when the edge cannot be kept alive; the process should end with a failure */
  constructor(data: EdgeThreadData, store: EdgeStore, log: Log, onGivenUp: (why: string) => void) {
    this.#data = data;
    this.#named = new Map(data.options.tls?.named?.map((one) => [one.key, one]));
    this.#store = store;
    this.#log = log;
    this.#thread = new SupervisedThread({
      name: "edge",
      module: "edge-worker",
      data: () => this.#dataOfNow(),
      offer: (life) => this.#offer(life),
      log,
      onGivenUp,
    });
  }

  get ready(): boolean {
    return this.#thread.ready;
  }

  /** Where it listens, or listened before it died. */
  get listeners(): readonly ListenerView[] {
    return this.#listeners;
  }

  /** Starts the thread; resolves when it listens, rejects when it ends before that. */
  start(): Promise<void> {
    return this.#thread.start();
  }

  liveCalls(accountSid?: string): Promise<readonly LiveCallView[]> {
    return this.#thread.remote?.liveCalls(accountSid) ?? Promise.resolve([]);
  }

  async hangUp(accountSid: string, sid: string): Promise<boolean> {
    return (await this.#thread.remote?.hangUp(accountSid, sid)) ?? false;
  }

  /** Pauses, resumes or stops a recording. Rejects when the recorder, or the edge, goes away meanwhile. */
  async controlRecording(request: RecordingRequest): Promise<RecordingControl> {
    const gone: RecordingControl = { kind: "not-found" };
    return this.ready ? ((await this.#thread.remote?.controlRecording(request)) ?? gone) : gone;
  }

  /** Which of these exist nowhere at the edge; undefined while it is away. */
  async lostRecordings(sids: readonly string[]): Promise<readonly string[] | undefined> {
    return this.ready ? this.#thread.remote?.lostRecordings(sids) : undefined;
  }

  /** What an operator should look at, in a few words each. */
  async troubles(): Promise<readonly string[]> {
    return this.ready ? ((await this.#thread.remote?.troubles()) ?? []) : [];
  }

  /** Undefined while the edge is starting, or starting again. */
  async simulate(call: SimulatedCall): Promise<Simulation | Invalid | undefined> {
    return this.ready ? this.#thread.remote?.simulate(call) : undefined;
  }

  /** Calls by the configuration as it is and as it would be; undefined as with `simulate`. Some hundred at a time: calls wait meanwhile. */
  async replay(
    calls: readonly SimulatedCall[],
    changes: readonly OverlayChange[],
  ): Promise<readonly (Replayed | null)[] | undefined> {
    return this.ready ? this.#thread.remote?.replay(calls, changes) : undefined;
  }

  /** Calls a number to verify it (NUM-4). Rejects when the edge goes away meanwhile. */
  async verifyCallerId(order: VerificationOrder): Promise<Placing> {
    const placing = this.ready ? await this.#thread.remote?.verifyCallerId(order) : undefined;
    return placing ?? { kind: "unavailable", why: "The platform is starting" };
  }

  /** How a carrier (`CX…`) or a trunk's PBX (`TK…`) is met now; undefined while the edge is away. */
  async peerStatus(ownerSid: string): Promise<PeerStatusView | undefined> {
    return this.ready ? this.#thread.remote?.peerStatus(ownerSid) : undefined;
  }

  /** The last that was heard from the PBX behind a trunk; undefined while the edge is away. */
  async trunkContact(trunkSid: string): Promise<TrunkContactView | undefined> {
    return this.ready ? this.#thread.remote?.trunkContact(trunkSid) : undefined;
  }

  /** The SIP messages of a call that runs or has just ended; undefined: the edge knows nothing of it, or is away. */
  async callAudio(accountSid: string, callSid: string): Promise<Awaited<ReturnType<EdgeOffer["callAudio"]>>> {
    return this.ready ? this.#thread.remote?.callAudio(accountSid, callSid) : undefined;
  }

  async capture(accountSid: string, callSid: string): Promise<Awaited<ReturnType<EdgeOffer["capture"]>>> {
    return this.ready ? this.#thread.remote?.capture(accountSid, callSid) : undefined;
  }

  /** Other certificates from the next handshake on, and after a restart too. */
  async setTls(tls: EdgeTls): Promise<void> {
    this.#data = { ...this.#data, options: { ...this.#data.options, tls } };
    const { named: _own, ...shared } = tls;
    await this.#tell((remote) => remote.setTls(shared));
  }

  /** The same for what single trunks have of their own. */
  async setNamedCertificates(changes: readonly EdgeNamedCertificates[]): Promise<void> {
    for (const change of changes) {
      if (change.certificates.length === 0) this.#named.delete(change.key);
      else this.#named.set(change.key, change);
    }
    await this.#tell((remote) => remote.setNamedCertificates(changes));
  }

  /** Resolves when the edge routes by everything that the store has handed out so far, or after a second. */
  async changesApplied(): Promise<void> {
    const limit = Promise.withResolvers<void>();
    const timer = setTimeout(limit.resolve, APPLY_LIMIT_MS);
    await Promise.race([this.#applying, limit.promise]);
    clearTimeout(timer);
  }

  async metrics(): Promise<EdgeMetrics> {
    return this.ready ? ((await this.#thread.remote?.metrics()) ?? {}) : {};
  }

  /** Drains for at most `graceMs`, then ends the thread. */
  close(graceMs: number): Promise<void> {
    return this.#thread.close((remote) => remote.close(graceMs));
  }

  #dataOfNow(): EdgeThreadData {
    this.#untold = [];
    const { options } = this.#data;
    if (!options.tls) return this.#data;
    return { ...this.#data, options: { ...options, tls: { ...options.tls, named: [...this.#named.values()] } } };
  }

  async #tell(say: (remote: Remote<EdgeOffer>) => Promise<void>): Promise<void> {
    const { remote } = this.#thread;
    if (this.ready && remote) await say(remote);
    else this.#untold.push(say);
  }

  #offer({ remote, ready, onEnd }: ThreadLife<EdgeOffer>): ControlOffer {
    return {
      subscribe: async () => {
        const subscription = await this.#store.directory.subscribe((changes) => {
          this.#applying = remote()
            .changes(changes)
            .catch(() => undefined);
        });
        onEnd(() => void subscription.stop());
      },
      saveRecords: (records) => this.#store.callRecordSink.save(records),
      saveRecording: (outcome) => this.#store.recordingSink.save(outcome),
      callerIdVerified: (callSid) => this.#store.callerIdValidations.succeed(callSid),
      saveAlerts: (alerts) => this.#store.alertSink.save(alerts),
      saveCaptures: (captures) => this.#store.captureSink.save(captures),
      log: (level, event, fields) => this.#log(level, event, fields),
      ready: (listeners) => {
        this.#listeners = listeners;
        ready();
        for (const say of this.#untold.splice(0)) {
          say(remote()).catch((error: Error) =>
            this.#log("error", "TLS certificates not taken", { why: error.message }),
          );
        }
      },
    };
  }
}
