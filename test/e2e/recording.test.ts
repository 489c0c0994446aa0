import { createDecipheriv, generateKeyPairSync, privateDecrypt } from "node:crypto";
import { type AnsweringBehaviour, DEFAULT_BEHAVIOUR, openTestPbx, type TestPbx } from "@trunkline/pstn";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Platform, startPlatform } from "../support/platform.ts";
import { download, finishedRecording, recordingsOf, recordTrunk, Sound, soundOf } from "../support/recorded.ts";
import { addOriginationUrl, ended } from "../support/script-ground.ts";
import { endOfSimulatedCall, placeSimulatedCall } from "../support/simulated-call.ts";
import { type GroundTrunk, makeTrunk } from "../support/trunk-ground.ts";

const MODES = [
  "do-not-record",
  "record-from-ringing",
  "record-from-answer",
  "record-from-ringing-dual",
  "record-from-answer-dual",
] as const;
type Mode = (typeof MODES)[number];

const CALLER_HZ = 1_000;
const EARLY_HZ = 440;
const PBX = "127.0.0.3";
/** Plays 440 Hz for two seconds before it answers, then sends back what it hears. */
const EARLY_NUMBER = "+15005552100";
/** Rings for two seconds without a sound. */
const QUIET_NUMBER = "+15005552002";

/** Rings after 0.2 s, answers after 1 s and plays 440 Hz. */
const TONE_NUMBER = "+15005552300";

/** The PBX: the same from the other side, with tones of its own. */
const ANSWER_HZ = 700;
const PBX_BEHAVIOUR: AnsweringBehaviour = {
  ...DEFAULT_BEHAVIOUR,
  ringAfterMs: 0,
  earlyMedia: { kind: "tone", hz: EARLY_HZ },
  answerAfterMs: 1_500,
  audio: { kind: "tone", hz: ANSWER_HZ },
};

let platform: Platform;
let pbx: TestPbx;
const trunks = new Map<Mode, GroundTrunk & { readonly number: string }>();

beforeAll(async () => {
  platform = await startPlatform();
  pbx = await openTestPbx({ address: PBX, behaviour: PBX_BEHAVIOUR });
  for (const [i, mode] of MODES.entries()) {
    const number = platform.demo.numbers[10 + i] as string;
    const trunk = await makeTrunk(platform, { name: mode, listed: PBX, number });
    await recordTrunk(platform, trunk.sid, mode);
    await addOriginationUrl(platform, trunk.sid, `sip:${pbx.address}:${pbx.port}`, 1);
    trunks.set(mode, { ...trunk, number });
  }
});
afterAll(async () => {
  await pbx?.close();
  expect(await platform?.stop()).toBe(0);
});

function trunkOf(mode: Mode) {
  const trunk = trunks.get(mode);
  if (!trunk) throw new Error(`no trunk for ${mode}`);
  return trunk;
}

function dial(mode: Mode, to: string, talkMs: number | null) {
  const { domain, number: from } = trunkOf(mode);
  const target = { host: platform.sipHost, port: platform.sipPort };
  const script = { audio: { kind: "tone", hz: CALLER_HZ }, hangupAfterMs: talkMs } as const;
  return pbx.call({ target, domain, to, from, script });
}

/** A call over that trunk whose caller talks for so long, when it is over. @returns its SID */
async function terminate(mode: Mode, to: string, talkMs = 1_500): Promise<string> {
  const call = dial(mode, to, talkMs);
  await call.over;
  expect(call.answeredAtMs, `${call.sipStatus} ${call.reason}`).not.toBeNull();
  return call.callSid ?? "";
}

async function originate(mode: Mode, talkMs = 1_500): Promise<string> {
  const behaviour = { audio: "tone", hangupAfterMs: talkMs };
  const { sid } = await placeSimulatedCall(platform, trunkOf(mode).number, behaviour);
  const call = await endOfSimulatedCall(platform, sid);
  expect(call.status).toBe("completed");
  return call.call_sid ?? "";
}

