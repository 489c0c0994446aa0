import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openStore, type Recording, type Store } from "@trunkline/store";
import type { BegunRecording, CallRecord } from "@trunkline/trunking";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readSettings } from "../config/read-settings.ts";
import { openRecordingMedia } from "./media.ts";
import { type RecordingRetentionParts, startRecordingRetention } from "./retention.ts";

const DAY_MS = 86_400_000;
const STARTED_MS = Date.UTC(2026, 9, 1);
const dataDir = mkdtempSync(join(tmpdir(), "retention-"));
const media = openRecordingMedia(readSettings({ TRUNKLINE_DATA_DIR: dataDir }));
const hex = (): string => randomBytes(16).toString("hex");
const accountSid = `AC${hex()}`;
let store: Store;

beforeAll(async () => {
  store = await openStore({ url: "pglite:memory", encryptionKey: randomBytes(32) });
  const account = { parentSid: null, friendlyName: "Customer", status: "active", type: "Full" } as const;
  await store.accounts.create({ sid: accountSid, ...account, authToken: hex() });
}, 60_000);
afterAll(async () => {
  await store.close();
  await media.close();
  rmSync(dataDir, { recursive: true });
});

/** A trunk that keeps its recordings for so many days. */
async function trunkKeeping(retentionDays: number): Promise<string> {
  const sid = `TK${hex()}`;
  await store.trunks.create({
    sid,
    accountSid,
    friendlyName: null,
    domainName: null,
    disasterRecoveryUrl: null,
    disasterRecoveryMethod: null,
    secure: false,
    cnamLookupEnabled: false,
    recordingMode: "record-from-answer",
    recordingTrim: "do-not-trim",
    transferMode: "disable-all",
    transferCallerId: "from-transferee",
    symmetricRtpEnabled: false,
    failoverFinalStatuses: null,
    failoverTimeoutMs: null,
  });
  await store.trunks.update(accountSid, sid, {}, { recordings: { retentionDays } });
  return sid;
}

/** A finished recording of each edge. @returns the path of its file */
async function record(trunkSid: string, edge: string, name = `${accountSid}/RE${hex()}.wav`): Promise<string> {
  const [sid, callSid] = [`RE${hex()}`, `CA${hex()}`];
  const begun: BegunRecording = { sid, startedAtMs: STARTED_MS, channels: 1, trim: false, edge };
  const call: CallRecord = {
    sid: callSid,
    revision: 1,
    accountSid,
    trunkSid,
    direction: "trunking-originating",
    from: "+12025550100",
    to: "sip:pbx.example.com",
    callerName: null,
    phoneNumberSid: null,
    status: "completed",
    createdAtMs: STARTED_MS,
    answeredAtMs: STARTED_MS,
    endedAtMs: STARTED_MS,
    durationSec: 0,
    sipCallIdA: "a",
    sipCallIdB: "b",
    source: "192.0.2.1:5060",
    endedBy: "caller",
    sipStatus: 200,
    reason: null,
    errorCode: null,
    attempts: [],
    quality: [],
    recordings: [begun],
    trace: [],
  };
  await store.callRecordSink.save([call]);
  const path = join(dataDir, "recordings", edge, "finished", name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "RIFF");
  const ended = { sid, accountSid, callSid, channels: 1, startedAtMs: STARTED_MS, durationMs: 1_000 } as const;
  const file = { name, bytes: 4, sha256: "00", encryption: null };
  await store.recordingSink.save({
    ...ended,
    state: "completed",
    why: null,
    errorCode: null,
    interrupted: false,
    file,
  });
  return path;
}

/** Runs the retention once at a time of its own. @returns what it logged */
async function retentionAt(nowMs: number, parts: Partial<RecordingRetentionParts> = {}): Promise<readonly string[]> {
  const logged: string[] = [];
  const over = Promise.withResolvers<void>();
  const recordings: RecordingRetentionParts["recordings"] = {
    expired: (...asked) => store.recordings.expired(...asked),
    markDeleted: (...asked) => store.recordings.markDeleted(...asked),
    forgetDeleted: async (...asked) => {
      const forgotten = await store.recordings.forgetDeleted(...asked);
      over.resolve();
      return forgotten;
    },
  };
  const retention = startRecordingRetention({
    recordings,
    media,
    nowMs: () => nowMs,
    log: (level, event, fields) => {
      logged.push(`${level} ${event} ${fields?.["by"] ?? fields?.["why"]}`);
      if (event === "old recordings not deleted") over.resolve();
    },
    ...parts,
  });
  await over.promise;
  await retention.close();
  return logged;
}

const stored = async (deleted = true): Promise<readonly Recording[]> =>
  (await store.recordings.list({ accountSid, deleted }, { limit: 1_000 })).rows;

it("REC-5: recordings of every edge go with their files when their trunk keeps them no longer, and are forgotten later", async () => {
  const [brief, long] = [await trunkKeeping(30), await trunkKeeping(365)];
  const old = [await record(brief, "local"), await record(brief, "tokyo")];
  const kept = await record(long, "local");
  expect(await retentionAt(STARTED_MS + 30 * DAY_MS)).toEqual([]);
  expect(await retentionAt(STARTED_MS + 31 * DAY_MS)).toEqual(Array(2).fill("info recording deleted retention"));
  expect([...old, kept].map((path) => existsSync(path))).toEqual([false, false, true]);
  expect((await stored()).map(({ status }) => status).sort()).toEqual(["completed", "deleted", "deleted"]);
  expect(await stored(false)).toHaveLength(1);
  expect(await retentionAt(Date.now() + 39 * DAY_MS)).toEqual([]);
  expect(await stored()).toHaveLength(3);
  expect(await retentionAt(Date.now() + 41 * DAY_MS)).toEqual([]);
  expect(await stored()).toHaveLength(1);
});

it("REC-5: more than fit one look are deleted; a file that cannot be removed holds up no other", async () => {
  const trunkSid = await trunkKeeping(10);
  // Its place is taken by a folder, which is no file to remove.
  const stuck = await record(trunkSid, "local");
  rmSync(stuck);
  mkdirSync(join(stuck, "in the way"), { recursive: true });
  for (let i = 0; i < 120; i++) await record(trunkSid, "local");
  const logged = await retentionAt(STARTED_MS + 11 * DAY_MS);
  expect(logged.filter((line) => line.startsWith("info"))).toHaveLength(120);
  expect(logged.filter((line) => line.startsWith("warn recording not deleted"))).toHaveLength(1);
  rmSync(stuck, { recursive: true });
  expect(await retentionAt(STARTED_MS + 11 * DAY_MS)).toEqual(["info recording deleted retention"]);
});

it("REC-5: a storage that is away is not asked again and again, and nothing is marked", async () => {
  const trunkSid = await trunkKeeping(10);
  for (let i = 0; i < 30; i++) await record(trunkSid, "local");
  let asked = 0;
  const remove = (): Promise<boolean> => {
    asked += 1;
    return Promise.reject(new Error("connect ECONNREFUSED"));
  };
  const logged = await retentionAt(STARTED_MS + 11 * DAY_MS, { media: { remove } });
  expect(logged.at(-1)).toBe("warn old recordings not deleted 20 could not be removed");
  expect(asked).toBe(20);
  expect((await stored(false)).filter((one) => one.trunkSid === trunkSid)).toHaveLength(30);
});
