import { describe, expect, it } from "vitest";
import { alertRow, callRow, newAccount } from "../rows.fixture.ts";
import type { CallFilter, Store } from "../store.ts";

const ALL = { limit: 1_000 };

export function callContract(store: () => Store): void {
  describe("call records", () => {
    recordChecks(store);
    batchChecks(store);
    filterChecks(store);
  });
  describe("alerts", () => alertChecks(store));
}

function recordChecks(store: () => Store): void {
  it("gives back every field as it was saved, in its own account only", async () => {
    const accountSid = await newAccount(store());
    const ended = callRow(accountSid);
    const ringing = callRow(accountSid, {
      status: "ringing",
      answeredAtMs: null,
      endedAtMs: null,
      durationSec: null,
      endedBy: null,
      sipStatus: null,
      reason: null,
      sipCallIdB: "b@192.0.2.9",
      callerName: "Ada \u{1f4de}",
      errorCode: 32011,
      quality: [],
    });
    await store().callRecordSink.save([ended, ringing]);
    expect(await store().calls.fetch(accountSid, ended.sid)).toEqual(ended);
    expect(await store().calls.fetch(accountSid, ringing.sid)).toEqual(ringing);
    expect(await store().calls.fetch("AC0", ended.sid)).toBeUndefined();
  });

  it("the highest revision wins, whatever the order and however often it comes (OPS-2)", async () => {
    const accountSid = await newAccount(store());
    const { sid } = callRow(accountSid);
    const revision = (number: number) => callRow(accountSid, { sid, revision: number, reason: `revision ${number}` });
    const stored = async () => (await store().calls.fetch(accountSid, sid))?.reason;
    for (const [number, want] of [
      [1, 1],
      [3, 3],
      [2, 3],
      [3, 3],
    ] as const) {
      await store().callRecordSink.save([revision(number)]);
      expect(await stored()).toBe(`revision ${want}`);
    }
    await store().callRecordSink.save([revision(4), revision(6), revision(5)]);
    expect(await stored()).toBe("revision 6");
    expect(await store().calls.count({ accountSid })).toBe(1);
  });
}

function batchChecks(store: () => Store): void {
  it("takes no batch, and one of more rows than a statement has", async () => {
    const accountSid = await newAccount(store());
    await store().callRecordSink.save([]);
    const records = Array.from({ length: 1_201 }, () => callRow(accountSid, { trace: [], attempts: [], quality: [] }));
    await store().callRecordSink.save(records);
    expect(await store().calls.count({ accountSid })).toBe(1_201);
  });

  it("two writers of the same calls at once get along", async () => {
    const accountSid = await newAccount(store());
    const records = Array.from({ length: 50 }, () => callRow(accountSid));
    const later = records.map((record) => ({ ...record, revision: 2 })).reverse();
    await Promise.all([store().callRecordSink.save(records), store().callRecordSink.save(later)]);
    const { rows } = await store().calls.list({ accountSid }, ALL);
    expect(rows.map((row) => row.revision)).toEqual(records.map(() => 2));
  });

  it("keeps what a peer may send and PostgreSQL cannot: NUL and lone surrogates become U+FFFD", async () => {
    const accountSid = await newAccount(store());
    const record = callRow(accountSid, {
      callerName: "a\0b\ud800",
      from: "\\u0000",
      trace: [{ rule: "x", input: "\0", verdict: "info", detail: "\udfff", atMs: 1 }],
    });
    await store().callRecordSink.save([record]);
    expect(await store().calls.fetch(accountSid, record.sid)).toMatchObject({
      callerName: "a\ufffdb\ufffd",
      from: "\\u0000",
      trace: [{ input: "\ufffd", detail: "\ufffd" }],
    });
  });
}

function filterChecks(store: () => Store): void {
  it("filters by every field of the Calls list, numbers on both sides in any form (EVD-5)", async () => {
    const accountSid = await newAccount(store());
    const startMs = 1_795_000_000_000;
    const calls = [
      callRow(accountSid, { from: "+1", to: "+2", status: "busy", createdAtMs: startMs, endedAtMs: startMs + 10 }),
      callRow(accountSid, {
        from: "+1",
        to: "sip:+3@pbx.example.com;region=us1",
        createdAtMs: startMs + 1,
        endedAtMs: startMs + 20,
      }),
      callRow(accountSid, {
        from: "sip:alice@example.com",
        to: "+2",
        createdAtMs: startMs + 2,
        endedAtMs: null,
        trunkSid: "TK9",
      }),
    ];
    await store().callRecordSink.save([...calls, callRow(await newAccount(store()))]);
    const cases: [filter: Omit<CallFilter, "accountSid">, want: number[]][] = [
      [{}, [2, 1, 0]],
      [{ from: "+1" }, [1, 0]],
      [{ from: "sip:alice@example.com" }, [2]],
      [{ to: "+3" }, [1]],
      [{ to: "sip:+3@pbx.example.com;region=us1" }, [1]],
      [{ to: "sip:+3@pbx.example.com" }, []],
      [{ from: "+1", to: "+2" }, [0]],
      [{ status: "busy" }, [0]],
      [{ trunkSid: "TK9" }, [2]],
      [{ startedFromMs: startMs + 1 }, [2, 1]],
      [{ startedToMs: startMs + 1 }, [0]],
      [{ startedFromMs: startMs + 1, startedToMs: startMs + 2 }, [1]],
      [{ endedFromMs: startMs + 10, endedToMs: startMs + 20 }, [0]],
      [{ endedFromMs: startMs + 11 }, [1]],
    ];
    for (const [filter, want] of cases) {
      const { rows } = await store().calls.list({ accountSid, ...filter }, ALL);
      expect([filter, rows.map((row) => row.sid)]).toEqual([filter, want.map((index) => calls[index]?.sid)]);
      expect(await store().calls.count({ accountSid, ...filter })).toBe(want.length);
    }
  });
}

function alertChecks(store: () => Store): void {
  it("are saved once by SID, listed newest first, filtered by what they are about", async () => {
    const accountSid = await newAccount(store());
    const early = alertRow(accountSid, { atMs: 1_795_000_000_001, resourceSid: "TK1" });
    const late = alertRow(accountSid, { atMs: 1_795_000_000_002 });
    await store().alertSink.save([]);
    await store().alertSink.save([early, late, early]);
    await store().alertSink.save([{ ...early, text: "again" }]);
    const list = async (resourceSid?: string) => {
      const filter = resourceSid === undefined ? {} : { resourceSid };
      return (await store().alerts.list(accountSid, filter, ALL)).rows;
    };
    expect(await list()).toEqual([late, early]);
    expect(await list("TK1")).toEqual([early]);
    expect((await store().alerts.list("AC0", {}, ALL)).rows).toEqual([]);
  });
}