async function recorded(callSid: string): Promise<Sound> {
  const recording = await finishedRecording(platform, callSid);
  expect(recording).toMatchObject({ status: "completed", error_code: null });
  const sound = await soundOf(platform, recording);
  expect(sound.channels).toHaveLength(recording.channels);
  expect(recording.duration).toBe(String(Math.round(sound.seconds)));
  return sound;
}

/** About as long as that. */
function expectSeconds(seconds: number, want: number, within = 0.4): void {
  expect(Math.abs(seconds - want), `${seconds} s, not ${want}`).toBeLessThanOrEqual(within);
}

describe("REC-1, REC-2: what is in a recording", () => {
  it("do-not-record: nothing", async () => {
    const calls = await Promise.all([terminate("do-not-record", QUIET_NUMBER), originate("do-not-record")]);
    for (const sid of calls) {
      await ended(platform, sid);
      expect(await recordingsOf(platform, sid)).toEqual([]);
    }
  });

  it.each(["record-from-ringing-dual", "record-from-answer-dual"] as const)(
    "%s, termination: the caller in channel 1, who is called in channel 2, in step",
    async (mode) => {
      const sound = await recorded(await terminate(mode, EARLY_NUMBER));
      const earlySec = mode === "record-from-ringing-dual" ? 2 : 0;
      expectSeconds(sound.toneSec(2, EARLY_HZ), earlySec);
      expect(sound.toneSec(1, EARLY_HZ)).toBe(0);
      expectSeconds(sound.toneSec(1, CALLER_HZ), 1.5);
      expectSeconds(sound.toneSec(2, CALLER_HZ), 1.5);
      expectSeconds(sound.seconds, earlySec + 1.5);
      // The far end sends back at once what it hears: on one timeline the echo begins with the voice, or within a tenth of a second.
      const lateSec = sound.toneSpan(2, CALLER_HZ)[0] - sound.toneSpan(1, CALLER_HZ)[0];
      expect(lateSec).toBeGreaterThanOrEqual(0);
      expect(lateSec).toBeLessThanOrEqual(0.2);
    },
  );

  it.each(["record-from-ringing-dual", "record-from-answer-dual"] as const)(
    "%s, origination likewise",
    async (mode) => {
      const sound = await recorded(await originate(mode));
      const earlySec = mode === "record-from-ringing-dual" ? 1.5 : 0;
      expectSeconds(sound.toneSec(2, EARLY_HZ), earlySec);
      // What the simulated caller plays once it is answered.
      expectSeconds(sound.toneSec(1, EARLY_HZ), 1.5);
      expectSeconds(sound.toneSec(2, ANSWER_HZ), 1.5);
      expect(sound.toneSec(1, ANSWER_HZ)).toBe(0);
      expectSeconds(sound.seconds, earlySec + 1.5);
    },
  );

  it.each(["record-from-ringing", "record-from-answer"] as const)(
    "%s: both sides in one channel, both directions",
    async (mode) => {
      // Not the number that sends back what it hears: mixed into one channel, a tone and its echo may cancel each other.
      const [out, inwards] = await Promise.all([terminate(mode, TONE_NUMBER), originate(mode)]);
      const isRinging = mode === "record-from-ringing";
      const [termination, origination] = [await recorded(out), await recorded(inwards)];
      expectSeconds(termination.toneSec(1, EARLY_HZ), 1.5);
      expectSeconds(termination.toneSec(1, CALLER_HZ), 1.5);
      expectSeconds(termination.seconds, (isRinging ? 0.8 : 0) + 1.5);
      // Before the answer the called side's 440 Hz, after it the caller's.
      expectSeconds(origination.toneSec(1, EARLY_HZ), (isRinging ? 1.5 : 0) + 1.5);
      expectSeconds(origination.toneSec(1, ANSWER_HZ), 1.5);
    },
  );

  it("trim-silence: ringing without a sound is cut, and is kept otherwise", async () => {
    const mode = "record-from-ringing-dual";
    const whole = await recorded(await terminate(mode, QUIET_NUMBER));
    expectSeconds(whole.seconds, 3.5, 0.6);
    await recordTrunk(platform, trunkOf(mode).sid, mode, "trim-silence");
    const trimmed = await recorded(await terminate(mode, QUIET_NUMBER));
    await recordTrunk(platform, trunkOf(mode).sid, mode);
    // A quarter of a second is left around what is heard.
    expectSeconds(trimmed.seconds, 1.75, 0.5);
    expect(trimmed.toneSpan(1, CALLER_HZ)[0]).toBeLessThanOrEqual(0.5);
  });
});

