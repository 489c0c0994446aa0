import { describe, expect, it } from "vitest";
import { absent, begun, type Ground, ground, outcome, saveCall } from "../recordings.fixture.ts";
import { DEFAULT_TRUNK_RECORDINGS } from "../repositories/trunk-recordings.ts";
import { newAccount, newSid } from "../rows.fixture.ts";
import type { Store } from "../store.ts";

/** What trunks and accounts want of their recordings. */
export function recordingWishesContract(store: () => Store): void {
  describe("whom a trunk tells of its recordings", () => {
    tellingChecks(store);
    settingChecks(store);
  });
  describe("public keys", () => keyChecks(store));
}

function tellingChecks(store: () => Store): void {
  const URL = "https://example.com/recordings";
  const told = async (accountSid: string) => {
    const batches = await store().webhookQueues.claim({
      nowMs: Date.now() + 1_000,
      leaseMs: 0,
      queues: 1_000,
      perQueue: 1_000,
    });
    return batches.find((batch) => batch.accountSid === accountSid && batch.kind === "recording")?.deliveries ?? [];
  };
  const statuses = async (accountSid: string) =>
    (await told(accountSid)).map(({ params }) => params["RecordingStatus"]);
  async function telling(events: readonly ("in-progress" | "completed" | "absent")[]): Promise<Ground> {
    const place = await ground(store());
    const recordings = { statusCallback: URL, statusCallbackMethod: "GET" as const, statusCallbackEvents: events };
    await store().trunks.update(place.accountSid, place.trunkSid, {}, { recordings });
    return place;
  }

  it("REC-6: the completed recording with the contract's parameters", async () => {
    const place = await telling(["completed"]);
    const one = begun();
    await saveCall(store(), place, 2, [one], false);
    await saveCall(store(), place, 3, [one], true);
    expect(await told(place.accountSid)).toEqual([]);
    await store().recordingSink.save(outcome(place, one.sid));
    const [delivery] = await told(place.accountSid);
    expect(delivery).toMatchObject({ url: URL, method: "GET", kind: "recording" });
    expect(delivery?.params).toEqual({
      AccountSid: place.accountSid,
      CallSid: place.callSid,
      RecordingSid: one.sid,
      RecordingUrl: `/2010-04-01/Accounts/${place.accountSid}/Recordings/${one.sid}`,
      RecordingStatus: "completed",
      RecordingDuration: "4",
      RecordingChannels: "2",
      RecordingStartTime: "Wed, 18 Nov 2026 11:06:42 +0000",
      RecordingSource: "Trunking",
      RecordingTrack: "both",
    });
  });

  it("REC-6, EVD-6: of each state once, however often and in whatever order it is written", async () => {
    const place = await telling(["in-progress", "completed", "absent"]);
    const [one, lost] = [begun(), begun()];
    await saveCall(store(), place, 2, [one], false);
    await saveCall(store(), place, 3, [one], false);
    await store().recordings.steer(place.accountSid, one.sid, "paused");
    await store().recordings.steer(place.accountSid, one.sid, "in-progress");
    await saveCall(store(), place, 4, [one], false);
    expect(await statuses(place.accountSid)).toEqual(["in-progress"]);
    // The outcome of the second comes before anybody knows whose trunk it is.
    await store().recordingSink.save(outcome(place, lost.sid, absent));
    expect(await statuses(place.accountSid)).toEqual(["in-progress"]);
    await saveCall(store(), place, 5, [one, lost], true);
    await store().recordingSink.save(outcome(place, one.sid));
    await store().recordingSink.save(outcome(place, one.sid));
    await saveCall(store(), place, 6, [one, lost], true);
    expect(await statuses(place.accountSid)).toEqual(["in-progress", "absent", "completed"]);
    expect((await told(place.accountSid))[1]?.params).toMatchObject({ ErrorCode: "16102", RecordingDuration: "0" });
  });

  it("REC-6: nobody where none is wanted, nor for another state", async () => {
    const [silent, other] = [await ground(store()), await telling(["absent"])];
    for (const place of [silent, other]) {
      const one = begun();
      await saveCall(store(), place, 2, [one], false);
      await store().recordingSink.save(outcome(place, one.sid));
      expect(await told(place.accountSid)).toEqual([]);
    }
  });
}

function settingChecks(store: () => Store): void {
  it("REC-6: is set with the trunk, field by field, and goes with it", async () => {
    const { accountSid, trunkSid } = await ground(store());
    const { trunks, trunkRecordings } = store();
    const stored = async () => (await trunkRecordings.fetchAll([trunkSid, "TK0"])).get(trunkSid);
    const set = (recordings: Parameters<typeof trunks.update>[3]) =>
      trunks.update(accountSid, trunkSid, {}, recordings);
    await set({ recordings: {} });
    expect(await stored()).toBeUndefined();
    await set({ recordings: { statusCallback: "https://example.com" } });
    const row = { ...DEFAULT_TRUNK_RECORDINGS, trunkSid, statusCallback: "https://example.com" };
    expect(await stored()).toEqual(row);
    const rest = {
      statusCallbackMethod: "GET",
      statusCallbackEvents: ["in-progress", "absent"],
      retentionDays: 7,
    } as const;
    await set({ recordings: rest });
    expect(await stored()).toEqual({ ...row, ...rest });
    await set({ recordings: { retentionDays: null } });
    await trunks.delete(accountSid, trunkSid);
    expect(await stored()).toBeUndefined();
  });
}

function keyChecks(store: () => Store): void {
  it("REC-5: one in use is not deleted, and another account's cannot be used", async () => {
    const [accountSid, other] = [await newAccount(store()), await newAccount(store())];
    const { publicKeys, accountSettings } = store();
    const row = { sid: newSid("CR"), accountSid, friendlyName: "archive", publicKey: "-----BEGIN PUBLIC KEY-----" };
    expect(await publicKeys.create(row)).toMatchObject({ kind: "ok", row });
    expect(await publicKeys.fetch(accountSid, row.sid)).toMatchObject(row);
    expect(await accountSettings.change(other, { recordingKeySid: row.sid })).toMatchObject({ kind: "conflict" });
    expect(await accountSettings.change(accountSid, { recordingKeySid: row.sid })).toMatchObject({ kind: "ok" });
    expect(await publicKeys.delete(accountSid, row.sid)).toEqual({ kind: "conflict", which: "in-use" });
    await accountSettings.change(accountSid, { recordingKeySid: null });
    expect(await publicKeys.delete(other, row.sid)).toMatchObject({ kind: "not-found" });
    expect(await publicKeys.delete(accountSid, row.sid)).toMatchObject({ kind: "ok" });
    expect(await publicKeys.create({ ...row, accountSid: "AC0" })).toMatchObject({
      kind: "not-found",
      what: "account",
    });
  });

  it("REC-5: the edge is told of keys, without their names", async () => {
    const accountSid = await newAccount(store());
    const rows = new Map<string, unknown>();
    const feed = await store().directory.subscribe((changes) => {
      for (const { entity, key, row } of changes) if (entity === "publicKey") rows.set(key, row);
    });
    const sid = newSid("CR");
    await store().publicKeys.create({ sid, accountSid, friendlyName: "archive", publicKey: "PEM" });
    expect(rows.get(sid)).toEqual({ sid, accountSid, publicKey: "PEM" });
    await store().publicKeys.delete(accountSid, sid);
    expect(rows.get(sid)).toBeNull();
    await feed.stop();
  });
}
