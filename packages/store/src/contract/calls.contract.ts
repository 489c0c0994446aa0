import { describe, expect, it } from "vitest";
import { alertRow, callRow, newAccount } from "../rows.fixture.ts";
import type { AlertFilter, CallFilter, Store } from "../store.ts";

const ALL = { limit: 1_000 };

export function callContract(store: () => Store): void {
  describe("call records", () => {
    recordChecks(store);
    batchChecks(store);
    filterChecks(store);
    liveChecks(store);
    csvChecks(store);
  });
  describe("alerts", () => {
    alertChecks(store);
    alertFilterChecks(store);
  });
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
        direction: "trunking-originating",
        sipCallIdA: "a1",
        sipCallIdB: "b1",
        createdAtMs: startMs + 1,
        endedAtMs: startMs + 20,
      }),
      callRow(accountSid, {
        from: "sip:alice@example.com",
        to: "+2",
        createdAtMs: startMs + 2,
        endedAtMs: null,
        errorCode: 32011,
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
      [{ number: "+1" }, [1, 0]],
      [{ number: "+2" }, [2, 0]],
      [{ number: "sip:alice@example.com" }, [2]],
      [{ sipCallId: "a1" }, [1]],
      [{ sipCallId: "b1" }, [1]],
      [{ sipCallId: "b1", number: "+2" }, []],
      [{ errorCode: 32011 }, [2]],
      [{ status: "busy" }, [0]],
      [{ status: "completed" }, [2, 1]],
      [{ status: "failed" }, []],
      [{ to: "SIP:+3@pbx.example.com;region=us1" }, []],
      [{ direction: "trunking-originating" }, [1]],
      [{ direction: "trunking-terminating", from: "+1" }, [0]],
      [{ trunkSid: "TK9" }, [2]],
      [{ startedFromMs: startMs + 1 }, [2, 1]],
      [{ startedToMs: startMs + 1 }, [0]],
      [{ startedFromMs: startMs + 1, startedToMs: startMs + 2 }, [1]],
      [{ endedFromMs: startMs + 10, endedToMs: startMs + 20 }, [0]],
      [{ endedFromMs: startMs + 11 }, [1]],
      [{ endedToMs: startMs + 1 }, []],
    ];
    for (const [filter, want] of cases) {
      const { rows } = await store().calls.list({ accountSid, ...filter }, ALL);
      expect([filter, rows.map((row) => row.sid)]).toEqual([filter, want.map((index) => calls[index]?.sid)]);
      expect(await store().calls.count({ accountSid, ...filter })).toBe(want.length);
    }
  });
}

function liveChecks(store: () => Store): void {
  const up = { endedAtMs: null, durationSec: null, endedBy: null, sipStatus: null, reason: null } as const;

  it("EVD-5: calls that are not over are found by their status until they change it", async () => {
    const accountSid = await newAccount(store());
    const call = callRow(accountSid, { ...up, status: "ringing", createdAtMs: Date.now() - 5_000, answeredAtMs: null });
    const found = async (status: CallFilter["status"] & string) =>
      (await store().calls.list({ accountSid, status }, ALL)).rows.length;
    await store().callRecordSink.save([call]);
    expect([await found("ringing"), await found("in-progress"), await found("no-answer")]).toEqual([1, 0, 0]);
    await store().callRecordSink.save([{ ...call, revision: 2, status: "no-answer", endedAtMs: Date.now() }]);
    expect([await found("ringing"), await found("in-progress"), await found("no-answer")]).toEqual([0, 0, 1]);
  });

  it("the record of a call is deleted when it is over, in its own account", async () => {
    const accountSid = await newAccount(store());
    const [over, live] = [callRow(accountSid), callRow(accountSid, { ...up, status: "in-progress" })];
    await store().callRecordSink.save([over, live]);
    expect(await store().calls.delete("AC0", over.sid)).toBe(false);
    expect(await store().calls.delete(accountSid, live.sid)).toBe(false);
    expect(await store().calls.delete(accountSid, over.sid)).toBe(true);
    expect((await store().calls.list({ accountSid }, ALL)).rows).toEqual([live]);
  });
}

async function piecesOf(csv: AsyncIterable<string>): Promise<readonly string[]> {
  const pieces: string[] = [];
  for await (const piece of csv) pieces.push(piece);
  return pieces;
}

