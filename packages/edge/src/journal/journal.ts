import { mkdirSync } from "node:fs";
import {
  type CallEvent,
  type CallRecord,
  type CallRecordSink,
  closeInterrupted,
  foldCallEvent,
} from "@trunkline/trunking";
import type { Journal } from "../call/parts.ts";
import type { EdgePorts } from "../edge.types.ts";
import { DEFAULT_JOURNAL_LIMITS, type JournalLimits } from "./limits.ts";
import { writeLine } from "./line.ts";
import { Outbox } from "./outbox.ts";
import { type Replay, replaySegments } from "./replay.ts";
import { deleteSegment, listSegments, Segment } from "./segment.ts";
import { Spill } from "./spill.ts";

export type JournalOptions = {
  readonly dir: string;
  readonly sink: CallRecordSink;
  readonly log: EdgePorts["log"];
  readonly limits?: Partial<JournalLimits>;
  wallClockMs(): number;
};

type Tracked = { record: CallRecord; segment: number };

/** Events after which a SIP message leaves that somebody relies on: they are with the operating system first. */
const WRITTEN_AT_ONCE: ReadonlySet<CallEvent["kind"]> = new Set(["started", "answered", "ended"]);

/**
 * The edge's own memory of its calls (OPS-2): an append-only file of call events, and the way of the records from there to the sink.
 *
 * What is promised:
 * - `started`, `answered` and `ended` are written (write(2)) before `append` returns, so before the SIP message that follows from them:
 *   kill -9 loses none. `attempt`, `ringing` and `trace` are written with the next of these, or within `syncMs`.
 * - Everything written is forced to the disk (fdatasync) within `syncMs` plus the time it takes: a loss of power loses no more. The call
 *   does not wait for that; nor does it for the sink.
 * - While there are calls, a sign of life is written every `aliveMs`. At the next start a call without an end gets one at the last of
 *   them, by `internal`, and goes to the sink like any other.
 * - A segment is deleted when every call that began in it is over and durable elsewhere. A call that outlives the others is carried over.
 * - A disk that takes nothing costs the protection, not the calls: it is logged, counted (`journal_write_failures`), and tried again
 *   with the next event.
 */
export class FileJournal implements Journal {
  readonly #options: JournalOptions;
  readonly #limits: JournalLimits;
  readonly #outbox: Outbox;
  /** Calls that have not ended. */
  readonly #live = new Map<string, Tracked>();
  /** Ended calls that are nowhere else yet, and the segment they began in. */
  readonly #unsaved = new Map<string, number>();
  /** Calls that began in each segment and are not durable elsewhere, oldest segment first. */
  readonly #pins = new Map<number, number>();
  #segment: Segment;
  #buffer = "";
  #syncTimer: NodeJS.Timeout | undefined;
  readonly #aliveTimer: NodeJS.Timeout;
  #failing = false;
  #writeFailures = 0;
  #lines = 0;

  /** Opens the journal and puts the books of the run before in order. Rejects when the folder cannot be used. */
  static async open(options: JournalOptions): Promise<FileJournal> {
    mkdirSync(options.dir, { recursive: true, mode: 0o700 });
    const old = listSegments(options.dir);
    const replay = await replaySegments(old);
    return new FileJournal(
      options,
      old.map(({ number }) => number),
      replay,
    );
  }

