import type { BegunRecording } from "@trunkline/trunking";
import { describe, expect, it } from "vitest";
import { absent, begun, DAY_MS, type Ground, ground, outcome, STARTED_MS, saveCall } from "../recordings.fixture.ts";
import { callRow, newSid } from "../rows.fixture.ts";
import type { Store } from "../store.ts";

const ALL = { limit: 1_000 };

export function recordingContract(store: () => Store): void {
  describe("recordings", () => {
    lifeChecks(store);
    orderChecks(store);
    steeringChecks(store);
    listChecks(store);
    sweepChecks(store);
    deletionChecks(store);
  });
}

function lifeChecks(store: () => Store): void {
  it("REC-3: one is live with its call, is processed after it, and is what its outcome says", async () => {
    const place = await ground(store());
    const recording = begun();
    const { recordings } = store();
    const stored = () => recordings.fetch(place.accountSid, recording.sid);
    await saveCall(store(), place, 2, [recording], false);
    const first = {
      ...place,
      sid: recording.sid,
      edge: "local",
      channels: 2,
      status: "in-progress",
      startedAtMs: STARTED_MS,
      updatedAtMs: expect.any(Number),
      durationMs: null,
      errorCode: null,
      damaged: false,
      interrupted: false,
      why: null,
      file: null,
      deletedAtMs: null,
    };
    expect(await stored()).toEqual(first);
    await saveCall(store(), place, 3, [recording], true);
    expect(await stored()).toEqual({ ...first, status: "processing" });
    expect((await store().calls.fetch(place.accountSid, place.callSid))?.recordings).toEqual([recording]);
    const encryption = { keySid: newSid("CR"), cek: "a2V5", iv: "aXY=" };
    const ending = outcome(place, recording.sid, {
      state: "damaged",
      why: "the disk was full",
      errorCode: 16190,
      interrupted: true,
      file: { name: "AC1/RE1.wav.enc", bytes: 5_000_000_000, sha256: "cd".repeat(32), encryption },
    });
    await store().recordingSink.save(ending);
    expect(await stored()).toEqual({
      ...first,
      status: "completed",
      durationMs: 4_400,
      errorCode: 16190,
      damaged: true,
      interrupted: true,
      why: "the disk was full",
      file: ending.file,
    });
    expect(await recordings.fetch("AC0", recording.sid)).toBeUndefined();
  });

  it("REC-3: one without anything to listen to is absent, with its code", async () => {
    const place = await ground(store());
    const { sid } = begun();
    await store().recordingSink.save(outcome(place, sid, absent));
    expect(await store().recordings.fetch(place.accountSid, sid)).toMatchObject({
      status: "absent",
      errorCode: 16102,
      file: null,
      trunkSid: null,
    });
  });

  it("a call has any number of them, and a batch of calls its own each", async () => {
    const [one, other] = [await ground(store()), await ground(store())];
    const three = [begun(), begun(), begun()];
    const rows = [one, other].map((place, index) =>
      callRow(place.accountSid, { sid: place.callSid, recordings: index === 0 ? three.slice(0, 2) : three.slice(2) }),
    );
    await store().callRecordSink.save([...rows, callRow(one.accountSid)]);
    const sids = async ({ accountSid }: Ground) =>
      (await store().recordings.list({ accountSid }, ALL)).rows.map(({ sid }) => sid).sort();
    expect(await sids(one)).toEqual(three.slice(0, 2).map(({ sid }) => sid));
    expect(await sids(other)).toEqual([three[2]?.sid]);
  });
}

