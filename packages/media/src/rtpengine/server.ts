import { dictionariesIn, dictionaryIn, textIn } from "./bencode.ts";
import { type NgAddress, NgClient, type NgCommand, type NgReply } from "./ng-client.ts";

/** How often a server is asked whether it is there and knows our calls. */
const PROBE_MS = 1_000;
/** A server that is there answers a probe within this, two repetitions included. */
const PROBE_LIMIT_MS = 800;
/** While it is away it is asked more often: a moment's pause should not cost a second of calls. */
const AWAY_PROBE_MS = 250;
/** Silence for less than this says nothing about a server: a busy one may take so long. */
const FAIR_LIMIT_MS = 300;
/** Its calls have no media any more once it has been silent for so long; a restart under a supervisor that keeps calls takes less. */
const LOST_MS = 4_000;
/** Calls asked after at once when a server has come back: it may have hundreds of thousands of packets to relay beside. */
const ROLL_CALL_AT_ONCE = 16;

/** A call that a server carries. */
export type Carried = {
  /** Asks the server after the call; false when it answers that it does not know it: the call has failed then. */
  isKnown(limitMs: number): Promise<boolean>;
  /** The call has lost its media. */
  fail(why: string): void;
};

/** What happened to a server, for the log. */
export type ServerEvent = { readonly kind: "away" | "back"; readonly server: string; readonly why: string };

export type ServerOptions = {
  readonly probeMs?: number | undefined;
  readonly lostMs?: number | undefined;
  readonly onEvent?: ((event: ServerEvent) => void) | undefined;
};

/**
 * One rtpengine and the calls it carries. It is away from the first request that it leaves unanswered until it answers again, and gets no
 * new calls meanwhile; a steady probe finds that out both ways. The probe asks after one of the calls, each in turn, so that a restart that
 * forgot them is noticed, too, however quick it was.
 */
export class EngineServer {
  readonly name: string;
  readonly #client: NgClient;
  readonly #options: ServerOptions;
  readonly #calls = new Set<Carried>();
  #rota: Iterator<Carried>;
  #timer: NodeJS.Timeout | undefined;
  #awaySinceMs: number | undefined;
  #isCallingRoll = false;
  #isProbing = false;
  #arriving = 0;
  #interfaces: ReadonlySet<string> | undefined;

  constructor(address: NgAddress, options: ServerOptions) {
    this.name = address.host.includes(":") ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
    this.#client = new NgClient(address);
    this.#options = options;
    this.#rota = this.#calls.values();
    this.#probeLater(0);
  }

  get isAway(): boolean {
    return this.#awaySinceMs !== undefined;
  }

  /** Calls it carries, and those that it is just being asked to carry. */
  get load(): number {
    return this.#calls.size + this.#arriving;
  }

  /** Counts a call as long as it is being opened. */
  async expect<T>(opening: Promise<T>): Promise<T> {
    this.#arriving += 1;
    try {
      return await opening;
    } finally {
      this.#arriving -= 1;
    }
  }

  carry(call: Carried): void {
    this.#calls.add(call);
  }

  release(call: Carried): void {
    this.#calls.delete(call);
  }

  /** Our address on the way to it. Rejects when its name cannot be found. */
  localAddress(): Promise<string> {
    return this.#client.localAddress();
  }

  /** Names of its interfaces (`--interface=NAME/ADDRESS`); undefined when it does not answer. */
  async interfaces(limitMs: number): Promise<ReadonlySet<string> | undefined> {
    if (this.#interfaces !== undefined) return this.#interfaces;
    const reply = await this.request({ command: "statistics" }, limitMs);
    if (reply.kind !== "ok") return undefined;
    const listed = dictionariesIn(dictionaryIn(reply.fields, "statistics"), "interfaces");
    this.#interfaces = new Set(listed.map((one) => textIn(one, "name") ?? ""));
    return this.#interfaces;
  }

  async request(command: NgCommand, limitMs: number): Promise<NgReply> {
    const reply = await this.#client.request(command, limitMs);
    if (reply.kind !== "silent") this.#heard();
    else if (limitMs >= FAIR_LIMIT_MS) this.#missed(reply.why);
    return reply;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#client.close();
  }

  #probeLater(afterMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#probe(), afterMs);
  }

  async #probe(): Promise<void> {
    const { probeMs = PROBE_MS, lostMs = LOST_MS } = this.#options;
    this.#isProbing = true;
    const call = this.#nextCall();
    if (call === undefined || this.isAway) await this.request({ command: "ping" }, PROBE_LIMIT_MS);
    else if (!(await call.isKnown(PROBE_LIMIT_MS))) await this.#callRoll();
    if (this.#awaySinceMs !== undefined && performance.now() - this.#awaySinceMs >= lostMs) {
      this.#failAll(`rtpengine has not answered for ${lostMs} ms`);
    }
    this.#isProbing = false;
    if (this.#timer) this.#probeLater(this.isAway ? Math.min(AWAY_PROBE_MS, probeMs) : probeMs);
  }

  #nextCall(): Carried | undefined {
    let turn = this.#rota.next();
    if (turn.done) {
      this.#rota = this.#calls.values();
      turn = this.#rota.next();
    }
    return turn.value;
  }

  /** Asks after every call; those that are not known fail by being asked. */
  async #callRoll(): Promise<void> {
    if (this.#isCallingRoll) return;
    this.#isCallingRoll = true;
    const calls = [...this.#calls];
    for (let first = 0; first < calls.length && !this.isAway; first += ROLL_CALL_AT_ONCE) {
      await Promise.all(calls.slice(first, first + ROLL_CALL_AT_ONCE).map((call) => call.isKnown(PROBE_LIMIT_MS)));
    }
    this.#isCallingRoll = false;
  }

  #heard(): void {
    if (this.#awaySinceMs === undefined) return;
    const awayMs = Math.round(performance.now() - this.#awaySinceMs);
    this.#awaySinceMs = undefined;
    // It may have been started anew, with others.
    this.#interfaces = undefined;
    this.#options.onEvent?.({ kind: "back", server: this.name, why: `it answers after ${awayMs} ms` });
    void this.#callRoll();
  }

  #missed(why: string): void {
    this.#client.refresh();
    if (this.#awaySinceMs !== undefined || this.#timer === undefined) return;
    this.#awaySinceMs = performance.now();
    if (!this.#isProbing) this.#probeLater(AWAY_PROBE_MS);
    this.#options.onEvent?.({ kind: "away", server: this.name, why });
  }

  #failAll(why: string): void {
    for (const call of [...this.#calls]) call.fail(why);
  }
}
