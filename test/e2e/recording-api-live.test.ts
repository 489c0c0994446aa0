import { createDecipheriv, generateKeyPairSync, privateDecrypt } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { openTestPbx, type TestPbx } from "@trunkline/pstn";
import twilio from "twilio";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Platform, startPlatform } from "../support/platform.ts";
import { type GroundTrunk, makeTrunk } from "../support/trunk-ground.ts";
import { twilioClient } from "../support/twilio-sdk.ts";
import { openWebReceiver, type Received, type WebReceiver } from "../support/web-receiver.ts";

const PBX = "127.0.0.4";
/** Answers and plays 440 Hz. */
const TONE_NUMBER = "+15005552300";
const SETTINGS = "/trunkline/v1/AccountSettings";

let platform: Platform;
let pbx: TestPbx;
let receiver: WebReceiver;
let trunk: GroundTrunk & { readonly number: string };
let sdk: twilio.Twilio;

beforeAll(async () => {
  platform = await startPlatform({ env: { TRUNKLINE_PUBLIC_URL: "https://sip.example.com" } });
  pbx = await openTestPbx({ address: PBX });
  receiver = await openWebReceiver();
  const number = platform.demo.numbers[10] as string;
  trunk = { ...(await makeTrunk(platform, { name: "recorded", listed: PBX, number })), number };
  sdk = twilioClient(platform.api, platform.demo.accountSid, platform.demo.authToken);
  await sdk.trunking.v1.trunks(trunk.sid).recordings().update({ mode: "record-from-answer-dual" });
  await platform.post(`/trunkline/v1/Trunks/${trunk.sid}`, {
    RecordingStatusCallback: `${receiver.url}/recordings`,
    RecordingStatusCallbackEvent: "in-progress,completed,absent",
  });
});
afterAll(async () => {
  await pbx?.close();
  await receiver?.close();
  expect(await platform?.stop()).toBe(0);
});

/** A call that is up and recorded, until it is hung up. */
async function recordedCall(): Promise<{ readonly callSid: string; readonly sid: string }> {
  const target = { host: platform.sipHost, port: platform.sipPort };
  const known = new Set((await sdk.recordings.list()).map(({ sid }) => sid));
  pbx.call({ target, domain: trunk.domain, to: TONE_NUMBER, from: trunk.number });
  const recording = await eventually("the recording", async () =>
    (await sdk.recordings.list()).find(({ sid }) => !known.has(sid)),
  );
  return { callSid: recording.callSid, sid: recording.sid };
}

const hangUp = (callSid: string) => sdk.calls(callSid).update({ status: "completed" });
const finished = (sid: string) =>
  eventually("its end", async () => {
    const recording = await sdk.recordings(sid).fetch();
    return ["completed", "absent"].includes(recording.status) ? recording : undefined;
  });
const told = (sid: string): readonly Received[] =>
  receiver.received.filter(({ params }) => params["RecordingSid"] === sid);