function csvChecks(store: () => Store): void {
  it("EVD-5: CSV in pieces of whole lines, newest first, filtered, in which no peer's text is a formula or a new column", async () => {
    const accountSid = await newAccount(store());
    const startMs = 1_795_000_000_000;
    const many = Array.from({ length: 1_001 }, (_, i) =>
      callRow(accountSid, { createdAtMs: startMs + i, trace: [], attempts: [], quality: [] }),
    );
    const odd = callRow(accountSid, {
      createdAtMs: startMs - 1,
      callerName: '=HYPERLINK("http://evil.example")',
      reason: 'a "b", c\r\nd',
      to: "+12025550100;x",
      answeredAtMs: null,
      durationSec: null,
      status: "failed",
    });
    await store().callRecordSink.save([...many, odd]);
    const pieces = await piecesOf(store().calls.csv({ accountSid }));
    expect(pieces.length).toBe(4);
    expect(pieces.every((piece) => piece.endsWith("\r\n"))).toBe(true);
    const lines = pieces.join("").split("\r\n");
    expect(lines[0]).toMatch(/^Call SID,Account SID,Trunk SID,Direction,From,To,CNAM,/);
    expect(lines[1]?.split(",")[0]).toBe(many.at(-1)?.sid);
    expect(lines[1]).toContain(",trunking-terminating,+12025550100,+12025550199,,,completed,");
    const [, failed] = await piecesOf(store().calls.csv({ accountSid, status: "failed" }));
    expect(failed).toContain(`,+12025550100,'+12025550100;x,"'=HYPERLINK(""http://evil.example"")",,failed,`);
    expect(failed).toContain('"a ""b"", c\r\nd"');
    expect(await piecesOf(store().calls.csv({ accountSid, status: "busy" }))).toHaveLength(1);
  });
}

function alertFilterChecks(store: () => Store): void {
  it("EVD-4: alerts by level, code and time; read and deleted one by one in their own account", async () => {
    const accountSid = await newAccount(store());
    const atMs = 1_795_000_000_000;
    const error = alertRow(accountSid, { atMs });
    const warning = alertRow(accountSid, { atMs: atMs + 10, errorCode: 32011, level: "warning" });
    await store().alertSink.save([error, warning]);
    const list = async (filter: AlertFilter) => (await store().alerts.list(accountSid, filter, ALL)).rows;
    const cases: [filter: AlertFilter, want: unknown[]][] = [
      [{}, [warning, error]],
      [{ levels: ["warning"] }, [warning]],
      [{ levels: ["warning", "error"] }, [warning, error]],
      [{ levels: [] }, []],
      [{ errorCode: 32201 }, [error]],
      [{ fromMs: atMs + 1 }, [warning]],
      [{ fromMs: atMs, toMs: atMs + 10 }, [error]],
      [{ levels: ["error"], errorCode: 32011 }, []],
    ];
    for (const [filter, want] of cases) expect([filter, await list(filter)]).toEqual([filter, want]);
    expect(await store().alerts.fetch(accountSid, error.sid)).toEqual(error);
    expect(await store().alerts.fetch("AC0", error.sid)).toBeUndefined();
    expect(await store().alerts.delete("AC0", error.sid)).toBe(false);
    expect(await store().alerts.delete(accountSid, error.sid)).toBe(true);
    expect(await store().alerts.delete(accountSid, error.sid)).toBe(false);
  });

  it("EVD-4: retention deletes the oldest of all accounts, some at a time", async () => {
    const [one, two] = [await newAccount(store()), await newAccount(store())];
    // Older than what any other check saves.
    const old = [1_000, 2_000, 3_000].map((atMs, i) => alertRow(i === 1 ? two : one, { atMs }));
    const kept = alertRow(one, { atMs: 4_000 });
    await store().alertSink.save([...old, kept]);
    expect(await store().alerts.deleteOlderThan(4_000, 2)).toBe(2);
    expect((await store().alerts.list(one, {}, ALL)).rows).toEqual([kept, old[2]]);
    expect(await store().alerts.deleteOlderThan(4_000, 2)).toBe(1);
    expect((await store().alerts.list(one, {}, ALL)).rows).toEqual([kept]);
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
