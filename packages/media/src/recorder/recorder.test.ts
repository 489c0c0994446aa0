import { constants, createDecipheriv, createHash, generateKeyPairSync, privateDecrypt } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "../rtp-peer.fixture.ts";
import { createRecorder, type RecorderOptions, ThreadedRecorder } from "./recorder.ts";
import type { RecorderAlarm, RecordingOrder, RecordingResult } from "./recording.types.ts";
import { channelOf, Talkers } from "./talkers.fixture.ts";
import { compare, FRAME, find, ORDER, soundOf } from "./tape.fixture.ts";
import { HEADER_BYTES, readWaveHeader } from "./wave.ts";

let dir: string;
let talkers: Talkers;
let recorder: ThreadedRecorder;
let results: RecordingResult[];
let alarms: RecorderAlarm[];

async function open(options: Partial<RecorderOptions> = {}): Promise<ThreadedRecorder> {
  const opened = new ThreadedRecorder({
    dir,
    storage: { kind: "local" },
    onFinished: async (result) => void results.push(result),
    onAlarm: (alarm) => alarms.push(alarm),
    ...options,
  });
  await opened.ready;
  return opened;
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "recorder-"));
  results = [];
  alarms = [];
  talkers = new Talkers();
  recorder = await open();
});

afterEach(async () => {
  talkers.stop();
  await recorder.close();
  rmSync(dir, { recursive: true });
});

async function record(order: Partial<RecordingOrder>, packets: number): Promise<RecordingResult> {
  const whole = { ...ORDER, ...order };
  talkers.add(await recorder.start(whole));
  await until(() => talkers.packets >= packets, "enough was said", 10_000);
  await recorder.stop(whole.sid);
  await until(() => results.length > 0, "the recording is finished");
  return results[0] as RecordingResult;
}

function finished(result: RecordingResult | undefined): string {
  if (result === undefined || result.state === "absent") throw new Error(`no file but ${JSON.stringify(result)}`);
  return join(dir, "finished", result.file.name);
}

function manifest(): { readonly sid: string; readonly file?: { readonly sha256: string } }[] {
  const names = readdirSync(dir).filter((name) => name.startsWith("manifest-"));
  const lines = names.flatMap((name) => readFileSync(join(dir, name), "utf8").split("\n").slice(0, -1));
  return lines.map((line) => JSON.parse(line));
}

