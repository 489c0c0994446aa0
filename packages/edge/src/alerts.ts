import type { Host } from "@trunkline/sip";
import { type Alert, type AlertSink, errorEntry, isErrorCode, mintSid } from "@trunkline/trunking";
import type { EdgePorts } from "./edge.types.ts";
import { MAX_WAITING_ALERTS } from "./limits.ts";
import type { Counters } from "./metrics.ts";
import { Repetitions } from "./repetitions.ts";

const BATCH = 200;
/** Alerts are for people: half a second of collecting is not noticed and makes one write out of many. */
const COLLECT_MS = 500;
const MAX_BACK_OFF_MS = 30_000;

/**
 * Collects alerts and gives them to the sink in batches. When the sink is away they wait, at most `MAX_WAITING_ALERTS`; then the oldest are
 * dropped and counted: an alert tells of what the call record shows anyway. Of many with the same code for the same account within a minute
 * the first are told, and one behind them says how many more there were.
 */
export class AlertQueue {
  readonly #sink: AlertSink;
  readonly #host: Host;
  readonly #wallClockMs: () => number;
  readonly #counters: Counters;
  readonly #log: EdgePorts["log"];
  readonly #repetitions: Repetitions<Omit<Alert, "sid" | "atMs">>;
  #waiting: Alert[] = [];
  #timer: unknown;
  #saving: Promise<void> | undefined;
  #backOffMs = 0;

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
    this.#sink = sink;
    this.#host = parts.host;
    this.#wallClockMs = parts.wallClockMs;
    this.#counters = parts.counters;
    this.#log = parts.log;
    this.#repetitions = new Repetitions(parts.host, parts.alertsPerCodePerMinute, (last, more) => {
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
    this.#waiting.push({ sid, atMs: this.#wallClockMs(), ...alert });
    this.#counters.add("alerts");
    if (this.#waiting.length > MAX_WAITING_ALERTS) {
      this.#waiting.shift();
      this.#counters.add("alerts_dropped");
    }
    this.#schedule(COLLECT_MS);
  }

  /** Saves what waits, once; what the sink refuses now is lost. */
  async close(): Promise<void> {
    this.#repetitions.flush();
    this.#host.clearTimer(this.#timer);
    await this.#saving;
    while (this.#waiting.length > 0 && this.#backOffMs === 0) await this.#save();
    this.#host.clearTimer(this.#timer);
  }

  #schedule(afterMs: number): void {
    if (this.#timer !== undefined || this.#saving !== undefined) return;
    this.#timer = this.#host.setTimer(afterMs, () => {
      this.#timer = undefined;
      void this.#save();
    });
  }

  #save(): Promise<void> {
    const batch = this.#waiting.slice(0, BATCH);
    this.#saving = this.#sink
      .save(batch)
      .then(
        () => {
          const saved = new Set(batch);
          this.#waiting = this.#waiting.filter((alert) => !saved.has(alert));
          this.#backOffMs = 0;
        },
        (error: unknown) => {
          if (this.#backOffMs === 0) this.#log("warn", "alerts cannot be saved", { error: String(error) });
          this.#backOffMs = Math.min(MAX_BACK_OFF_MS, Math.max(1_000, this.#backOffMs * 2));
        },
      )
      .then(() => {
        this.#saving = undefined;
        if (this.#waiting.length > 0) this.#schedule(this.#backOffMs || COLLECT_MS);
      });
    return this.#saving;
  }
}

function kindOf(accountSid: string, errorCode: number): string {
  return `${accountSid} ${errorCode}`;
}
