import type { Host } from "@trunkline/sip";
import { type Alert, type AlertSink, errorEntry, isErrorCode, mintSid } from "@trunkline/trunking";
import type { EdgePorts } from "./edge.types.ts";
import { MAX_WAITING_ALERTS } from "./limits.ts";
import type { Counters } from "./metrics.ts";

const BATCH = 200;
/** Alerts are for people: half a second of collecting is not noticed and makes one write out of many. */
const COLLECT_MS = 500;
const MAX_BACK_OFF_MS = 30_000;

/**
 * Collects alerts and gives them to the sink in batches. When the sink is away they wait, at most `MAX_WAITING_ALERTS`; then the oldest are
 * dropped and counted: an alert tells of what the call record shows anyway.
 */
export class AlertQueue {
  readonly #sink: AlertSink;
  readonly #host: Host;
  readonly #wallClockMs: () => number;
  readonly #counters: Counters;
  readonly #log: EdgePorts["log"];
  #waiting: Alert[] = [];
  #timer: unknown;
  #saving: Promise<void> | undefined;
  #backOffMs = 0;

  constructor(
    sink: AlertSink,
    parts: { host: Host; wallClockMs: () => number; counters: Counters; log: EdgePorts["log"] },
  ) {
    this.#sink = sink;
    this.#host = parts.host;
    this.#wallClockMs = parts.wallClockMs;
    this.#counters = parts.counters;
    this.#log = parts.log;
  }

  raise(accountSid: string, errorCode: number, resourceSid: string, text: string): void {
    const level = isErrorCode(errorCode) ? errorEntry(errorCode).level : "error";
    const sid = mintSid("NO", this.#host.randomHex(16));
    this.#waiting.push({ sid, accountSid, atMs: this.#wallClockMs(), errorCode, level, resourceSid, text });
    this.#counters.add("alerts");
    if (this.#waiting.length > MAX_WAITING_ALERTS) {
      this.#waiting.shift();
      this.#counters.add("alerts_dropped");
    }
    this.#schedule(COLLECT_MS);
  }

  /** Saves what waits, once; what the sink refuses now is lost. */
  async close(): Promise<void> {
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