function orderChecks(store: () => Store): void {
  it("REC-4: what comes first makes the row, and nothing that comes late or again takes anything back", async () => {
    const steps = {
      call: (place: Ground, one: BegunRecording) => saveCall(store(), place, 2, [one], false),
      end: (place: Ground, one: BegunRecording) => saveCall(store(), place, 5, [one], true),
      outcome: (place: Ground, { sid }: BegunRecording) => store().recordingSink.save(outcome(place, sid)),
    };
    const { call, end, outcome: result } = steps;
    for (const order of [
      [call, end, result],
      [result, call, end],
      [call, result, end],
      [end, call, result],
      [result, end, call],
      [result, result, end, end, call, call, result],
    ]) {
      const [place, one] = [await ground(store()), begun()];
      for (const step of order) await step(place, one);
      const stored = await store().recordings.fetch(place.accountSid, one.sid);
      expect(stored).toMatchObject({ status: "completed", durationMs: 4_400, trunkSid: place.trunkSid, edge: "local" });
    }
  });

  it("the first outcome stays, but a recording that was lost may be found", async () => {
    const place = await ground(store());
    const [kept, found] = [newSid("RE"), newSid("RE")];
    const status = async (sid: string) => (await store().recordings.fetch(place.accountSid, sid))?.status;
    await store().recordingSink.save(outcome(place, kept));
    await store().recordingSink.save(outcome(place, kept, absent));
    expect(await status(kept)).toBe("completed");
    await store().recordingSink.save(outcome(place, found, absent));
    await store().recordingSink.save(outcome(place, found));
    expect(await status(found)).toBe("completed");
    expect(await store().recordings.markDeleted(place.accountSid, kept)).toBe(true);
    await store().recordingSink.save(outcome(place, kept));
    await saveCall(store(), place, 9, [begun({ sid: kept })], true);
    expect(await status(kept)).toBe("deleted");
  });

  it("writers of the same recordings at once do not stand in each other's way", async () => {
    const place = await ground(store());
    const many = Array.from({ length: 20 }, () => begun());
    await Promise.all([
      saveCall(store(), place, 3, many, false),
      saveCall(store(), place, 4, many.toReversed(), true),
      ...many.map(({ sid }) => store().recordingSink.save(outcome(place, sid))),
    ]);
    const { rows } = await store().recordings.list({ accountSid: place.accountSid }, ALL);
    expect(rows.filter(({ status, trunkSid }) => status === "completed" && trunkSid !== null)).toHaveLength(20);
  });
}

function steeringChecks(store: () => Store): void {
  it("REC-3: a live one is paused, goes on, and stops for good", async () => {
    const place = await ground(store());
    const one = begun();
    const { recordings } = store();
    await saveCall(store(), place, 2, [one], false);
    const { accountSid, callSid } = place;
    for (const [asked, want] of [
      ["paused", "paused"],
      ["in-progress", "in-progress"],
      ["paused", "paused"],
      ["stopped", "stopped"],
      ["in-progress", "stopped"],
    ] as const) {
      expect(await recordings.current(accountSid, callSid)).toMatchObject({ sid: one.sid });
      expect(await recordings.steer(accountSid, one.sid, asked)).toMatchObject({ status: want });
      if (want === "stopped") break;
    }
    expect(await recordings.current(accountSid, callSid)).toBeUndefined();
    expect(await recordings.steer(accountSid, one.sid, "in-progress")).toMatchObject({ status: "stopped" });
    expect(await recordings.steer("AC0", one.sid, "paused")).toBeUndefined();
    await saveCall(store(), place, 3, [one], true);
    expect(await recordings.fetch(accountSid, one.sid)).toMatchObject({ status: "processing" });
  });

  it("the current one is the newest of the call", async () => {
    const place = await ground(store());
    const [older, newer] = [begun(), begun({ startedAtMs: STARTED_MS + 1 })];
    await saveCall(store(), place, 2, [newer, older], false);
    const current = () => store().recordings.current(place.accountSid, place.callSid);
    expect(await current()).toMatchObject({ sid: newer.sid });
    await store().recordings.steer(place.accountSid, newer.sid, "stopped");
    expect(await current()).toMatchObject({ sid: older.sid });
    expect(await store().recordings.current("AC0", place.callSid)).toBeUndefined();
  });
}

function listChecks(store: () => Store): void {
  it("lists an account's newest first, by call and time, page by page; deleted ones when asked", async () => {
    const place = await ground(store());
    const { accountSid } = place;
    const { recordings } = store();
    const all = Array.from({ length: 5 }, (_, index) => begun({ startedAtMs: STARTED_MS + index * DAY_MS }));
    await saveCall(store(), place, 2, all.slice(0, 3), true);
    await saveCall(store(), { ...place, callSid: newSid("CA") }, 2, all.slice(3), true);
    const wanted = (...indexes: number[]) => indexes.map((index) => all[index]?.sid);
    const listed = async (filter: object) =>
      (await recordings.list({ accountSid, ...filter }, ALL)).rows.map(({ sid }) => sid);
    expect(await listed({})).toEqual(wanted(4, 3, 2, 1, 0));
    expect(await listed({ callSid: place.callSid })).toEqual(wanted(2, 1, 0));
    expect(await listed({ startedFromMs: STARTED_MS + DAY_MS })).toEqual(wanted(4, 3, 2, 1));
    expect(await listed({ startedFromMs: STARTED_MS, startedToMs: STARTED_MS + DAY_MS })).toEqual(wanted(0));
    await store().recordingSink.save(outcome(place, String(all[1]?.sid)));
    await recordings.markDeleted(accountSid, String(all[1]?.sid));
    expect(await listed({})).toEqual(wanted(4, 3, 2, 0));
    expect(await listed({ deleted: true })).toEqual(wanted(4, 3, 2, 1, 0));
    expect(await recordings.list({ accountSid: "AC0", callSid: place.callSid }, ALL)).toMatchObject({ rows: [] });
    const first = await recordings.list({ accountSid }, { limit: 3 });
    const second = await recordings.list({ accountSid }, { limit: 3, after: String(first.next) });
    expect([...first.rows, ...second.rows].map(({ sid }) => sid)).toEqual(wanted(4, 3, 2, 0));
    expect([second.next, first.previous]).toEqual([null, null]);
  });
}

