import { execFileSync, spawnSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "../rtp-peer.fixture.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import type { Gap, RecorderAlarm, RecordingResult } from "./recording.types.ts";
import { channelOf, Talkers } from "./talkers.fixture.ts";
import { compare, FRAME, ORDER, soundOf } from "./tape.fixture.ts";

const isRoot = process.getuid?.() === 0;
const canMount = isRoot && spawnSync("mkfs.ext4", ["-V"]).status === 0 && spawnSync("fsfreeze", ["-h"]).status === 0;
const why = canMount ? "" : " (needs root, mkfs.ext4 and fsfreeze)";

let base: string;
let dir: string;
let talkers: Talkers;
let recorder: Recorder;
let results: RecordingResult[];
let alarms: RecorderAlarm[];

async function open(ringBytes?: number): Promise<void> {
  recorder = await createRecorder({
    dir,
    storage: { kind: "local" },
    onFinished: async (result) => void results.push(result),
    onAlarm: (alarm) => void alarms.push(alarm),
    ...(ringBytes === undefined ? {} : { ringBytes }),
  });
}

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "recorder-disk-"));
  dir = join(base, "disk");
  mkdirSync(dir);
  results = [];
  alarms = [];
  talkers = new Talkers();
});

afterEach(async () => {
  talkers.stop();
  spawnSync("fsfreeze", ["-u", dir]);
  await recorder.close();
  spawnSync("umount", [dir]);
  rmSync(base, { recursive: true });
});

/** Stops `RE1` and checks that every sample outside its gaps is what was said, and every one within is that or silence. */
async function expectWholeBut(cause: Gap["cause"], packets: number): Promise<readonly Gap[]> {
  talkers.stop();
  await recorder.stop("RE1");
  await until(() => results.length === 1, "the recording is finished");
  const [result] = results;
  if (result?.state !== "damaged") throw new Error(`not damaged but ${JSON.stringify(result)}`);
  const { gaps } = result;
  expect(new Set(gaps.map((gap) => gap.cause))).toEqual(new Set([cause]));
  const isMissing = (sample: number): boolean =>
    gaps.some(({ fromMs, toMs }) => sample >= fromMs * 8 && sample < toMs * 8 + FRAME);
  for (const leg of ["a", "b"] as const) {
    const channel = channelOf(join(dir, "finished", result.file.name), leg).slice(0, packets * FRAME);
    const said = soundOf(leg, 0, packets * FRAME);
    const want = said.map((sample, i) => (isMissing(i) && channel[i] === 0 ? 0 : sample));
    expect(compare(channel, want), `leg ${leg}`).toBe("same");
  }
  return gaps;
}

describe.skipIf(!canMount)(`REC-4: a disk that fails delays no packet and leaves a mark${why}`, () => {
  it("a full disk: silence in the file, in step afterwards, one alarm", async () => {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "none", dir]);
    await open();
    const ballast = join(dir, "ballast");
    writeFileSync(ballast, Buffer.alloc(160 * 1024));
    talkers.add(await recorder.start(ORDER));
    await until(() => alarms.length > 0, "the disk is full", 10_000);
    const full = talkers.packets;
    await until(() => talkers.packets >= full + 50, "the call goes on");
    rmSync(ballast);
    await until(() => talkers.packets >= full + 125, "the call still goes on", 5_000);
    const gaps = await expectWholeBut("disk-full", full + 100);
    expect(gaps.length).toBeGreaterThan(0);
    const call = { callSid: "CA1", accountSid: "AC1" };
    expect(alarms).toMatchObject([{ name: "disk-full", sid: "RE1", call }]);
  });

  it("a disk without room for a new file: refused, and nothing is left of it", async () => {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", dir]);
    await open();
    fill(join(dir, "ballast"));
    await expect(recorder.start(ORDER)).rejects.toMatchObject({ code: "disk-full" });
    truncateSync(join(dir, "ballast"));
    talkers.add(await recorder.start(ORDER));
    await until(() => talkers.packets >= 10, "something was said");
    await recorder.stop("RE1");
    await until(() => results.length === 1, "the recording is finished");
    expect(results).toMatchObject([{ state: "completed" }]);
  });

  it("a disk that hangs for two seconds: nothing is lost, one alarm", { timeout: 30_000 }, async () => {
    mountImage();
    await open();
    talkers.add(await recorder.start(ORDER));
    await until(() => talkers.packets >= 50, "something was said");
    freeze(2_500);
    const slow = recorder.start({ ...ORDER, sid: "RE2" }).catch((error: unknown) => error);
    expect(await slow).toMatchObject({ code: "disk-slow" });
    await until(() => alarms.length > 0, "the delay was noticed", 5_000);
    const thawed = talkers.packets;
    await until(() => talkers.packets >= thawed + 50, "more was said", 5_000);
    talkers.stop();
    await recorder.stop("RE1");
    await until(() => results.length === 2, "both are finished");
    const result = results.find(({ sid }) => sid === "RE1");
    if (result?.state !== "completed") throw new Error(`not completed but ${JSON.stringify(result)}`);
    const said = soundOf("a", 0, thawed * FRAME);
    const channel = channelOf(join(dir, "finished", result.file.name), "a");
    expect(compare(channel.slice(0, said.length), said)).toBe("same");
    // What could not be started in time ends as what it is.
    expect(results.find(({ sid }) => sid === "RE2")).toMatchObject({ state: "absent", why: "no-media" });
    // Either may be told first: once the disk is back, the delay is noticed and RE2 ended at the same moment.
    await until(() => alarms.length === 2, "both alarms were raised", 5_000);
    expect(alarms.toSorted((a, b) => a.name.localeCompare(b.name))).toMatchObject([
      { name: "disk-slow", sid: null },
      { name: "no-media", sid: "RE2" },
    ]);
  });

  it("a disk that hangs for longer than memory lasts: silence in the file, in step afterwards", {
    timeout: 30_000,
  }, async () => {
    mountImage();
    await open(32_768);
    talkers.add(await recorder.start(ORDER));
    await until(() => talkers.packets >= 50, "something was said");
    freeze(4_000);
    await until(() => talkers.packets >= 300, "more was said", 10_000);
    const gaps = await expectWholeBut("overrun", 300);
    expect(gaps).toHaveLength(1);
    expect(alarms.map(({ name }) => name).toSorted()).toEqual(["disk-slow", "overrun"]);
  });
});

/** A file system of its own, which can be frozen: writers then wait in the kernel. */
function mountImage(): void {
  const image = join(base, "image");
  writeFileSync(image, "");
  truncateSync(image, 32 * 1024 * 1024);
  execFileSync("mkfs.ext4", ["-q", image]);
  execFileSync("mount", ["-o", "loop", image, dir]);
}

function freeze(forMs: number): void {
  execFileSync("fsfreeze", ["-f", dir]);
  setTimeout(() => execFileSync("fsfreeze", ["-u", dir]), forMs);
}

/** Writes until there is no more room. */
function fill(path: string): void {
  const fd = openSync(path, "w");
  try {
    for (;;) writeSync(fd, Buffer.alloc(4_096));
  } catch {
    closeSync(fd);
  }
  expect(readFileSync(path).length).toBeGreaterThan(0);
}
