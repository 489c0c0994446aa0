import { openTestPbx, type TestPbx } from "@trunkline/pstn";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { S3Server } from "../support/lent-fixtures.ts";
import { type Platform, startPlatform } from "../support/platform.ts";
import { alertsOf, finishedRecording, recordTrunk, soundOf } from "../support/recorded.ts";
import { type GroundTrunk, makeTrunk } from "../support/trunk-ground.ts";

const PBX = "127.0.0.3";

describe("REC-5: recordings in an S3 store", () => {
  const store = new S3Server();
  let platform: Platform;
  let pbx: TestPbx;
  let trunk: GroundTrunk;
  beforeAll(async () => {
    await store.start();
    const { endpoint, accessKeyId, secretAccessKey, region, prefix } = store.settings;
    const { host, pathname } = new URL(endpoint);
    platform = await startPlatform({
      env: {
        TRUNKLINE_RECORDINGS_URL: `s3://${host}${pathname}/${prefix}?tls=false`,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_REGION: region,
      },
    });
    pbx = await openTestPbx({ address: PBX });
    trunk = await makeTrunk(platform, { name: "store", listed: PBX, number: platform.demo.numbers[10] as string });
    await recordTrunk(platform, trunk.sid, "record-from-answer-dual");
  });
  afterAll(async () => {
    await pbx?.close();
    expect(await platform?.stop()).toBe(0);
    await store.close();
  });

  async function recordedCall(): Promise<string> {
    const call = pbx.call({
      target: { host: platform.sipHost, port: platform.sipPort },
      domain: trunk.domain,
      to: "+15005552300",
      from: platform.demo.numbers[10] as string,
      script: { audio: { kind: "tone", hz: 1_000 }, hangupAfterMs: 1_000 },
    });
    await call.over;
    return call.callSid ?? "";
  }

  it("are listened to from there", async () => {
    const recording = await finishedRecording(platform, await recordedCall());
    const sound = await soundOf(platform, recording);
    expect(sound.toneSec(1, 1_000)).toBeGreaterThan(0.5);
    expect(sound.toneSec(2, 440)).toBeGreaterThan(0.5);
  });

  it("wait while it is away, of which account and operator are told, without a word of where it is", async () => {
    await store.stop();
    const callSid = await recordedCall();
    const [alert] = await alertsOf(platform, callSid);
    expect(alert).toMatchObject({
      error_code: "16111",
      alert_text: expect.stringMatching(/: it is kept, and tried again$/),
    });
    const ready = (await (await fetch(`${platform.api}/readyz`)).json()) as object;
    expect(ready).toMatchObject({ status: "ready", troubles: ["recordings: storage-failed"] });
    await store.start();
    const recording = await finishedRecording(platform, callSid, 30_000);
    expect((await soundOf(platform, recording)).toneSec(1, 1_000)).toBeGreaterThan(0.5);
    expect(platform.log()).not.toContain(store.settings.secretAccessKey);
  });
});
