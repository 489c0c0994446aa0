import type { CallRecord, CallRecordSink } from "@trunkline/trunking";
import type { EdgePorts } from "../edge.types.ts";
import type { JournalLimits } from "./limits.ts";
import type { Spill } from "./spill.ts";

export type OutboxOptions = {
  readonly sink: CallRecordSink;
  readonly spill: Spill;
  readonly limits: JournalLimits;
  readonly log: EdgePorts["log"];
  /** These ended calls are durable elsewhere: with the sink, or in the spill. */
  onSaved(sids: readonly string[]): void;
};

/**
 * Brings call records to the sink: ended ones within `batchMs`, the state of live ones about every `liveMs`, in batches, one at a time.
 *
 * While the sink is away it is asked again with growing pauses. Ended records wait in memory up to `waiting`, the rest in the spill; the
 * newest state of each live call waits too (there are only as many as calls), so that memory stays bounded however long it takes.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #ended: CallRecord[] = [];
  readonly #live = new Map<string, { readonly record: CallRecord; readonly dueMs: number }>();
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = 0;
  #running: Promise<void> | undefined;
  #backOffMs = 0;
  #spilling = false;
  #closed = false;
  #saved = 0;
  #failures = 0;
  #spilled = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
    if (options.spill.files > 0) this.#schedule(0);
  }

  /** The newest record of a call. */
  offer(record: CallRecord): void {
    const { batchMs, liveMs, waiting } = this.#options.limits;
    const known = this.#live.get(record.sid);
    if (record.endedAtMs === null) {
      this.#live.set(record.sid, { record, dueMs: known?.dueMs ?? performance.now() + liveMs });
      this.#schedule(liveMs);
      return;
    }
    this.#live.delete(record.sid);
    this.#ended.push(record);
    if (this.#ended.length > waiting) void this.#spillOldest();
    this.#schedule(batchMs);
  }

  counts(): Readonly<Record<string, number>> {
    return {
      records_saved: this.#saved,
      record_save_failures: this.#failures,
      records_spilled: this.#spilled,
      records_waiting: this.#ended.length,
      record_files_waiting: this.#options.spill.files,
    };
  }

  /** Tries for at most `limitMs` to bring everything ended to the sink; what remains is in the journal and the spill. */
  async close(limitMs: number): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const giveUpMs = performance.now() + limitMs;
    const limit = new Promise<void>((resolve) => setTimeout(resolve, limitMs).unref());
    do {
      this.#running ??= this.#run();
      await Promise.race([this.#running, limit]);
    } while (this.#ended.length > 0 && this.#backOffMs === 0 && performance.now() < giveUpMs);
  }

  /** Runs at the earliest of all the times asked for, though not before a sink that failed has had its pause. */
  #schedule(afterMs: number): void {
    if (this.#closed || this.#running !== undefined) return;
    const atMs = performance.now() + Math.max(afterMs, this.#backOffMs);
    if (this.#timer !== undefined && this.#timerAtMs <= atMs) return;
    clearTimeout(this.#timer);
    this.#timerAtMs = atMs;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#running ??= this.#run();
      },
      Math.max(0, atMs - performance.now()),
    );
  }

  /** Saves until nothing is due, or the sink fails. Never rejects. */
  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      for (let more = true; more; ) more = await this.#saveNext();
      this.#backOffMs = 0;
    } catch (error) {
      this.#failures += 1;
      const { log, limits } = this.#options;
      if (this.#backOffMs === 0) {
        log("warn", "call records cannot be saved; they wait", { error: String(error), waiting: this.#ended.length });
      }
      this.#backOffMs = Math.min(limits.backOffMs, Math.max(2 * this.#backOffMs, 2 * limits.batchMs));
    } finally {
      this.#running = undefined;
      if (this.#ended.length > 0 || this.#backOffMs > 0) this.#schedule(this.#options.limits.batchMs);
      else if (this.#live.size > 0) this.#schedule(this.#options.limits.liveMs);
    }
  }

  /** False when there was nothing to do. */
  async #saveNext(): Promise<boolean> {
    const { sink, spill, limits, onSaved } = this.#options;
    const ended = this.#ended.slice(0, limits.batch);
    const live = this.#dueLive(limits.batch - ended.length);
    if (ended.length + live.length > 0) {
      await sink.save([...ended, ...live]);
      this.#saved += ended.length + live.length;
      for (const record of live) this.#forgetLive(record);
      const done = new Set(ended);
      this.#ended = this.#ended.filter((record) => !done.has(record));
      if (ended.length > 0) onSaved(ended.map((record) => record.sid));
      return true;
    }
    if (spill.files === 0) return false;
    await spill.drainOne(limits.batch, async (records) => {
      await sink.save(records);
      this.#saved += records.length;
    });
    return true;
  }

  #dueLive(limit: number): readonly CallRecord[] {
    const nowMs = performance.now();
    const due: CallRecord[] = [];
    // Insertion order is order of being due, since every entry waits equally long.
    for (const { record, dueMs } of this.#live.values()) {
      if (due.length >= limit || dueMs > nowMs) break;
      due.push(record);
    }
    return due;
  }

  /** Unless something newer came while it was being saved; that is due at its own time. */
  #forgetLive(record: CallRecord): void {
    const now = this.#live.get(record.sid);
    if (!now) return;
    this.#live.delete(record.sid);
    if (now.record !== record) {
      this.#live.set(record.sid, { record: now.record, dueMs: performance.now() + this.#options.limits.liveMs });
    }
  }

  /**
   * Moves the older half of what waits to the disk until there is room again. A disk that takes nothing leaves them to the journal, which
   * has their events and keeps its files for the next start.
   */
  async #spillOldest(): Promise<void> {
    if (this.#spilling) return;
    this.#spilling = true;
    const { spill, onSaved, log, limits } = this.#options;
    while (this.#ended.length > limits.waiting) {
      const moved = new Set(this.#ended.slice(0, Math.ceil(this.#ended.length / 2)));
      try {
        await spill.write([...moved]);
        this.#spilled += moved.size;
        onSaved([...moved].map((record) => record.sid));
      } catch (error) {
        log("error", "call records found no room on the disk", { error: String(error), records: moved.size });
      }
      this.#ended = this.#ended.filter((record) => !moved.has(record));
    }
    this.#spilling = false;
  }
}
