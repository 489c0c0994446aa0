import type { Host } from "@trunkline/sip";

const MAX_BACK_OFF_MS = 30_000;

export type BatchQueueOptions<T> = {
  readonly host: Pick<Host, "setTimer" | "clearTimer">;
  /** Resolves when the batch is durable. */
  save(batch: readonly T[]): Promise<void>;
  /** The sink has begun to refuse; told once until it takes a batch again. */
  onRefused(error: unknown): void;
  /** Called for each that is given up because too much waits. */
  onDropped(): void;
  /** How long to wait for more before a batch is saved. */
  readonly collectMs: number;
  /** Of one batch. */
  readonly most: number;
  /** What may wait, in whatever `weigh` counts; beyond it the oldest are dropped. */
  readonly maxWaiting: number;
  /** Default: each counts one. */
  weigh?(item: T): number;
};

/** Gives things to a sink in batches, in order. When the sink is away they wait, within a bound; for what may be lost without harm. */
export class BatchQueue<T> {
  readonly #options: BatchQueueOptions<T>;
  #waiting: T[] = [];
  #weight = 0;
  #timer: unknown;
  #saving: Promise<void> | undefined;
  #backOffMs = 0;

  constructor(options: BatchQueueOptions<T>) {
    this.#options = options;
  }

  /** What the sink has not taken yet, the oldest first. */
  get waiting(): readonly T[] {
    return this.#waiting;
  }

  push(item: T): void {
    const { maxWaiting, onDropped, collectMs } = this.#options;
    this.#waiting.push(item);
    this.#weight += this.#weigh(item);
    while (this.#weight > maxWaiting) {
      const oldest = this.#waiting.shift();
      if (oldest === undefined) break;
      this.#weight -= this.#weigh(oldest);
      onDropped();
    }
    this.#schedule(collectMs);
  }

  /** Saves what waits, once; what the sink refuses now is lost. */
  async close(): Promise<void> {
    const { host } = this.#options;
    host.clearTimer(this.#timer);
    await this.#saving;
    while (this.#waiting.length > 0 && this.#backOffMs === 0) await this.#save();
    host.clearTimer(this.#timer);
  }

  #weigh(item: T): number {
    return this.#options.weigh?.(item) ?? 1;
  }

  #schedule(afterMs: number): void {
    if (this.#timer !== undefined || this.#saving !== undefined) return;
    this.#timer = this.#options.host.setTimer(afterMs, () => {
      this.#timer = undefined;
      void this.#save();
    });
  }

  #save(): Promise<void> {
    const { save, onRefused, most, collectMs } = this.#options;
    const batch = this.#waiting.slice(0, most);
    this.#saving = save(batch)
      .then(
        () => {
          const saved = new Set(batch);
          this.#waiting = this.#waiting.filter((item) => !saved.has(item));
          this.#weight = this.#waiting.reduce((weight, item) => weight + this.#weigh(item), 0);
          this.#backOffMs = 0;
        },
        (error: unknown) => {
          if (this.#backOffMs === 0) onRefused(error);
          this.#backOffMs = Math.min(MAX_BACK_OFF_MS, Math.max(1_000, this.#backOffMs * 2));
        },
      )
      .then(() => {
        this.#saving = undefined;
        if (this.#waiting.length > 0) this.#schedule(this.#backOffMs || collectMs);
      });
    return this.#saving;
  }
}
