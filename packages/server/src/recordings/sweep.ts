import type { Recording, RecordingRepository } from "@trunkline/store";
import { type AlertSink, errorEntry, errorText, mintSid, type RecordingSink } from "@trunkline/trunking";
import type { Log } from "../log.ts";

const EVERY_MS = 180_000;
/** A recording is finished seconds after its call; two minutes later its edge has been heard of, or will not be. */
const AFTER_MS = 120_000;
/** Looked at in one sweep; the others come in the next ones. */
const AT_ONCE = 500;

const LOST = 16192;
const WHY = "its edge has no file of it, and never said how it ended";

export type SweepParts = {
  /** Name of the edge whose recordings are swept. */
  readonly edge: string;
  readonly recordings: Pick<RecordingRepository, "unfinished">;
  readonly recordingSink: RecordingSink;
  readonly alertSink: AlertSink;
  /** Which of these recordings exist nowhere at the edge; undefined while it cannot say. */
  lost(sids: readonly string[]): Promise<readonly string[] | undefined>;
  readonly log: Log;
  readonly nowMs: () => number;
};

/**
 * REC-4: a recording that was asked for exists, or an alarm does. Now and every few minutes: those whose call is long over and of which the
 * edge knows nothing are absent from then on, and their accounts are told. `close` waits for the sweep that runs.
 */
export function startRecordingSweep(parts: SweepParts): { close(): Promise<void> } {
  let running: Promise<void> | undefined;
  const run = (): void => {
    running ??= sweep(parts)
      .catch((error: Error) => parts.log("warn", "recordings not swept", { why: error.message }))
      .finally(() => {
        running = undefined;
      });
  };
  run();
  const timer = setInterval(run, EVERY_MS);
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}

async function sweep({ edge, recordings, recordingSink, alertSink, lost, log, nowMs }: SweepParts): Promise<void> {
  const atMs = nowMs();
  const unfinished = await recordings.unfinished(edge, atMs - AFTER_MS, AT_ONCE);
  if (unfinished.length === 0) return;
  const missing = new Set(await lost(unfinished.map(({ sid }) => sid)));
  const gone = unfinished.filter(({ sid }) => missing.has(sid));
  if (gone.length === 0) return;
  log("error", "recordings are lost", { count: gone.length, first: gone[0]?.sid });
  // Alarms first: what is absent is never swept again.
  await alertSink.save(gone.map((recording) => alertOf(recording, atMs)));
  for (const recording of gone) await recordingSink.save(outcomeOf(recording));
}

/** The same recording gives the same alert, however often a sweep is broken off in between. */
function alertOf({ sid, accountSid, callSid }: Recording, atMs: number): Parameters<AlertSink["save"]>[0][number] {
  return {
    sid: mintSid("NO", sid.slice(2)),
    accountSid,
    atMs,
    errorCode: LOST,
    level: errorEntry(LOST).level,
    resourceSid: callSid,
    text: `${errorText(LOST)} (${sid}): ${WHY}`,
  };
}

function outcomeOf({
  sid,
  accountSid,
  callSid,
  channels,
  startedAtMs,
}: Recording): Parameters<RecordingSink["save"]>[0] {
  const known = { sid, accountSid, callSid, channels, startedAtMs, durationMs: 0 };
  return { ...known, state: "absent", why: WHY, errorCode: LOST, interrupted: false, file: null };
}
