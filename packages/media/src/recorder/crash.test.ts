import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "../rtp-peer.fixture.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import type { RecorderAlarm, RecordingResult } from "./recording.types.ts";
import { channelOf } from "./talkers.fixture.ts";
import { compare, ORDER, soundOf } from "./tape.fixture.ts";
import { HEADER_BYTES, readWaveHeader, writeWaveHeader } from "./wave.ts";

let dir: string;
let recorder: Recorder | undefined;
let results: RecordingResult[];
let alarms: RecorderAlarm[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "recorder-crash-"));
  results = [];
  alarms = [];
});

afterEach(async () => {
  await recorder?.close();
  rmSync(dir, { recursive: true });
});

/** Starts a recorder on what lies there and waits for the results. */
async function repaired(count: number): Promise<readonly string[]> {
  recorder = await createRecorder({
    dir,
    storage: { kind: "local" },
    onFinished: async (result) => void results.push(result),
    onAlarm: (alarm) => void alarms.push(alarm),
  });
  const sids = await recorder.repair();
  await until(() => results.length >= count, "all are finished", 10_000);
  return sids;
}

function finished(result: RecordingResult | undefined): string {
  if (result === undefined || result.state === "absent") throw new Error(`no file but ${JSON.stringify(result)}`);
  return join(dir, "finished", result.file.name);
}

describe("REC-4: a crash of the process or the machine", () => {
  it("by kill -9 costs less than a second of each of 20 recordings, and no file", { timeout: 40_000 }, async () => {
    const script = fileURLToPath(new URL("./crash-child.fixture.ts", import.meta.url));
    const child = spawn(process.execPath, [script, dir, "20"], { stdio: ["ignore", "pipe", "inherit"] });
    let said = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      said = Number(chunk.toString("latin1").trim().split("\n").at(-1));
    });
    await until(() => said >= 150, "three seconds were said", 15_000);
    child.kill("SIGKILL");
    await once(child, "close");
    expect(await repaired(20)).toHaveLength(20);
    for (let i = 0; i < 20; i += 1) {
      const result = results.find(({ sid }) => sid === `RE${i}`);
      expect(result).toMatchObject({ state: "completed", interrupted: true });
      const path = finished(result);
      expect(readWaveHeader(readFileSync(path))?.dataBytes).toBe(readFileSync(path).length - HEADER_BYTES);
      for (const leg of ["a", "b"] as const) {
        const channel = channelOf(path, leg);
        expect(channel.length, `RE${i} has all but a second`).toBeGreaterThan(said * 160 - 8_000);
        // The last 200 ms may have been on their way still.
        const sound = soundOf(leg, i * 10_000, channel.length - 1_600);
        expect(compare(channel.slice(0, sound.length), sound)).toBe("same");
      }
    }
    expect(alarms).toEqual([]);
  });

  it("of another process leaves alone what that one goes on recording", async () => {
    const script = fileURLToPath(new URL("./crash-child.fixture.ts", import.meta.url));
    const child = spawn(process.execPath, [script, dir, "2"], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    expect(await repaired(0)).toEqual([]);
    child.kill("SIGKILL");
    await once(child, "close");
    expect(await recorder?.repair()).toEqual(["RE0", "RE1"]);
    await until(() => results.length === 2, "both are finished");
  });
});

describe("REC-4: what a crash left is whole again", () => {
  const sound = Buffer.alloc(16_000);
  for (let i = 0; i < 4_000; i += 1) {
    sound.writeInt16LE(soundOf("a", i, 1)[0] as number, 4 * i);
    sound.writeInt16LE(soundOf("b", i, 1)[0] as number, 4 * i + 2);
  }
  const header = writeWaveHeader(2, sound.length);
  const quiet = Buffer.alloc(32_000, Uint8Array.of(5, 0));
  const trim = { trim: true };
  const gaps = [{ cause: "disk-full", leg: null, fromMs: 5, toMs: 10 }] as const;
  const ended = { ending: { frames: 2_000, absence: null, gaps, interrupted: false } };
  const completed = (durationMs: number) => ({ state: "completed", interrupted: true, durationMs });
  const absent = (why: string) => ({ state: "absent", interrupted: true, durationMs: 0, why });

  type Case = [title: string, part: Buffer[] | null, want: object, order?: object, sidecar?: object];
  const cases: Case[] = [
    ["a file cut in the middle of a frame", [header, sound.subarray(0, 4_003)], completed(125)],
    ["a file shorter than its header promises", [header, sound.subarray(0, 4_000)], completed(125)],
    ["a file longer than its header knows", [header, sound, sound.subarray(0, 800)], completed(525)],
    ["a file with zeros for a header", [Buffer.alloc(HEADER_BYTES), sound], completed(500)],
    ["a file with silence at the end, kept", [header, sound, quiet], completed(1_500)],
    ["a file with silence at the end, to be trimmed", [header, sound, quiet], completed(750), trim],
    ["a file whose end was known", [header, sound], { state: "damaged", gaps, durationMs: 250 }, {}, ended],
    ["a file that is gone", null, absent("lost")],
    ["an empty file", [], absent("too-short")],
    ["a part of a header", [header.subarray(0, 10)], absent("too-short")],
    ["a file of zeros", [header, Buffer.alloc(32_000)], absent("no-media")],
    ["a file of silence, to be trimmed", [header, quiet], absent("silent"), trim],
  ];

  beforeEach(async () => {
    mkdirSync(join(dir, "live"));
    for (const [i, [, part, , order, sidecar]] of cases.entries()) {
      const path = join(dir, "live", `RE${i}`);
      const whole = { order: { ...ORDER, sid: `RE${i}`, ...order }, startedAtMs: i, ...sidecar };
      writeFileSync(`${path}.json`, JSON.stringify(whole));
      if (part !== null) writeFileSync(`${path}.part`, Buffer.concat(part));
    }
    writeFileSync(join(dir, "live", "REx.json"), "{");
    writeFileSync(join(dir, "live", "REx.part"), header);
    await repaired(cases.length);
  });

  it("each as far as its file goes, and one that says nothing of itself is kept and told", async () => {
    for (const [i, [title, , want]] of cases.entries()) {
      const result = results.find(({ sid }) => sid === `RE${i}`);
      expect(result, title).toMatchObject({ startedAtMs: i, ...want });
      if (result === undefined || result.state === "absent") continue;
      const path = finished(result);
      const bytes = readFileSync(path);
      expect(readWaveHeader(bytes), title).toEqual({ channels: 2, dataBytes: 32 * result.durationMs });
      expect(bytes.length, title).toBe(HEADER_BYTES + 32 * result.durationMs);
      const known = Math.min(8 * result.durationMs, 4_000);
      expect(compare(channelOf(path, "b").slice(0, known), soundOf("b", 0, known)), title).toBe("same");
    }
    const told = alarms.map(({ name, sid }) => `${name} ${sid}`).toSorted();
    expect(told).toEqual(["no-media RE10", "no-media RE7", "unreadable REx"]);
    await until(() => readdirSync(join(dir, "live")).length === 2, "nothing else is left in live/");
  });
});