async function soundOf(sid: string, suffix = ""): Promise<Buffer> {
  const { accountSid, authToken } = platform.demo;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
  const url = `${platform.api}/2010-04-01/Accounts/${accountSid}/Recordings/${sid}${suffix}`;
  const response = await fetch(url, { headers: { authorization } });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

describe("REC-3: a live recording is steered by the SDK", () => {
  it("pauses, goes on, stops and is finished while its call goes on", async () => {
    const { callSid, sid } = await recordedCall();
    const { recordings } = sdk.calls(callSid);
    const current = recordings("Twilio.CURRENT");
    expect(await current.fetch()).toMatchObject({ sid, status: "in-progress", duration: null });
    expect(await current.update({ status: "paused", pauseBehavior: "skip" })).toMatchObject({ sid, status: "paused" });
    expect(await recordings(sid).fetch()).toMatchObject({ status: "paused" });
    expect(await recordings(sid).update({ status: "in-progress" })).toMatchObject({ sid, status: "in-progress" });
    await expect(recordings(sid).remove()).rejects.toMatchObject({ status: 409, code: 20009 });
    expect(await current.update({ status: "stopped" })).toMatchObject({ sid });
    expect(await finished(sid)).toMatchObject({ status: "completed", channels: 2 });
    expect(await sdk.calls(callSid).fetch()).toMatchObject({ status: "in-progress" });
    for (const one of [current, recordings(sid)])
      await expect(one.update({ status: "paused" })).rejects.toMatchObject({ status: expect.toBeOneOf([400, 404]) });
    await expect(recordings(sid).update({ status: "in-progress" })).rejects.toMatchObject({ status: 400, code: 21220 });
    await hangUp(callSid);
    expect((await soundOf(sid)).readUInt16LE(22)).toBe(2);
  });
});

describe("REC-6: the owner of the trunk is told", () => {
  it("of each state once, signed, with the recording's own facts", async () => {
    const { callSid, sid } = await recordedCall();
    await hangUp(callSid);
    const recording = await finished(sid);
    const [first, second] = await eventually("both callbacks", async () =>
      told(sid).length >= 2 ? told(sid) : undefined,
    );
    const common = {
      AccountSid: platform.demo.accountSid,
      CallSid: callSid,
      RecordingSid: sid,
      RecordingUrl: `https://sip.example.com/2010-04-01/Accounts/${platform.demo.accountSid}/Recordings/${sid}`,
      RecordingChannels: "2",
      RecordingStartTime: recording.startTime.toUTCString().replace("GMT", "+0000"),
      RecordingSource: "Trunking",
      RecordingTrack: "both",
    };
    expect(first?.params).toEqual({ ...common, RecordingStatus: "in-progress" });
    expect(second?.params).toEqual({
      ...common,
      RecordingStatus: "completed",
      RecordingDuration: String(recording.duration),
    });
    for (const { headers, url, params } of told(sid))
      expect(twilio.validateRequest(platform.demo.authToken, headers["x-twilio-signature"] ?? "", url, params)).toBe(
        true,
      );
    expect(told(sid)).toHaveLength(2);
  });
});

describe("REC-3, REC-5: a finished recording", () => {
  it("is listened to, and its file goes when it is deleted", async () => {
    const { callSid, sid } = await recordedCall();
    await hangUp(callSid);
    await finished(sid);
    expect((await soundOf(sid, ".mp3")).readUInt16BE(0) >> 5).toBe(0x7ff);
    const files = (): readonly string[] =>
      readdirSync(join(platform.dataDir, "recordings"), { recursive: true, encoding: "utf8" }).filter((name) =>
        name.includes(sid),
      );
    expect(files()).toHaveLength(1);
    expect(await sdk.recordings(sid).remove()).toBe(true);
    expect(files()).toEqual([]);
  });

  it("is encrypted to the account's key, and opens with it alone", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    const key = await sdk.accounts.v1.credentials.publicKey.create({ publicKey: pem });
    await platform.post(SETTINGS, { RecordingPublicKeySid: key.sid });
    const { callSid, sid } = await recordedCall();
    await hangUp(callSid);
    const { encryptionDetails } = await finished(sid);
    await platform.post(SETTINGS, { RecordingPublicKeySid: "" });
    const { encryption_public_key_sid, encryption_cek, encryption_iv } = encryptionDetails as Record<string, string>;
    expect(encryption_public_key_sid).toBe(key.sid);
    const cek = privateDecrypt({ key: privateKey, oaepHash: "sha256" }, Buffer.from(encryption_cek ?? "", "base64"));
    const stored = await soundOf(sid);
    const decipher = createDecipheriv("aes-256-gcm", cek, Buffer.from(encryption_iv ?? "", "base64"));
    decipher.setAuthTag(stored.subarray(-16));
    const wav = Buffer.concat([decipher.update(stored.subarray(0, -16)), decipher.final()]);
    expect(wav.toString("latin1", 0, 4)).toBe("RIFF");
  });
});