describe("REC-3, contract §9: a live recording is paused, resumed and stopped", () => {
  it.each([
    ["silence", "is silent in it"],
    ["skip", "is not in it"],
  ] as const)("a second that is paused with %s %s", async (pauseBehavior, _what) => {
    const call = dial("record-from-answer-dual", TONE_NUMBER, null);
    expect(await call.answered).toBe(true);
    const sid = call.callSid ?? "";
    const heardSec = (): number => (call.audio?.packetsReceived ?? 0) / 50;
    const second = async (): Promise<void> => {
      const until = heardSec() + 1;
      await eventually("a second of sound", async () => (heardSec() >= until ? true : undefined));
    };
    /** Gives how much had been heard when it took effect: between question and answer, which a busy machine draws apart. */
    const steer = async (form: Readonly<Record<string, string>>, status: RegExp): Promise<number> => {
      const path = `/2010-04-01/Accounts/${platform.demo.accountSid}/Calls/${sid}/Recordings/Twilio.CURRENT.json`;
      const asked = heardSec();
      expect((await platform.post<{ status: string }>(path, form)).status).toMatch(status);
      return (asked + heardSec()) / 2;
    };
    await eventually("the record of the call", async () =>
      (await recordingsOf(platform, sid)).length > 0 ? true : undefined,
    );
    await second();
    const paused = await steer({ Status: "paused", PauseBehavior: pauseBehavior }, /^paused$/);
    await second();
    const resumed = await steer({ Status: "in-progress" }, /^in-progress$/);
    await second();
    // It is finished while the call goes on, and may be by the time of the answer.
    const stopped = await steer({ Status: "stopped" }, /^(?:stopped|completed)$/);
    const sound = await recorded(sid);
    expect(call.endedAtMs).toBeNull();
    call.hangup();
    const withSound = stopped - (resumed - paused);
    expectSeconds(sound.seconds, pauseBehavior === "skip" ? withSound : stopped, 0.5);
    for (const [channel, hz] of [
      [1, CALLER_HZ],
      [2, EARLY_HZ],
    ] as const)
      expectSeconds(sound.toneSec(channel, hz), withSound, 0.5);
    expect(await ended(platform, sid)).toMatchObject({ status: "completed" });
    expect(await recordingsOf(platform, sid)).toHaveLength(1);
  });
});

describe("REC-5: recordings of an account with a public key", () => {
  it("can be opened by whoever has the private one, and by nobody else", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    const pem = String(publicKey.export({ type: "spki", format: "pem" }));
    const key = await platform.post<{ sid: string }>("/v1/Credentials/PublicKeys", { PublicKey: pem });
    await platform.post("/trunkline/v1/AccountSettings", { RecordingPublicKeySid: key.sid });
    const recording = await finishedRecording(platform, await terminate("record-from-answer-dual", TONE_NUMBER));
    await platform.post("/trunkline/v1/AccountSettings", { RecordingPublicKeySid: "" });
    const { encryption_details: details } = recording;
    expect(details?.encryption_public_key_sid).toBe(key.sid);
    const stored = await download(platform, recording);
    const wrapped = Buffer.from(details?.encryption_cek ?? "", "base64");
    const cek = privateDecrypt({ key: privateKey, oaepHash: "sha256" }, wrapped);
    const decipher = createDecipheriv("aes-256-gcm", cek, Buffer.from(details?.encryption_iv ?? "", "base64"));
    decipher.setAuthTag(stored.subarray(-16));
    const sound = new Sound(Buffer.concat([decipher.update(stored.subarray(0, -16)), decipher.final()]));
    expectSeconds(sound.toneSec(1, CALLER_HZ), 1.5);
    expectSeconds(sound.toneSec(2, EARLY_HZ), 1.5);
  });
});
