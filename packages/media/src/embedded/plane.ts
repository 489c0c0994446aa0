import { randomInt } from "node:crypto";
import type { Leg, MediaEvent, MediaOptions, MediaPlane, MediaSession } from "../plane.ts";
import { PortPool } from "./port-pool.ts";
import type { LocalPair } from "./protocol.ts";
import { EmbeddedSession } from "./session.ts";
import { WorkerThread } from "./worker-thread.ts";

/** An address to bind media to, and what SDP shows for it. */
export type MediaAddress = { readonly bind: string; readonly advertise: string };

export type EmbeddedOptions = {
  readonly addresses: readonly MediaAddress[];
  /** First and last port of the media range, both included. */
  readonly portMin: number;
  readonly portMax: number;
  /** Threads that relay; each carries its calls alone. */
  readonly workers: number;
  /** How long a port pair rests after its sockets are closed, ms. */
  readonly portRestMs?: number;
  /** How long nothing must have come to an ended call's sockets before they are closed, ms. */
  readonly quietMs?: number;
};

/** Longer than a packet can be on its way (RFC 3261's T4 says the same of messages). */
const PORT_REST_MS = 5_000;
/** A sender that is still there sends at least this often, even in silence suppression's long gaps most of the time. */
const QUIET_MS = 3_000;
/** A worker that lived shorter than this is started again only after as long, so that a fault at start costs no whole core. */
const RESTART_MS = 1_000;

/** The embedded media plane: relays on `node:dgram` in worker threads. Resolves when every worker is ready. */
export async function createEmbeddedPlane(options: EmbeddedOptions): Promise<MediaPlane> {
  const plane = new EmbeddedPlane(options);
  try {
    await plane.start();
  } catch (error) {
    await plane.close();
    throw error;
  }
  return plane;
}

/** How a socket is reached from this machine that is bound to all its addresses. */
const LOOPBACK: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** A worker with the port pairs its sockets hold, those of ended calls that still linger included. */
type Crew = {
  readonly thread: WorkerThread;
  readonly held: Map<string, LocalPair>;
  readonly startedMs: number;
  ready: boolean;
};

export class EmbeddedPlane implements MediaPlane {
  readonly #options: EmbeddedOptions;
  readonly #pools = new Map<string, PortPool>();
  readonly #crews: Crew[] = [];
  readonly #sessions = new Map<EmbeddedSession, Crew | undefined>();
  readonly #restarts = new Set<NodeJS.Timeout>();
  #lastNumber = 0;
  #closed = false;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
    const restMs = options.portRestMs ?? PORT_REST_MS;
    for (const { bind } of options.addresses) {
      if (this.#pools.has(bind)) continue;
      this.#pools.set(bind, new PortPool(options.portMin, options.portMax, restMs, (below) => randomInt(below)));
    }
  }

