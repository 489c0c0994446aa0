import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sid } from "../rows.fixture.ts";
import type { AttemptRecord, CallEvent, CallRecord } from "./events.ts";
import { closeInterrupted, foldCallEvent } from "./fold.ts";

const CALL = sid("CA", 1);
const T0 = 1_760_000_000_000;

const started: CallEvent = {
  kind: "started",
  atMs: T0,
  sid: CALL,
  accountSid: sid("AC", 1),
  trunkSid: sid("TK", 1),
  direction: "trunking-originating",
  from: "+14155550100",
  to: "+12025550100",
  callerName: null,
  phoneNumberSid: sid("PN", 1),
  sipCallId: "leg-a",
  source: "192.0.2.1:5060",
  trace: [{ rule: "origination.number", input: "", verdict: "pass", detail: "", atMs: 0 }],
};
const ringing: CallEvent = { kind: "ringing", atMs: T0 + 500, sid: CALL };
const answered: CallEvent = { kind: "answered", atMs: T0 + 2_000, sid: CALL, to: "sip:+12025550100@pbx.example.com" };

function attempt(uri: string, change: Partial<AttemptRecord> = {}): CallEvent {
  const known = { uri, carrierSid: null, originationUrlSid: null, startedAtMs: T0, status: null, reason: null };
  return { kind: "attempt", atMs: T0, sid: CALL, attempt: { ...known, ...change }, sipCallId: `leg-b ${uri}` };
}

function ended(afterMs: number, change: Partial<Extract<CallEvent, { kind: "ended" }>> = {}): CallEvent {
  const plain = { by: "caller", sipStatus: 200, reason: "OK", errorCode: null, quality: [] } as const;
  return { kind: "ended", atMs: T0 + afterMs, sid: CALL, ...plain, ...change };
}

function fold(...events: readonly CallEvent[]): CallRecord {
  const record = events.reduce<CallRecord | undefined>(foldCallEvent, undefined);
  if (!record) throw new Error("no record");
  return record;
}

describe("contract §4.1: status of a call as its events come", () => {
  it.each<[events: readonly CallEvent[], want: string]>([
    [[started], "queued"],
    [[started, ringing], "ringing"],
    [[started, ringing, answered], "in-progress"],
    [[started, answered, ringing], "in-progress"],
    [[started, ringing, answered, ended(5_000)], "completed"],
    [[started, answered, ended(5_000, { by: "internal", sipStatus: 500, errorCode: 32014 })], "completed"],
    [[started, ended(5_000), ringing, answered], "failed"],
  ])("case %#: %j", (events, want) => {
    expect(fold(...events).status).toBe(want);
  });

  it.each<[sipStatus: number, errorCode: number | null, want: string]>([
    [486, null, "busy"],
    [600, null, "busy"],
    [486, 32011, "busy"],
    [487, null, "canceled"],
    [408, null, "no-answer"],
    [480, null, "no-answer"],
    [480, 32010, "failed"],
    [403, 32204, "failed"],
    [404, null, "failed"],
    [503, null, "failed"],
    [603, 10001, "failed"],
  ])("unanswered with %i and code %j: %s", (sipStatus, errorCode, want) => {
    expect(fold(started, ended(5_000, { sipStatus, errorCode })).status).toBe(want);
  });
});

describe("times", () => {
  it.each<[endedAfterMs: number, durationSec: number]>([
    [2_000, 0],
    [2_001, 1],
    [3_000, 1],
    [3_001, 2],
    [62_000, 60],
  ])("answered after 2,000 ms and ended after %i: %i s, rounded up", (endedAfterMs, durationSec) => {
    expect(fold(started, answered, ended(endedAfterMs)).durationSec).toBe(durationSec);
  });

  it("a call never answered lasted 0 s", () => {
    expect(fold(started, ringing, ended(30_000, { sipStatus: 487 }))).toMatchObject({
      answeredAtMs: null,
      durationSec: 0,
    });
  });

  it("a wall clock that was set back makes no negative duration", () => {
    expect(fold(started, answered, ended(-9_000))).toMatchObject({ durationSec: 0, endedAtMs: T0 + 2_000 });
  });
});