describe("REC-4: a recording that was asked for exists", () => {
  it("has its file, kept by the disk, before its call goes on; and grows while the call runs", async () => {
    const ring = await recorder.start(ORDER);
    const part = join(dir, "live", "RE1.part");
    expect(readWaveHeader(readFileSync(part))).toEqual({ channels: 2, dataBytes: 0 });
    talkers.add(ring);
    await until(() => talkers.packets >= 100, "two seconds were said");
    // What players read is at most half a second and a tick behind; what is in the file, a tick and what packets get to arrive.
    const bytes = readFileSync(part);
    expect(bytes.length - HEADER_BYTES).toBeGreaterThan(32_000 * 1.2);
    expect(readWaveHeader(bytes)?.dataBytes).toBeGreaterThan(32_000);
    expect(recorder.find("RE1")).toMatchObject({ callSid: "CA1", heard: { a: expect.any(Number) } });
    expect(recorder.find("RE1")?.durationMs).toBeGreaterThan(1_000);
    expect(recorder.live()).toHaveLength(1);
  });

  it("ends as a file with its hash and a line in the manifest, and nothing else left", async () => {
    const result = await record({}, 50);
    const path = finished(result);
    const bytes = readFileSync(path);
    expect(result).toMatchObject({ sid: "RE1", callSid: "CA1", accountSid: "AC1", channels: 2, state: "completed" });
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect(result).toMatchObject({ interrupted: false, file: { bytes: bytes.length, sha256, encryption: null } });
    expect(result.durationMs).toBe((bytes.length - HEADER_BYTES) / 32);
    expect(readWaveHeader(bytes)).toEqual({ channels: 2, dataBytes: bytes.length - HEADER_BYTES });
    expect(compare(channelOf(path, "a").slice(0, 50 * FRAME), soundOf("a", 0, 50 * FRAME))).toBe("same");
    expect(compare(channelOf(path, "b").slice(0, 50 * FRAME), soundOf("b", 0, 50 * FRAME))).toBe("same");
    expect(manifest()).toMatchObject([{ sid: "RE1", file: { sha256 } }]);
    await until(() => readdirSync(join(dir, "live")).length === 0, "nothing is left in live/");
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(recorder.live()).toEqual([]);
  });

  it("records 50 calls at once, each bit-exact on both channels", async () => {
    const count = 50;
    const sids = Array.from({ length: count }, (_, i) => `RE${i}`);
    for (const [i, sid] of sids.entries()) talkers.add(await recorder.start({ ...ORDER, sid }), i * 10_000);
    await until(() => talkers.packets >= 100, "two seconds were said in each", 10_000);
    talkers.stop();
    await Promise.all(sids.map((sid) => recorder.stop(sid)));
    await until(() => results.length === count, "all are finished", 10_000);
    for (const [i, sid] of sids.entries()) {
      const result = results.find((one) => one.sid === sid);
      expect(result?.state).toBe("completed");
      for (const leg of ["a", "b"] as const) {
        const sound = soundOf(leg, i * 10_000, 100 * FRAME);
        expect(compare(channelOf(finished(result), leg).slice(0, sound.length), sound), sid).toBe("same");
      }
    }
    expect(alarms).toEqual([]);
  });

  it("goes on after its thread failed: one gap, marked, and both channels still in step", async () => {
    talkers.add(await recorder.start(ORDER));
    await until(() => talkers.packets >= 75, "something was said");
    await recorder.thread?.terminate();
    await until(() => talkers.packets >= 250, "more was said", 10_000);
    await recorder.stop("RE1");
    await until(() => results.length === 1, "the recording is finished");
    const [result] = results;
    expect(result).toMatchObject({ state: "damaged", gaps: [{ cause: "fault", leg: null }] });
    const path = finished(result);
    const a = channelOf(path, "a");
    expect(compare(a.slice(0, 40 * FRAME), soundOf("a", 0, 40 * FRAME))).toBe("same");
    // Where a source is settled anew, to within what the clocks of two moments tell: a packet.
    const again = find(a, soundOf("a", 220 * FRAME, FRAME));
    expect(Math.abs(again - 220 * FRAME)).toBeLessThan(FRAME);
    expect(find(channelOf(path, "b"), soundOf("b", 220 * FRAME, FRAME))).toBe(again);
    expect(alarms).toContainEqual(expect.objectContaining({ name: "fault", sid: null }));
  });

  it("finishes what was stopped while its thread was down", async () => {
    talkers.add(await recorder.start(ORDER));
    await until(() => talkers.packets >= 75, "something was said");
    const failed = recorder.thread?.terminate();
    await expect(recorder.stop("RE1")).rejects.toMatchObject({ code: "gone" });
    await failed;
    expect(recorder.find("RE1")).toBeUndefined();
    await until(() => results.length === 1, "the recording is finished", 10_000);
    expect(results).toMatchObject([{ sid: "RE1", state: "completed", interrupted: true }]);
    expect(recorder.live()).toEqual([]);
  });

  it("gives a result again until its owner has taken it, in the next process if need be", async () => {
    await recorder.close();
    let refusals = 0;
    recorder = await open({
      onFinished: async () => {
        refusals += 1;
        throw new Error("the database is away");
      },
    });
    talkers.add(await recorder.start(ORDER));
    await until(() => talkers.packets >= 50, "something was said");
    await recorder.stop("RE1");
    await until(() => refusals > 0, "it was offered");
    await recorder.close();
    recorder = await open();
    expect(await recorder.repair()).toEqual(["RE1"]);
    await until(() => results.length === 1, "it was offered again");
    expect(results).toMatchObject([{ sid: "RE1", state: "completed", interrupted: false }]);
    expect(statSync(finished(results[0])).size).toBeGreaterThan(HEADER_BYTES);
    expect(manifest()).toHaveLength(1);
    await until(() => readdirSync(join(dir, "live")).length === 0, "nothing is left in live/");
    expect(await recorder.repair()).toEqual([]);
  });

  it("says which recordings it knows nothing of, and raises an alarm for one without media", async () => {
    await recorder.start(ORDER);
    expect(await recorder.lost(["RE1", "RE2"])).toEqual(["RE2"]);
    await recorder.stop("RE1");
    await until(() => results.length === 1, "the recording is finished");
    expect(results).toMatchObject([{ state: "absent", why: "no-media", durationMs: 0 }]);
    expect(alarms).toMatchObject([{ name: "no-media", sid: "RE1" }]);
    expect(manifest()).toHaveLength(1);
  });

  it("is absent, with an alarm, when its file was taken away while it grew", async () => {
    talkers.add(await recorder.start(ORDER));
    await until(() => talkers.packets >= 25, "something was said");
    rmSync(join(dir, "live", "RE1.part"));
    await recorder.stop("RE1");
    await until(() => results.length === 1, "the recording is finished");
    expect(results).toMatchObject([{ state: "absent", why: "lost" }]);
    expect(alarms).toMatchObject([{ name: "no-media", sid: "RE1" }]);
  });

  it("waits a little for an owner who takes results slowly when it closes", async () => {
    await recorder.close();
    const { promise: isTaken, resolve: take } = Promise.withResolvers<void>();
    recorder = await open({ onFinished: () => isTaken });
    talkers.add(await recorder.start(ORDER));
    await until(() => talkers.packets >= 25, "something was said");
    const closed = recorder.close();
    await until(() => manifest().length === 1, "it is finished");
    take();
    await closed;
    recorder = await open();
    expect(await recorder.repair()).toEqual([]);
  });

  it("ends every recording when it closes, and gives their results", async () => {
    talkers.add(await recorder.start(ORDER));
    await until(() => talkers.packets >= 50, "something was said");
    await recorder.close();
    expect(results).toMatchObject([{ sid: "RE1", state: "completed" }]);
    await expect(recorder.start(ORDER)).rejects.toMatchObject({ code: "gone" });
    recorder = await open();
    expect(await recorder.repair()).toEqual([]);
  });
});