  async start(): Promise<void> {
    await Promise.all(Array.from({ length: Math.max(1, this.#options.workers) }, () => this.#startWorker()));
  }

  /** Threads at work now; to end one is how a crash is tried out. */
  get threads(): readonly WorkerThread[] {
    return this.#crews.map(({ thread }) => thread);
  }

  async open(
    _callSid: string,
    options: MediaOptions,
    onEvent: (event: MediaEvent) => void = () => undefined,
  ): Promise<MediaSession> {
    if (this.#closed) throw new Error("the media plane is closed");
    const binds = { a: this.#bindOf(options.advertise.a), b: this.#bindOf(options.advertise.b) };
    const crew = this.#leastLoaded();
    const session = this.#openSession(crew, binds, options, onEvent);
    this.#sessions.set(session, crew);
    if (crew) crew.thread.sessions += 1;
    return session;
  }

  async usage(): Promise<{ readonly sessions: number; readonly ports: number }> {
    let ports = 0;
    for (const session of this.#sessions.keys()) ports += session.ports;
    return { sessions: this.#sessions.size, ports };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#restarts) clearTimeout(timer);
    await Promise.all(this.#crews.map(({ thread }) => thread.terminate()));
    this.#sessions.clear();
  }

  #openSession(
    crew: Crew | undefined,
    binds: Readonly<Record<Leg, string>>,
    options: MediaOptions,
    onEvent: (event: MediaEvent) => void,
  ): EmbeddedSession {
    this.#lastNumber += 1;
    const session: EmbeddedSession = new EmbeddedSession(
      {
        number: this.#lastNumber,
        request: async (request) => {
          if (crew === undefined) throw new Error("no media worker is running");
          return crew.thread.request(request);
        },
        takePair: (leg) => this.#takePair(crew, binds[leg]),
        giveBack: (pair) => this.#giveBack(crew, pair),
        putBack: (pair) => {
          if (crew?.held.delete(keyOf(pair))) this.#pools.get(pair.address)?.putBack(pair.port);
        },
        reach: (address) => this.#reach(address),
        random: (below) => randomInt(below),
        onEnded: () => {
          this.#sessions.delete(session);
          if (crew) crew.thread.sessions -= 1;
        },
      },
      options,
      onEvent,
    );
    return session;
  }

  #bindOf(advertise: string): string {
    const address = this.#options.addresses.find((candidate) => candidate.advertise === advertise);
    if (address === undefined) throw new RangeError(`no media address is shown as ${advertise}`);
    return address.bind;
  }

  #reach(address: string): string {
    const own = this.#options.addresses.find(({ advertise }) => advertise === address);
    return own === undefined ? address : (LOOPBACK[own.bind] ?? own.bind);
  }

  #leastLoaded(): Crew | undefined {
    let least: Crew | undefined;
    for (const crew of this.#crews) {
      if (!crew.ready) continue;
      if (least === undefined || crew.thread.sessions < least.thread.sessions) least = crew;
    }
    return least;
  }

  #takePair(crew: Crew | undefined, address: string): LocalPair | undefined {
    const port = crew && this.#pools.get(address)?.take(performance.now());
    if (crew === undefined || port === undefined) return undefined;
    const pair = { address, port };
    crew.held.set(keyOf(pair), pair);
    return pair;
  }

  #giveBack(crew: Crew | undefined, pair: LocalPair): void {
    if (crew?.held.delete(keyOf(pair))) this.#pools.get(pair.address)?.giveBack(pair.port, performance.now());
  }

  #startWorker(): Promise<void> {
    const settings = { quietMs: this.#options.quietMs ?? QUIET_MS };
    return new Promise((ready, failed) => {
      const crew: Crew = {
        thread: new WorkerThread(settings, {
          onReady: () => {
            crew.ready = true;
            ready();
          },
          onFreed: (pairs) => {
            for (const pair of pairs) this.#giveBack(crew, pair);
          },
          onSilent: (number, forMs) => {
            for (const session of this.#sessions.keys()) if (session.number === number) session.silent(forMs);
          },
          onGone: (why) => {
            failed(new Error(why));
            this.#replace(crew, why);
          },
        }),
        held: new Map(),
        startedMs: performance.now(),
        ready: false,
      };
      this.#crews.push(crew);
    });
  }

  /** A worker is gone: its calls have lost their media; another takes its place for the calls to come. */
  #replace(crew: Crew, why: string): void {
    this.#crews.splice(this.#crews.indexOf(crew), 1);
    if (this.#closed) return;
    for (const pair of [...crew.held.values()]) this.#giveBack(crew, pair);
    for (const [session, owner] of [...this.#sessions]) if (owner === crew) session.fail(why);
    const timer = setTimeout(
      () => {
        this.#restarts.delete(timer);
        // Should it end before it is ready, `onGone` has arranged for the next one already.
        this.#startWorker().catch(() => undefined);
      },
      performance.now() - crew.startedMs < RESTART_MS ? RESTART_MS : 0,
    );
    this.#restarts.add(timer);
  }
}

function keyOf(pair: LocalPair): string {
  return `${pair.address} ${pair.port}`;
}
