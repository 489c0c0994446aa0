import type { Host } from "@trunkline/sip";
import { type Alert, type AlertSink, errorEntry, isErrorCode, mintSid } from "@trunkline/trunking";
import { BatchQueue } from "./batch-queue.ts";
import type { EdgePorts } from "./edge.types.ts";
import { MAX_WAITING_ALERTS } from "./limits.ts";
import type { Counters } from "./metrics.ts";
import { Repetitions } from "./repetitions.ts";

const BATCH = 200;
/** Alerts are for people: half a second of collecting is not noticed and makes one write out of many. */
const COLLECT_MS = 500;

/**
 * Collects alerts and gives them to the sink in batches. When the sink is away they wait, at most `MAX_WAITING_ALERTS`; then the oldest are
 * dropped and counted: an alert tells of what the call record shows anyway. Of many with the same code for the same account within a minute
 * the first are told, and one behind them says how many more there were.
 */
export class AlertQueue {
  readonly #host: Host;
  readonly #wallClockMs: () => number;
  readonly #counters: Counters;
  readonly #repetitions: Repetitions<Omit<Alert, "sid" | "atMs">>;
  readonly #queue: BatchQueue<Alert>;

  constructor(
    sink: AlertSink,
    parts: {
      host: Host;
      wallClockMs: () => number;
      counters: Counters;
      log: EdgePorts["log"];
      alertsPerCodePerMinute: number;
    },
  ) {
    const { host, counters, log } = parts;
    this.#host = host;
    this.#wallClockMs = parts.wallClockMs;
    this.#counters = counters;
    this.#queue = new BatchQueue({
      host,
      save: (alerts) => sink.save(alerts),
      onRefused: (error) => log("warn", "alerts cannot be saved", { error: String(error) }),
      onDropped: () => counters.add("alerts_dropped"),
      collectMs: COLLECT_MS,
      most: BATCH,
      maxWaiting: MAX_WAITING_ALERTS,
    });
    this.#repetitions = new Repetitions(host, parts.alertsPerCodePerMinute, (last, more) => {
      const text = `${last.text} (and ${more.toLocaleString("en-US")} more like it within the last minute)`;
      this.#push({ ...last, text });
    });
  }

  /** Kinds that are being counted. */
  get repeating(): number {
    return this.#repetitions.kinds;
  }

  /** False: it is one of many, and is only counted. */
  raise(accountSid: string, errorCode: number, resourceSid: string, text: string): boolean {
    const level = isErrorCode(errorCode) ? errorEntry(errorCode).level : "error";
    const alert = { accountSid, errorCode, level, resourceSid, text };
    const isTold = this.#repetitions.admit(kindOf(accountSid, errorCode), alert);
    if (isTold) this.#push(alert);
    else this.#counters.add("alerts_repeated");
    return isTold;
  }

  /** Counts one that is not told whatever, with those like it that are. */
  repeat(accountSid: string, errorCode: number): void {
    this.#counters.add("alerts_repeated");
    this.#repetitions.repeat(kindOf(accountSid, errorCode));
  }

  #push(alert: Omit<Alert, "sid" | "atMs">): void {
    const sid = mintSid("NO", this.#host.randomHex(16));
    this.#queue.push({ sid, atMs: this.#wallClockMs(), ...alert });
    this.#counters.add("alerts");
  }

  /** Saves what waits, once; what the sink refuses now is lost. */
  async close(): Promise<void> {
    this.#repetitions.flush();
    await this.#queue.close();
  }
}

function kindOf(accountSid: string, errorCode: number): string {
  return `${accountSid} ${errorCode}`;
}
