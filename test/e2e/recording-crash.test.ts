import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTestPbx, type TestPbx } from "@trunkline/pstn";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Platform, startPlatform } from "../support/platform.ts";
import { finishedRecording, recordTrunk, soundOf } from "../support/recorded.ts";
import { ended } from "../support/script-ground.ts";
import { type GroundTrunk, makeTrunk } from "../support/trunk-ground.ts";

const CALLS = 50;
const TALK_MS = 3_000;
const PBX = "127.0.0.3";

const dataDir = mkdtempSync(join(tmpdir(), "trunkline-crash-"));
let platform: Platform;
let pbx: TestPbx;
let trunk: GroundTrunk;

beforeAll(async () => {
  platform = await startPlatform({ dataDir });
  pbx = await openTestPbx({ address: PBX });
  trunk = await makeTrunk(platform, { name: "crash", listed: PBX, number: platform.demo.numbers[10] as string });
  await recordTrunk(platform, trunk.sid, "record-from-answer-dual");
});
afterAll(async () => {
  await pbx?.close();
  expect(await platform?.stop()).toBe(0);
  rmSync(dataDir, { recursive: true, force: true });
});

const dial = () =>
  pbx.call({
    target: { host: platform.sipHost, port: platform.sipPort },
    domain: trunk.domain,
    to: "+15005552300",
    from: platform.demo.numbers[10] as string,
    script: { audio: { kind: "tone", hz: 1_000 } },
  });

describe("REC-4: the platform ends amid recorded calls", () => {
  it(`kill -9: ${CALLS} of ${CALLS} recordings are there after the restart, whole up to the last second`, async () => {
    const calls = Array.from({ length: CALLS }, dial);
    await Promise.all(calls.map((call) => call.answered));
    const packets = TALK_MS / 20;
    await eventually(
      `${TALK_MS} ms of talk in every call`,
      async () => (calls.every(({ audio }) => (audio?.packetsReceived ?? 0) >= packets) ? true : undefined),
      30_000,
    );
    const killedMs = performance.now();
    const answeredMs = calls.map(({ answeredAtMs }) => answeredAtMs);
    await platform.crash();
    expect(answeredMs).not.toContain(null);
    platform = await startPlatform({ dataDir, sipPort: platform.sipPort });
    expect(performance.now() - killedMs).toBeLessThan(60_000);

    const sums = new Set<string>();
    for (const { callSid } of calls) {
      const sid = callSid ?? "";
      expect(await ended(platform, sid)).toMatchObject({ status: "completed", ended_by: "internal" });
      const recording = await finishedRecording(platform, sid, 30_000);
      expect(recording).toMatchObject({ status: "completed", error_code: null, channels: 2 });
      const sound = await soundOf(platform, recording);
      // A call takes a moment to be heard from end to end, and the last half second may not be on the disk.
      expect(sound.toneSec(1, 1_000)).toBeGreaterThanOrEqual(TALK_MS / 1_000 - 1);
      expect(sound.toneSec(2, 440)).toBeGreaterThanOrEqual(TALK_MS / 1_000 - 1);
      sums.add(recording.sid);
    }
    expect(sums.size).toBe(CALLS);
    expect(readdirSync(join(dataDir, "recordings", "local", "live"))).toEqual([]);
    expect(manifestErrors()).toEqual([]);
  });

  it("SIGTERM: the call is ended, and its recording is there after the restart, to the last moment", async () => {
    const call = dial();
    expect(await call.answered).toBe(true);
    expect(await platform.stop()).toBe(0);
    await call.over;
    const { answeredAtMs, endedAtMs, callSid, endedBy } = call;
    expect(endedBy).toBe("callee");
    platform = await startPlatform({ dataDir, sipPort: platform.sipPort });
    const recording = await finishedRecording(platform, callSid ?? "");
    expect(recording).toMatchObject({ status: "completed", error_code: null });
    const { seconds } = await soundOf(platform, recording);
    expect(Math.abs(seconds - ((endedAtMs ?? 0) - (answeredAtMs ?? 0)) / 1_000)).toBeLessThan(0.3);
    const own = await platform.get<object>(`/trunkline/v1/Recordings/${recording.sid}`);
    expect(own).toMatchObject({ interrupted: false, damaged: false });
  });
});

type Line = { readonly sid: string; readonly file: { readonly name: string; readonly sha256: string } };

/** Lines of the manifest whose file is not what they say. */
function manifestErrors(): readonly string[] {
  const dir = join(dataDir, "recordings", "local");
  const manifests = readdirSync(dir).filter((name) => name.startsWith("manifest-"));
  const lines = manifests.flatMap((name) => readFileSync(join(dir, name), "utf8").trim().split("\n"));
  expect(lines.length).toBeGreaterThanOrEqual(CALLS);
  return lines.flatMap((line) => {
    const { sid, file } = JSON.parse(line) as Line;
    const bytes = readFileSync(join(dir, "finished", file.name));
    return createHash("sha256").update(bytes).digest("hex") === file.sha256 ? [] : [sid];
  });
}
