import { openTestPbx, type TestPbx } from "@trunkline/pstn";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rtpengine, rtpengineMissing } from "../support/lent-fixtures.ts";
import { type Platform, startPlatform } from "../support/platform.ts";
import { finishedRecording, recordTrunk, soundOf } from "../support/recorded.ts";
import { type GroundTrunk, makeTrunk } from "../support/trunk-ground.ts";

const missing = rtpengineMissing();
const PBX = "127.0.0.3";
/** 440 Hz for two seconds before the answer, then an echo. */
const EARLY_NUMBER = "+15005552100";
/** 440 Hz from the answer on, and no echo: mixed into one channel, a tone and its echo may cancel each other. */
const TONE_NUMBER = "+15005552300";

describe.skipIf(missing)(`MED-7, REC-2: recordings of calls on rtpengine${missing ? ` (${missing})` : ""}`, () => {
  let rtpengine: Rtpengine;
  let platform: Platform;
  let pbx: TestPbx;
  let trunk: GroundTrunk;
  beforeAll(async () => {
    rtpengine = await Rtpengine.start({ portMin: 26_000, portMax: 26_499 });
    const { host, port } = rtpengine.address;
    platform = await startPlatform({ env: { TRUNKLINE_MEDIA: `rtpengine:${host}:${port}` } });
    pbx = await openTestPbx({ address: PBX });
    trunk = await makeTrunk(platform, { name: "recorded", listed: PBX, number: platform.demo.numbers[10] as string });
  });
  afterAll(async () => {
    await pbx?.close();
    expect(await platform?.stop()).toBe(0);
    await rtpengine?.kill();
  });

  it.each([
    ["record-from-ringing-dual", EARLY_NUMBER, 2, 4],
    ["record-from-answer", TONE_NUMBER, 1, 2],
  ] as const)("%s: as on the embedded plane", async (mode, to, channels, seconds) => {
    await recordTrunk(platform, trunk.sid, mode);
    const call = pbx.call({
      target: { host: platform.sipHost, port: platform.sipPort },
      domain: trunk.domain,
      to,
      from: platform.demo.numbers[10] as string,
      script: { audio: { kind: "tone", hz: 1_000 }, hangupAfterMs: 2_000 },
    });
    await call.over;
    const recording = await finishedRecording(platform, call.callSid ?? "");
    expect(recording).toMatchObject({ status: "completed", channels, error_code: null });
    const sound = await soundOf(platform, recording);
    expect(Math.abs(sound.seconds - seconds)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(sound.toneSec(channels, 440) - 2)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(sound.toneSec(1, 1_000) - 2)).toBeLessThanOrEqual(0.5);
  });
});