  private constructor(options: JournalOptions, old: readonly number[], replay: Replay) {
    this.#options = options;
    this.#limits = { ...DEFAULT_JOURNAL_LIMITS, ...options.limits };
    this.#outbox = new Outbox({
      sink: options.sink,
      spill: new Spill(options.dir),
      limits: this.#limits,
      log: options.log,
      onSaved: (sids) => this.#onSaved(sids),
    });
    for (const number of old) this.#pins.set(number, 0);
    this.#segment = new Segment(options.dir, (old.at(-1) ?? 0) + 1);
    this.#pins.set(this.#segment.number, 0);
    this.#recover(replay);
    this.#aliveTimer = setInterval(() => this.#writeAlive(), this.#limits.aliveMs);
  }

  append(event: CallEvent): void {
    const tracked = this.#live.get(event.sid);
    const record = foldCallEvent(tracked?.record, event);
    if (!record) return;
    this.#buffer += writeLine({ kind: "event", event });
    this.#lines += 1;
    if (WRITTEN_AT_ONCE.has(event.kind)) this.#flush();
    this.#scheduleSync();
    this.#track(record, tracked?.segment);
    this.#outbox.offer(record);
  }

  counts(): Readonly<Record<string, number>> {
    return {
      journal_lines: this.#lines,
      journal_write_failures: this.#writeFailures,
      journal_segments: this.#pins.size,
      journal_failing: this.#failing ? 1 : 0,
      ...this.#outbox.counts(),
    };
  }

  /** Brings what it can to the sink within `limitMs`, forces the rest to the disk, and leaves no file behind when nothing is left. */
  async close(limitMs: number): Promise<void> {
    clearInterval(this.#aliveTimer);
    await this.#outbox.close(limitMs);
    clearTimeout(this.#syncTimer);
    this.#flush();
    await this.#sync();
    this.#segment.close();
    if (this.#live.size > 0 || this.#unsaved.size > 0) return;
    for (const number of this.#pins.keys()) deleteSegment(this.#options.dir, number);
  }

  #recover({ calls, aliveAtMs, lines, damaged }: Replay): void {
    let interrupted = 0;
    for (const [sid, { record, segment }] of calls) {
      this.#pin(segment);
      if (record.endedAtMs !== null) {
        this.#unsaved.set(sid, segment);
        this.#outbox.offer(record);
        continue;
      }
      interrupted += 1;
      this.#live.set(sid, { record, segment });
      this.append(closeInterrupted(record, aliveAtMs ?? record.createdAtMs));
    }
    if (damaged > 0) this.#options.log("error", "journal lines were damaged and skipped", { damaged, lines });
    if (calls.size > 0) {
      this.#options.log("warn", "calls of the run before were found", { calls: calls.size, interrupted, aliveAtMs });
    }
    this.#deleteSaved();
  }

  #track(record: CallRecord, knownSegment: number | undefined): void {
    const { sid } = record;
    const segment = knownSegment ?? this.#segment.number;
    if (knownSegment === undefined) this.#pin(segment);
    if (record.endedAtMs === null) {
      this.#live.set(sid, { record, segment });
      return;
    }
    this.#live.delete(sid);
    this.#unsaved.set(sid, segment);
  }

  #onSaved(sids: readonly string[]): void {
    this.#buffer += writeLine({ kind: "saved", sids });
    this.#scheduleSync();
    for (const sid of sids) {
      const segment = this.#unsaved.get(sid);
      if (segment === undefined) continue;
      this.#unsaved.delete(sid);
      this.#pin(segment, -1);
    }
    this.#deleteSaved();
  }

  #pin(segment: number, by: 1 | -1 = 1): void {
    this.#pins.set(segment, (this.#pins.get(segment) ?? 0) + by);
  }

  /** Oldest first and without gaps, so that no call's beginning is deleted before its later events. */
  #deleteSaved(): void {
    for (const [number, pins] of this.#pins) {
      if (pins > 0 || number === this.#segment.number) return;
      deleteSegment(this.#options.dir, number);
      this.#pins.delete(number);
    }
  }

  #flush(): void {
    if (this.#buffer === "") return;
    const lines = this.#buffer;
    this.#buffer = "";
    try {
      this.#segment.append(lines);
      if (this.#failing) this.#options.log("info", "the journal can be written again", {});
      this.#failing = false;
    } catch (error) {
      this.#writeFailures += 1;
      if (!this.#failing) {
        this.#options.log("error", "the journal cannot be written; calls go on unprotected", { error: String(error) });
      }
      this.#failing = true;
    }
    if (this.#segment.lengthBytes >= this.#limits.segmentBytes) this.#rotate();
  }

  #rotate(): void {
    const full = this.#segment;
    try {
      this.#segment = new Segment(this.#options.dir, full.number + 1);
    } catch (error) {
      this.#options.log("error", "the journal cannot begin a new file", { error: String(error) });
      return;
    }
    this.#pins.set(this.#segment.number, 0);
    void full
      .sync()
      .catch((error: unknown) => this.#options.log("error", "the journal cannot be synced", { error: String(error) }))
      .finally(() => full.close());
    this.#carryOver();
    this.#deleteSaved();
  }

  /** Long calls must not keep every file since their beginning: when they are all that does, they move to the newest. */
  #carryOver(): void {
    const oldest = this.#pins.keys().next().value;
    if (this.#pins.size <= this.#limits.segmentsKept || oldest === undefined) return;
    for (const segment of this.#unsaved.values()) if (segment === oldest) return;
    for (const tracked of this.#live.values()) {
      if (tracked.segment !== oldest) continue;
      this.#buffer += writeLine({ kind: "carried", record: tracked.record });
      this.#pin(oldest, -1);
      tracked.segment = this.#segment.number;
      this.#pin(tracked.segment);
    }
    this.#flush();
  }

  #writeAlive(): void {
    if (this.#live.size === 0) return;
    this.#buffer += writeLine({ kind: "alive", atMs: this.#options.wallClockMs() });
    this.#flush();
    this.#scheduleSync();
  }

  #scheduleSync(): void {
    this.#syncTimer ??= setTimeout(() => {
      this.#syncTimer = undefined;
      this.#flush();
      void this.#sync();
    }, this.#limits.syncMs);
  }

  async #sync(): Promise<void> {
    try {
      await this.#segment.sync();
    } catch (error) {
      this.#writeFailures += 1;
      this.#options.log("error", "the journal cannot be synced", { error: String(error) });
    }
  }
}