function sweepChecks(store: () => Store): void {
  it("REC-4: the unfinished are those of calls that are over, and those that are live for longer than any call", async () => {
    const [over, live, done] = [await ground(store()), await ground(store()), await ground(store())];
    const edge = newSid("edge");
    const [a, b, c] = [begun({ edge }), begun({ edge }), begun({ edge })];
    await saveCall(store(), over, 2, [a], true);
    await saveCall(store(), live, 2, [b], false);
    await saveCall(store(), done, 2, [c], true);
    await store().recordingSink.save(outcome(done, c.sid));
    await saveCall(store(), await ground(store()), 2, [begun()], true);
    const unfinished = async (beforeMs: number, limit = 1_000) =>
      (await store().recordings.unfinished(edge, beforeMs, limit)).map(({ sid }) => sid);
    const now = Date.now();
    expect(await unfinished(now - 60_000)).toEqual([]);
    expect(await unfinished(now + 60_000)).toEqual([a.sid]);
    expect(await unfinished(now + 2 * DAY_MS + 60_000)).toEqual([a.sid, b.sid]);
    expect(await unfinished(now + 2 * DAY_MS + 60_000, 1)).toEqual([a.sid]);
  });
}

function deletionChecks(store: () => Store): void {
  it("REC-3: only a finished one is deleted, once; it is forgotten after its time", async () => {
    const place = await ground(store());
    const one = begun();
    const { recordings } = store();
    const { accountSid } = place;
    await saveCall(store(), place, 2, [one], true);
    expect(await recordings.markDeleted(accountSid, one.sid)).toBe(false);
    await store().recordingSink.save(outcome(place, one.sid));
    expect(await recordings.markDeleted("AC0", one.sid)).toBe(false);
    expect(await recordings.markDeleted(accountSid, one.sid)).toBe(true);
    expect(await recordings.markDeleted(accountSid, one.sid)).toBe(false);
    const deleted = await recordings.fetch(accountSid, one.sid);
    expect(deleted).toMatchObject({ status: "deleted", deletedAtMs: expect.any(Number), durationMs: 4_400 });
    await recordings.forgetDeleted(Date.now() - DAY_MS, 500);
    expect(await recordings.fetch(accountSid, one.sid)).toBeDefined();
    expect(await recordings.forgetDeleted(Date.now() + DAY_MS, 500)).toBeGreaterThan(0);
    expect(await recordings.fetch(accountSid, one.sid)).toBeUndefined();
  });

  it("REC-5: the expired are older than their trunk keeps them, and stay so when the trunk is gone", async () => {
    const [kept, brief] = [await ground(store()), await ground(store())];
    const { recordings, trunks } = store();
    const [a, b, c, d] = [begun(), begun(), begun({ startedAtMs: STARTED_MS - DAY_MS }), begun()];
    await saveCall(store(), kept, 2, [a], true);
    await saveCall(store(), brief, 2, [b, c, d], true);
    await trunks.update(brief.accountSid, brief.trunkSid, {}, { recordings: { retentionDays: 30 } });
    for (const [place, { sid }] of [[kept, a] as const, [brief, b] as const, [brief, c] as const])
      await store().recordingSink.save(outcome(place, sid));
    const expired = async (ageMs: number, limit = 10, except: readonly string[] = []) =>
      (await recordings.expired(STARTED_MS + ageMs, limit, except)).map(({ sid }) => sid);
    expect(await expired(29 * DAY_MS)).toEqual([]);
    expect(await expired(30 * DAY_MS)).toEqual([c.sid]);
    expect(await expired(31 * DAY_MS)).toEqual([c.sid, b.sid]);
    expect(await expired(31 * DAY_MS, 1)).toEqual([c.sid]);
    expect(await expired(31 * DAY_MS, 10, [c.sid])).toEqual([b.sid]);
    await trunks.delete(brief.accountSid, brief.trunkSid);
    expect(await expired(31 * DAY_MS)).toEqual([c.sid, b.sid]);
    await recordings.markDeleted(brief.accountSid, b.sid);
    await recordings.markDeleted(brief.accountSid, c.sid);
    expect(await expired(99 * DAY_MS)).toEqual([]);
  });
}