describe("REC-3: orders that make no sense are refused with a reason", () => {
  const { publicKey: tooShort } = generateKeyPairSync("rsa", { modulusLength: 1_024 });
  const { publicKey: curve } = generateKeyPairSync("ed25519");
  const pem = { type: "spki", format: "pem" } as const;
  it.each<[string, Partial<RecordingOrder>]>([
    ['"../x" is not a sid', { sid: "../x" }],
    ['"" is not a sid', { accountSid: "" }],
    ["1 or 2 channels, not 3", { channels: 3 as 2 }],
    ["CR1: it is not a public key", { encryptTo: { keySid: "CR1", publicKey: "nonsense" } }],
    ["CR1: an RSA key is needed", { encryptTo: { keySid: "CR1", publicKey: curve.export(pem).toString() } }],
    ["2048 bits or more", { encryptTo: { keySid: "CR1", publicKey: tooShort.export(pem).toString() } }],
  ])("%s", async (why, order) => {
    const refusal = await recorder.start({ ...ORDER, ...order }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "invalid-order", message: expect.stringContaining(why) });
    expect(readdirSync(join(dir, "live"))).toEqual([]);
  });

  it("no recording twice, and none that is not there", async () => {
    await recorder.start(ORDER);
    await expect(recorder.start(ORDER)).rejects.toMatchObject({ code: "exists" });
    for (const what of [recorder.pause("RE2", "skip"), recorder.resume("RE2"), recorder.stop("RE2")]) {
      await expect(what).rejects.toMatchObject({ code: "unknown", message: "RE2 is not being recorded" });
    }
  });

  it("a directory that cannot be used, at once", async () => {
    const options = {
      storage: { kind: "local" },
      onFinished: async () => undefined,
      onAlarm: () => undefined,
    } as const;
    await expect(createRecorder({ ...options, dir: "/dev/null/x" })).rejects.toThrow("ENOTDIR");
  });

  it("pauses and resumes a live one", async () => {
    talkers.add(await recorder.start(ORDER));
    await until(() => talkers.packets >= 25, "something was said");
    await recorder.pause("RE1", "skip");
    await until(() => talkers.packets >= 75, "more was said");
    await recorder.resume("RE1");
    await until(() => talkers.packets >= 100, "yet more was said");
    await recorder.stop("RE1");
    await until(() => results.length === 1, "the recording is finished");
    const { durationMs } = results[0] as RecordingResult;
    expect(durationMs).toBeGreaterThan(850);
    expect(durationMs).toBeLessThan(1_700);
  });
});

describe("REC-5: encryption at rest", () => {
  it("leaves a file that the account's private key opens, and no plain one", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    const result = await record({ encryptTo: { keySid: "CR1", publicKey: pem } }, 50);
    const path = finished(result);
    expect(path).toMatch(/AC1\/\d{4}-\d{2}\/RE1\.wav\.enc$/);
    if (result.state === "absent" || result.file.encryption === null) throw new Error("not encrypted");
    const { keySid, cek, iv } = result.file.encryption;
    expect(keySid).toBe("CR1");
    const oaep = { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
    const key = privateDecrypt(oaep, Buffer.from(cek, "base64"));
    const bytes = readFileSync(path);
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64"));
    decipher.setAuthTag(bytes.subarray(-16));
    const plain = Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]);
    expect(readWaveHeader(plain)).toEqual({ channels: 2, dataBytes: plain.length - HEADER_BYTES });
    expect(plain.readInt16LE(HEADER_BYTES)).toBe(soundOf("a", 0, 1)[0]);
    expect(result.file).toMatchObject({
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    });
    await until(() => readdirSync(join(dir, "live")).length === 0, "nothing is left in live/");
    expect(readdirSync(dir, { recursive: true }).filter((name) => String(name).includes("RE1"))).toHaveLength(1);
  });
});
