import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { type CallRecord, foldCallEvent } from "@trunkline/trunking";
import { readLine } from "./line.ts";
import type { SegmentFile } from "./segment.ts";

/** What earlier runs left behind. */
export type Replay = {
  /** Calls that are not yet with the sink, ended or not, by SID. */
  readonly calls: ReadonlyMap<string, { readonly record: CallRecord; readonly segment: number }>;
  /** The last sign of life of the process before, epoch milliseconds; null when there is none. */
  readonly aliveAtMs: number | null;
  readonly lines: number;
  /** Lines that could not be read; a torn last one is normal after a crash and not among them. */
  readonly damaged: number;
};

/** Reads all segments, oldest first, and folds their events. Damaged lines are skipped: the next line is whole again. */
export async function replaySegments(segments: readonly SegmentFile[]): Promise<Replay> {
  const calls = new Map<string, { record: CallRecord; segment: number }>();
  const saved = new Set<string>();
  let aliveAtMs: number | null = null;
  let lines = 0;
  let damaged = 0;
  for (const { number, path } of segments) {
    let torn = false;
    for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
      if (text === "") continue;
      // A damaged line with another one behind it is no crash's torn end.
      if (torn) damaged++;
      torn = false;
      lines++;
      const line = readLine(text);
      if (!line) {
        torn = true;
        continue;
      }
      if (line.kind === "saved") {
        for (const sid of line.sids) {
          saved.add(sid);
          calls.delete(sid);
        }
        continue;
      }
      if (line.kind === "alive") {
        aliveAtMs = Math.max(aliveAtMs ?? 0, line.atMs);
        continue;
      }
      const sid = line.kind === "event" ? line.event.sid : line.record.sid;
      if (saved.has(sid)) continue;
      const known = calls.get(sid);
      const record = line.kind === "event" ? foldCallEvent(known?.record, line.event) : line.record;
      if (record) calls.set(sid, { record, segment: line.kind === "event" ? (known?.segment ?? number) : number });
      if (line.kind === "event") aliveAtMs = Math.max(aliveAtMs ?? 0, line.event.atMs);
    }
  }
  return { calls, aliveAtMs, lines, damaged };
}