describe("attempts", () => {
  it("an attempt is told when it begins and again with its answer", () => {
    const record = fold(
      started,
      attempt("sip:a"),
      attempt("sip:a", { status: 503, reason: "Busy here" }),
      attempt("sip:b", { startedAtMs: T0 + 4_000 }),
      attempt("sip:a", { startedAtMs: T0 + 8_000 }),
    );
    expect(record.attempts.map(({ uri, status }) => [uri, status])).toEqual([
      ["sip:a", 503],
      ["sip:b", null],
      ["sip:a", null],
    ]);
    expect(record.sipCallIdB).toBe("leg-b sip:a");
  });

  it("a target that was never sent an INVITE leaves the Call-ID of the one before", () => {
    const unsent = { ...attempt("sip:b", { status: 503 }), sipCallId: null } as CallEvent;
    expect(fold(started, unsent).sipCallIdB).toBeNull();
    expect(fold(started, attempt("sip:a"), unsent).sipCallIdB).toBe("leg-b sip:a");
  });
});

it("ORIG, contract §4.1: `to` becomes the URI used once it is answered", () => {
  expect(fold(started, answered).to).toBe("sip:+12025550100@pbx.example.com");
  expect(fold(started, { ...answered, to: null }).to).toBe("+12025550100");
});

it("an event of a call that was never started makes no record", () => {
  expect(foldCallEvent(undefined, ended(1))).toBeUndefined();
});

describe("OPS-2: calls that a restart found without an end", () => {
  it("answered: billed to the last sign of life, ended by us", () => {
    const record = fold(started, answered);
    expect(fold(started, answered, closeInterrupted(record, T0 + 12_500))).toMatchObject({
      status: "completed",
      endedBy: "internal",
      durationSec: 11,
      sipStatus: 200,
    });
  });

  it("not answered: failed, nothing billed", () => {
    const record = fold(started, ringing);
    expect(fold(started, ringing, closeInterrupted(record, T0 + 9_000))).toMatchObject({
      status: "failed",
      endedBy: "internal",
      durationSec: 0,
      sipStatus: 500,
    });
  });

  it("a last sign of life before the answer ends the call at its answer", () => {
    expect(closeInterrupted(fold(started, answered), T0).atMs).toBe(T0 + 2_000);
  });
});

describe("properties", () => {
  const trace: CallEvent = {
    kind: "trace",
    atMs: T0,
    sid: CALL,
    steps: [{ rule: "x", input: "", verdict: "info", detail: "", atMs: 1 }],
  };
  const events = fc.array(
    fc.constantFrom(
      ringing,
      answered,
      trace,
      attempt("sip:a"),
      attempt("sip:a", { status: 486 }),
      attempt("sip:b"),
      ended(9_000),
    ),
    { maxLength: 20 },
  );

  it("whatever order and repetition the revisions arrive in, the highest is the final record", () => {
    fc.assert(
      fc.property(events, fc.infiniteStream(fc.nat()), (list, picks) => {
        const revisions: CallRecord[] = [];
        for (const event of [started, ...list]) {
          const record = foldCallEvent(revisions.at(-1), event);
          if (record) revisions.push(record);
        }
        const arrived = Array.from({ length: revisions.length * 2 }, () => {
          return revisions[(picks.next().value ?? 0) % revisions.length] as CallRecord;
        });
        const kept = [...arrived, ...revisions.toReversed()].reduce((a, b) => (b.revision > a.revision ? b : a));
        expect(kept).toEqual(revisions.at(-1));
      }),
    );
  });

  it("an event told twice in a row counts once (trace steps excepted, which the journal tells once)", () => {
    fc.assert(
      fc.property(events, (list) => {
        const once = fold(started, ...list);
        const twice = fold(
          started,
          started,
          ...list.flatMap((event): readonly CallEvent[] => (event.kind === "trace" ? [event] : [event, event])),
        );
        expect(twice).toEqual(once);
      }),
    );
  });

  it("the end is final: only attempts and trace can change after it", () => {
    fc.assert(
      fc.property(events, events, (before, after) => {
        const end = fold(started, ...before, ended(10_000));
        const later = fold(started, ...before, ended(10_000), ...after);
        const { attempts: _a, trace: _t, revision: _r, sipCallIdB: _b, ...rest } = end;
        expect(later).toMatchObject(rest);
      }),
    );
  });
});
