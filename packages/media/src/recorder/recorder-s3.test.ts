import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "../rtp-peer.fixture.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import type { RecorderAlarm, RecordingResult } from "./recording.types.ts";
import { S3Server } from "./storage/s3-server.fixture.ts";
import { openStorage } from "./storage/storage.ts";
import { Talkers } from "./talkers.fixture.ts";
import { ORDER } from "./tape.fixture.ts";

let dir: string;
let server: S3Server;
let talkers: Talkers;
let recorder: Recorder;
let results: RecordingResult[];
let alarms: RecorderAlarm[];

async function open(): Promise<void> {
  recorder = await createRecorder({
    dir,
    storage: { kind: "s3", ...server.settings },
    onFinished: async (result) => void results.push(result),
    onAlarm: (alarm) => void alarms.push(alarm),
  });
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "recorder-s3-"));
  server = new S3Server();
  await server.start();
  results = [];
  alarms = [];
  talkers = new Talkers();
  await open();
});

afterEach(async () => {
  talkers.stop();
  await recorder.close();
  await server.close();
  rmSync(dir, { recursive: true });
});

async function record(): Promise<void> {
  talkers.add(await recorder.start(ORDER));
  await until(() => talkers.packets >= 50, "something was said");
  await recorder.stop("RE1");
}

async function expectStored(): Promise<void> {
  await until(() => results.length === 1, "it is stored", 10_000);
  const [result] = results;
  if (result?.state !== "completed") throw new Error(`not completed but ${JSON.stringify(result)}`);
  const storage = openStorage({ kind: "s3", ...server.settings }, dir);
  expect(await storage.size(result.file.name)).toBe(result.file.bytes);
  await until(() => readdirSync(join(dir, "live")).length === 0, "nothing is left in live/");
}

describe("REC-5: recordings that go to an S3 store", () => {
  it("are told of when they are there, and gone from this machine", async () => {
    await record();
    await expectStored();
    expect(alarms).toEqual([]);
  });

  it("wait on this machine while the store is away: one alarm, and then they go", async () => {
    await server.stop();
    await record();
    await until(() => alarms.length > 0, "the alarm", 5_000);
    expect(results).toEqual([]);
    await server.start();
    await expectStored();
    expect(alarms).toMatchObject([{ name: "storage-failed", sid: "RE1" }]);
    expect(alarms[0]?.why).not.toContain("S3RVER");
  });

  it("go at the next start when the process ended meanwhile", async () => {
    await server.stop();
    await record();
    await until(() => alarms.length > 0, "the alarm", 5_000);
    await recorder.close();
    await server.start();
    await open();
    expect(await recorder.repair()).toEqual(["RE1"]);
    await expectStored();
  });
});
