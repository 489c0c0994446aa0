import { type Transit, VirtualNetwork, type Weather, type WrittenRow } from "../support/lent-fixtures.ts";
import { Platform } from "./platform.ts";

/** What may be left behind, by name; zero of everything when all is over. */
type Counted = { counts(): object };

/**
 * The platform between the parties of a call, on a virtual network in virtual time: everything real but sockets, clocks, files and packets
 * of media. The same seed gives the same run, to the message.
 */
export class World {
  readonly network: VirtualNetwork;
  readonly platform: Platform;
  /** Sees every message before the network does. */
  watch: (transit: Transit) => void = () => undefined;
  readonly #nodes: (readonly [name: string, node: Counted])[] = [];
  readonly #cuts = new Map<string, number>();
  /** Timers of a platform that has nothing to do. */
  readonly #idleTimers: number;

  /**
   * @param rows of the configuration, beside those that every world has
   * @param recorderMs how long a recorder takes to begin; null: for ever
   */
  constructor(seed: number, weather: Weather, rows: readonly WrittenRow[] = [], recorderMs: number | null = 0) {
    this.network = new VirtualNetwork(seed, weather);
    this.network.rule = (transit) => {
      this.watch(transit);
      return this.#isCut(transit.from) || this.#isCut(transit.to) ? "lose" : undefined;
    };
    const { clock } = this.network;
    const recorder = (): Promise<void> =>
      new Promise((resolve) => {
        if (recorderMs !== null) clock.setTimer(recorderMs, resolve);
      });
    this.platform = new Platform(this.network, rows, recorderMs === 0 ? undefined : recorder);
    this.#idleTimers = this.network.clock.pending;
    this.join("edge", this.platform);
  }

  /** A party whose leftovers count. */
  join<Node extends Counted>(name: string, node: Node): Node {
    this.#nodes.push([name, node]);
    return node;
  }

  /** Nothing reaches that address, and nothing leaves it, for so long. */
  cut(address: string, forMs: number): void {
    this.#cuts.set(`${address}:5060`, this.network.clock.nowMs() + forMs);
  }

  /** Everything alive anywhere: transactions, sessions, calls, media. */
  leftOver(): Readonly<Record<string, number>> {
    const left: Record<string, number> = {};
    for (const [name, node] of this.#nodes) {
      for (const [key, count] of Object.entries(node.counts())) if (count !== 0) left[`${name}.${key}`] = count;
    }
    return left;
  }

  /** Timers beyond those of an idle platform. */
  get strayTimers(): number {
    return this.network.clock.pending - this.#idleTimers;
  }

  /** Runs timer by timer, letting every promise settle in between, until `done` holds or virtual time is up. */
  async runUntil(done: () => boolean, limitMs: number): Promise<boolean> {
    const { clock } = this.network;
    const untilMs = clock.nowMs() + limitMs;
    await settle();
    while (!done()) {
      let steps = 0;
      if (!clock.runUntil(() => steps++ === 1, untilMs - clock.nowMs())) return false;
      await settle();
    }
    return true;
  }

  #isCut(node: string): boolean {
    return (this.#cuts.get(node) ?? 0) > this.network.clock.nowMs();
  }
}

/** A turn of the real event loop: every promise that can be settled by now is. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
