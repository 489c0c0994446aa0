import type { Recording } from "@trunkline/store";
import type { Alert, RecordingOutcome } from "@trunkline/trunking";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type SweepParts, startRecordingSweep } from "./sweep.ts";

const NOW_MS = 1_795_000_000_000;
const sid = (prefix: string, digit: number): string => prefix + String(digit).repeat(32);

function row(digit: number): Recording {
  return {
    sid: sid("RE", digit),
    accountSid: sid("AC", 1),
    callSid: sid("CA", digit),
    trunkSid: sid("TK", 1),
    edge: "tokyo",
    channels: 2,
    status: "processing",
    startedAtMs: NOW_MS - 600_000,
    updatedAtMs: NOW_MS - 300_000,
    durationMs: null,
    errorCode: null,
    damaged: false,
    interrupted: false,
    why: null,
    file: null,
    deletedAtMs: null,
  };
}

/** A store with these unfinished recordings, and an edge that has lost those. */
function ground(unfinished: readonly Recording[], lost: SweepParts["lost"]) {
  const asked: [edge: string, beforeMs: number][] = [];
  const alerts: Alert[] = [];
  const outcomes: RecordingOutcome[] = [];
  const logged: string[] = [];
  const order: string[] = [];
  const parts: SweepParts = {
    edge: "tokyo",
    recordings: {
      unfinished: async (edge, beforeMs) => {
        asked.push([edge, beforeMs]);
        return unfinished.filter((one) => !outcomes.some((outcome) => outcome.sid === one.sid));
      },
    },
    recordingSink: { save: async (outcome) => void (outcomes.push(outcome) && order.push("outcome")) },
    alertSink: { save: async (saved) => void (alerts.push(...saved) && order.push("alerts")) },
    lost,
    log: (level, event) => void logged.push(`${level} ${event}`),
    nowMs: () => NOW_MS,
  };
  return { parts, asked, alerts, outcomes, logged, order };
}

async function sweepOnce(parts: SweepParts): Promise<void> {
  await startRecordingSweep(parts).close();
}

describe("REC-4: a sweep for recordings that nobody finished", () => {
  it("asks for those of its own edge whose calls are over for two minutes", async () => {
    const { parts, asked, logged } = ground([], async () => []);
    await sweepOnce(parts);
    expect(asked).toEqual([["tokyo", NOW_MS - 120_000]]);
    expect(logged).toEqual([]);
  });

  it("those that the edge knows nothing of are absent, after their account has been told", async () => {
    const { parts, alerts, outcomes, logged, order } = ground([row(1), row(2)], async () => [sid("RE", 2)]);
    await sweepOnce(parts);
    expect(alerts).toMatchObject([
      {
        sid: sid("NO", 2),
        accountSid: sid("AC", 1),
        errorCode: 16192,
        level: "error",
        resourceSid: sid("CA", 2),
        text: expect.stringContaining(sid("RE", 2)),
      },
    ]);
    expect(outcomes).toMatchObject([{ sid: sid("RE", 2), state: "absent", errorCode: 16192, channels: 2, file: null }]);
    expect(order).toEqual(["alerts", "outcome"]);
    expect(logged).toEqual(["error recordings are lost"]);
  });

  it("an edge that cannot say is asked the next time", async () => {
    const { parts, alerts, outcomes } = ground([row(1)], async () => undefined);
    await sweepOnce(parts);
    expect([alerts, outcomes]).toEqual([[], []]);
  });

  it("comes again every three minutes, also after one that failed, and never twice at once", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    let calls = 0;
    const { parts, alerts, logged } = ground([row(1)], async (sids) => {
      calls += 1;
      if (calls === 1) throw new Error("the edge ended");
      return sids;
    });
    const running = startRecordingSweep(parts);
    await vi.advanceTimersByTimeAsync(180_000);
    expect(alerts).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(180_000);
    expect([calls, alerts.length]).toEqual([2, 1]);
    expect(logged).toEqual(["warn recordings not swept", "error recordings are lost"]);
    await running.close();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(calls).toBe(2);
  });
});
