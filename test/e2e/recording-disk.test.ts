import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTestPbx, type TestPbx } from "@trunkline/pstn";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Platform, startPlatform } from "../support/platform.ts";
import { alertsOf, finishedRecording, recordingsOf, recordTrunk, soundOf } from "../support/recorded.ts";
import { ended } from "../support/script-ground.ts";
import { type GroundTrunk, makeTrunk } from "../support/trunk-ground.ts";

const canMount = process.getuid?.() === 0 && spawnSync("mount", ["--version"]).status === 0;
const PBX = "127.0.0.3";

describe.skipIf(!canMount)(`REC-4: a full disk${canMount ? "" : " (needs root to mount one)"}`, () => {
  const disk = mkdtempSync(join(tmpdir(), "trunkline-disk-"));
  let platform: Platform;
  let pbx: TestPbx;
  let trunk: GroundTrunk;

  beforeAll(async () => {
    expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk]).status).toBe(0);
    platform = await startPlatform({ env: { TRUNKLINE_RECORDINGS_URL: `file://${disk}` } });
    pbx = await openTestPbx({ address: PBX });
    trunk = await makeTrunk(platform, { name: "disk", listed: PBX, number: platform.demo.numbers[10] as string });
    await recordTrunk(platform, trunk.sid, "record-from-answer-dual");
  });
  afterAll(async () => {
    await pbx?.close();
    expect(await platform?.stop()).toBe(0);
    spawnSync("umount", [disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  /** Takes room, or what there is of it. */
  const fill = (bytes: number): void => {
    spawnSync("sh", ["-c", `head -c ${bytes} /dev/zero > ${disk}/filler`]);
  };
  const dial = () =>
    pbx.call({
      target: { host: platform.sipHost, port: platform.sipPort },
      domain: trunk.domain,
      to: "+15005552300",
      from: platform.demo.numbers[10] as string,
      script: { audio: { kind: "tone", hz: 1_000 } },
    });

  it("costs the call nothing; the recording has what found room, its account is told at once, and /readyz says so", async () => {
    // Of two channels, 32,000 bytes a second: two or three seconds are left.
    fill(2_000_000);
    const call = dial();
    expect(await call.answered).toBe(true);
    const callSid = call.callSid ?? "";
    const [alert] = await alertsOf(platform, callSid);
    expect(alert).toMatchObject({ error_code: "16191", alert_text: expect.stringMatching(/: a full disk$/) });
    const ready = (await (await fetch(`${platform.api}/readyz`)).json()) as object;
    expect(ready).toMatchObject({ status: "ready", troubles: ["recordings: disk-full"] });
    const before = call.audio?.packetsReceived ?? 0;
    await eventually("a second more of sound", async () =>
      (call.audio?.packetsReceived ?? 0) >= before + 50 ? true : undefined,
    );
    expect(call.audio?.toneHz).toBeGreaterThan(430);
    expect(call.audio?.packetsLost).toBe(0);
    rmSync(join(disk, "filler"));
    call.hangup();
    expect(await ended(platform, callSid)).toMatchObject({ status: "completed", ended_by: "caller" });
    const recording = await finishedRecording(platform, callSid);
    const sound = await soundOf(platform, recording);
    expect(sound.toneSec(1, 1_000)).toBeGreaterThan(1);
    expect(sound.toneSec(2, 440)).toBeGreaterThan(1);
    const metrics = await (await fetch(`${platform.api}/metrics`)).text();
    expect(metrics).toMatch(/^trunkline_recordings_damaged 1$/m);
    expect(metrics).toMatch(/^trunkline_recording_alarms_disk_full 1$/m);
  });

  it("a recording for which there is no room at all does not begin, and the call goes on", async () => {
    fill(4_000_000);
    const call = dial();
    expect(await call.answered).toBe(true);
    const callSid = call.callSid ?? "";
    const [alert] = await alertsOf(platform, callSid);
    expect(alert).toMatchObject({ error_code: "16190" });
    await eventually("sound", async () => ((call.audio?.packetsReceived ?? 0) >= 50 ? true : undefined));
    call.hangup();
    const { trace } = await ended(platform, callSid);
    const step = trace.find(({ rule }) => rule === "call.recording");
    expect(step).toMatchObject({ verdict: "refuse", detail: expect.stringContaining("goes on without a recording") });
    expect(await recordingsOf(platform, callSid)).toEqual([]);
  });
});
