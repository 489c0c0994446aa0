import { createEdgeCore, createLocator, type EdgeCore } from "@trunkline/edge";
import {
  type Alert,
  type CallEvent,
  type CallRecord,
  closeInterrupted,
  createDirectory,
  foldCallEvent,
} from "@trunkline/trunking";
import { FakeRecorder, flowBetween, type VirtualNetwork, type WrittenRow } from "../support/lent-fixtures.ts";
import { configuration, EDGE, ZONE } from "./configuration.ts";
import { HeldPlaces } from "./held-places.ts";
import { type MortalHost, mortalHost } from "./mortal-host.ts";
import { type Described, QuietPlane } from "./quiet-media.ts";

/** Any moment will do: virtual time 0 as the wall clock sees it. */
export const EPOCH_MS = Date.UTC(2026, 0, 1);
/** How often the journal writes a sign of life (edge/src/journal). */
const ALIVE_MS = 1_000;

/** The edge with a journal in memory, which survives it: it can be killed at any moment and started again. */
export class Platform {
  readonly events: CallEvent[] = [];
  readonly alerts: Alert[] = [];
  /** Lines the edge logged as errors: bugs of its own. */
  readonly faults: string[] = [];
  /** What a recording has to wait for before it begins. */
  readonly #beforeRecording: () => Promise<void>;
  readonly #network: VirtualNetwork;
  readonly #rows: readonly WrittenRow[];
  #host: MortalHost;
  #plane = new QuietPlane();
  #recorder: FakeRecorder;
  #held: HeldPlaces;
  #core: EdgeCore;

  constructor(
    network: VirtualNetwork,
    rows: readonly WrittenRow[],
    beforeRecording: () => Promise<void> = async () => undefined,
  ) {
    this.#network = network;
    this.#rows = rows;
    this.#beforeRecording = beforeRecording;
    this.#host = mortalHost(network.host());
    this.#held = new HeldPlaces(network.clock);
    this.#recorder = new FakeRecorder();
    this.#core = this.#open();
  }

  get core(): EdgeCore {
    return this.#core;
  }

  get wallClockMs(): number {
    return EPOCH_MS + this.#network.clock.nowMs();
  }

  counts(): Readonly<Record<string, number>> {
    return {
      ...this.#core.counts(),
      media: this.#plane.sessions.size,
      held: this.#held.size,
      recordings: this.#recorder.live.size,
    };
  }

  /** The media plane tells of every call that nobody is heard in it. */
  silence(): void {
    this.#plane.silence();
  }

  /** Places under limits that are taken (LIM-1). */
  get held(): HeldPlaces {
    return this.#held;
  }

  /** SIDs of what is being recorded and gets the sound of a call. */
  get recording(): readonly string[] {
    const rings = new Set(this.#plane.rings.values());
    return [...this.#recorder.live].flatMap(([sid, { ring }]) => (rings.has(ring) ? [sid] : []));
  }

  /** Why calls that were to be recorded are not, as their traces say. */
  get unrecorded(): readonly string[] {
    const steps = this.events.flatMap((event) => (event.kind === "trace" ? event.steps : []));
    return steps.flatMap(({ rule, verdict, detail }) =>
      rule === "call.recording" && verdict === "refuse" ? [detail] : [],
    );
  }

  /** What the media plane was told of each leg of the one call. */
  get described(): Described {
    const [described = {}] = this.#plane.sessions.keys();
    return described;
  }

  /** The call records as the journal's events make them. */
  records(): ReadonlyMap<string, CallRecord> {
    const records = new Map<string, CallRecord>();
    for (const event of this.events) {
      const record = foldCallEvent(records.get(event.sid), event);
      if (record) records.set(event.sid, record);
    }
    return records;
  }

  /** Kill -9: whatever it was doing, nothing of it is left but what the journal holds. */
  kill(): void {
    this.#host.kill();
    this.#network.attach(EDGE.address, EDGE.port, undefined);
    const lifeMs = this.wallClockMs - (this.wallClockMs % ALIVE_MS);
    const aliveAtMs = Math.max(lifeMs, ...this.events.map(({ atMs }) => atMs));
    for (const record of this.records().values()) {
      if (record.endedAtMs === null) this.events.push(closeInterrupted(record, aliveAtMs));
    }
  }

  /** Starts it again after `kill`, with an empty memory. */
  restart(): void {
    this.#host = mortalHost(this.#network.host());
    this.#plane = new QuietPlane();
    this.#held = new HeldPlaces(this.#network.clock);
    // What the one before recorded is repaired, and nobody's to end.
    this.#recorder = new FakeRecorder();
    this.#core = this.#open();
  }

  #open(): EdgeCore {
    const host = this.#host;
    const directory = createDirectory();
    directory.apply(configuration(host.hash, this.#rows));
    this.#recorder.before = this.#beforeRecording;
    const isAlive = (): boolean => this.#host === host && host.alive;
    const core = createEdgeCore(
      {
        edge: "local",
        zone: ZONE,
        ownHosts: new Set([EDGE.address]),
        nonceSecret: "00".repeat(32),
      },
      {
        host,
        journal: { append: (event) => void (isAlive() && this.events.push(event)) },
        media: this.#plane,
        recorder: this.#recorder,
        callCounters: this.#held,
        directory: () => directory,
        alerts: { save: async (alerts) => void (isAlive() && this.alerts.push(...alerts)) },
        log: (level, event, fields) => {
          if (level === "error") this.faults.push(`${event} ${JSON.stringify(fields)}`);
        },
        locator: createLocator({ transports: ["udp"], families: ["A"], random: host.random }, () => ({
          kind: "failed",
          why: "there is no DNS here",
        })),
        wallClockMs: () => this.wallClockMs,
        flowTo: (transport, address, port) => (transport === "udp" ? flowBetween(EDGE, { address, port }) : undefined),
        advertised: () => ({ host: EDGE.address, port: EDGE.port }),
      },
    );
    this.#network.attach(EDGE.address, EDGE.port, core);
    return core;
  }
}
