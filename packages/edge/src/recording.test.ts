import { RecorderRefusal } from "@trunkline/media";
import type { Session, SessionEvent } from "@trunkline/sip";
import { DEFAULT_ACCOUNT_SETTINGS, DEFAULT_CARRIER_DRESS, type RecordingMode } from "@trunkline/trunking";
import { describe, expect, it } from "vitest";
import { ACCOUNT, sid, TRUNK, trunk, type WrittenRow } from "../../../test/support/lent-fixtures.ts";
import { CARRIER, DOMAIN, EdgeWorld, PBX, SPARE } from "./edge-world.fixture.ts";
import { withoutSound } from "./fake-recorder.fixture.ts";

/** An edge whose trunk records; PBX and carrier answer at once and keep what a BYE said of the recording. */
function recordingWorld(recordingMode: RecordingMode = "record-from-answer-dual", rows: readonly WrittenRow[] = []) {
  const world = new EdgeWorld({ rows: [["trunk", TRUNK, trunk({ domainName: DOMAIN, recordingMode })], ...rows] });
  const byes: string[] = [];
  const onEvent = (event: SessionEvent): void => {
    if (event.kind !== "ended" || !event.request) return;
    const { request } = event;
    byes.push(`${request.header("x-twilio-recordingsid")} ${request.header("x-twilio-recordingduration")}`);
  };
  const onInvite = (session: Session): void => session.answer("answer-b");
  const carrier = world.phone(CARRIER, { onInvite, onEvent });
  const pbx = world.phone(PBX, { onInvite, onEvent });
  return { world, carrier, pbx, byes };
}

const kinds = ({ events }: EdgeWorld): string => events.map(({ kind }) => kind).join(" ");
const lastStep = (world: EdgeWorld) => world.record()?.trace.findLast(({ rule }) => rule === "call.recording");
const recordingSid = (world: EdgeWorld): string => world.record()?.recordings[0]?.sid ?? "";

describe("REC-4: a recording begins", () => {
  it("file first, then the journal, then the media plane, and only then the caller hears of the answer", async () => {
    const { world, pbx } = recordingWorld();
    const call = world.call(pbx);
    await world.pass(1_000);
    expect(world.record()?.recordings).toMatchObject([{ channels: 2, trim: false, edge: "local" }]);
    expect(recordingSid(world)).toMatch(/^RE[0-9a-f]{32}$/);
    expect(kinds(world)).toBe("started attempt recording trace answered");
    expect(world.recorder.told).toEqual(["start"]);
    expect(world.plane.rings[1]).toBe(world.recorder.live.get(recordingSid(world))?.ring);
    expect(lastStep(world)).toMatchObject({ verdict: "pass", input: recordingSid(world) });
    expect(pbx.heard).toContain("answer");
    call.hangup();
    expect(await world.finish()).toEqual([]);
    expect(world.plane.told).toEqual(["open 1", "record 1", "close 1"]);
    expect(world.recorder.told).toEqual(["start", "stop"]);
    expect(world.core.metrics()).toMatchObject({ recordings_begun: 1, live_recordings: 0 });
  });

  it("a target of other media gets another media session, and the recording goes on in it", async () => {
    const carrierSid = sid("CX", 2);
    const secure: WrittenRow = ["carrierDress", carrierSid, { carrierSid, ...DEFAULT_CARRIER_DRESS, srtp: true }];
    const { world, pbx } = recordingWorld("record-from-ringing", [secure]);
    world.phone(CARRIER, {
      onInvite: (session) => {
        session.progress(180, "Ringing");
        session.reject(503, "Full");
      },
    });
    world.phone(SPARE, { onInvite: (session) => session.answer("answer-b") });
    const call = world.call(pbx);
    await world.pass(1_000);
    expect(world.plane.told).toEqual(["open 1", "record 1", "open 2", "close 1", "record 2"]);
    expect(world.plane.rings[2]).toBe(world.plane.rings[1]);
    expect(world.record()).toMatchObject({ status: "in-progress", recordings: [{ channels: 1 }] });
    call.hangup();
    expect(await world.finish()).toEqual([]);
    expect(world.recorder.told).toEqual(["start", "stop"]);
  });

  it("ORIG-9: so does that of a call which its server sends elsewhere", async () => {
    const { world, carrier } = recordingWorld("record-from-answer");
    const there = "192.0.2.40";
    world.phone(PBX, { onInvite: (session) => session.reject(302, "Moved", [["Contact", `<sip:${there}>`]]) });
    world.phone(there, { onInvite: (session) => session.answer("answer-b") });
    const call = world.originate(carrier);
    await world.pass(1_000);
    expect(world.record()).toMatchObject({ to: `sip:+12025550100@${there}`, recordings: [{ channels: 1 }] });
    call.hangup();
    expect(await world.finish()).toEqual([]);
  });
});

it("REC-5: the recorder is told whose key the file is encrypted to", async () => {
  const key = { sid: sid("CR", 7), accountSid: ACCOUNT, publicKey: "PEM" };
  const settings = { ...DEFAULT_ACCOUNT_SETTINGS, accountSid: ACCOUNT, recordingKeySid: key.sid };
  const { world, pbx } = recordingWorld("record-from-answer", [
    ["publicKey", key.sid, key],
    ["accountSettings", ACCOUNT, settings],
  ]);
  const call = world.call(pbx);
  await world.pass(1_000);
  call.hangup();
  expect(await world.finish()).toEqual([]);
  expect(world.recorder.stopped).toMatchObject([{ encryptTo: { keySid: key.sid, publicKey: "PEM" } }]);
});

describe("REC-4: a recording that cannot begin costs the call nothing, and somebody hears of it", () => {
  const never = (): Promise<never> => new Promise(() => undefined);
  const cases: [title: string, spoil: (world: EdgeWorld) => void, code: number, why: RegExp, told: string[]][] = [
    [
      "the disk is full",
      ({ recorder }) => {
        recorder.before = () => Promise.reject(new RecorderRefusal("disk-full", "ENOSPC: open '/srv/secret/RE.part'"));
      },
      16190,
      /: the disk is full$/,
      ["start"],
    ],
    [
      "the account's key cannot be used",
      ({ recorder }) => {
        recorder.before = () => Promise.reject(new RecorderRefusal("invalid-order", "public key CR1: too short"));
      },
      16105,
      /public key CR1/,
      ["start"],
    ],
    [
      "the recorder hangs",
      ({ recorder }) => {
        recorder.before = never;
      },
      16190,
      /not begun after 2500 ms$/,
      ["start"],
    ],
    [
      "the media plane hangs",
      ({ plane }) => {
        plane.onRecord = never;
      },
      16190,
      /not begun after 2500 ms$/,
      ["start", "stop"],
    ],
    [
      "MED-7: the media plane cannot record",
      ({ plane }) => {
        plane.canRecord = false;
      },
      16190,
      /the media plane cannot record$/,
      [],
    ],
  ];
  it.each(cases)("%s", async (_title, spoil, code, why, told) => {
    const { world, pbx, byes } = recordingWorld();
    spoil(world);
    const call = world.call(pbx);
    await world.pass(4_000);
    expect(world.record()).toMatchObject({ status: "in-progress" });
    expect(lastStep(world)).toMatchObject({ verdict: "refuse", detail: expect.stringMatching(why) });
    const { sid: resourceSid = "" } = world.record() ?? {};
    expect(world.alerts).toMatchObject([{ errorCode: code, resourceSid, text: expect.stringMatching(why) }]);
    expect(world.core.metrics()).toMatchObject({ recordings_not_begun: 1, live_recordings: 0 });
    expect(world.recorder.told).toEqual(told);
    call.hangup();
    await world.pass(1_000);
    expect(byes).toEqual(["undefined undefined"]);
    // The one that hangs for ever is no leak of the call.
    expect(await world.finish()).toEqual([]);
  });

  it("one that begins when the call is over is ended at once, and is nobody's record", async () => {
    const { world, pbx } = recordingWorld();
    const { promise, resolve } = Promise.withResolvers<void>();
    const { recorder } = world;
    recorder.before = () => promise;
    const call = world.call(pbx);
    await world.pass(1_000);
    call.cancel();
    await world.pass(1_000);
    expect(world.record()).toMatchObject({ status: "canceled" });
    resolve();
    await world.pass(1_000);
    expect(recorder.told).toEqual(["start", "stop"]);
    expect(world.record()?.recordings).toEqual([]);
    expect(await world.finish()).toEqual([]);
  });
});

describe("REC-6: what a BYE of ours says of the recording (contract §9)", () => {
  it.each<[title: string, isOriginating: boolean, endedBy: "caller" | "callee" | "platform", want: readonly string[]]>([
    ["the carrier hung up: the customer's PBX is told", false, "callee", ["RE 13"]],
    ["the customer hung up: the carrier is told nothing", false, "caller", ["- -"]],
    ["the caller behind the carrier hung up: the customer's server is told", true, "caller", ["RE 13"]],
    ["the customer's server hung up: the carrier is told nothing", true, "callee", ["- -"]],
    ["we end it: the customer is told, the carrier is not", true, "platform", ["- -", "RE 13"]],
  ])("%s", async (_title, isOriginating, endedBy, want) => {
    const { world, carrier, pbx, byes } = recordingWorld();
    const [from, to] = isOriginating ? [carrier, pbx] : [pbx, carrier];
    const call = isOriginating ? world.originate(from) : world.call(from);
    await world.pass(1_000);
    const recording = recordingSid(world);
    world.recorder.durationMs = 12_620;
    if (endedBy === "platform") world.core.hangUp(ACCOUNT, world.record()?.sid ?? "");
    else if (endedBy === "caller") call.hangup();
    else to.incoming[0]?.hangup();
    await world.pass(1_000);
    expect(byes.map((told) => told.replace(recording, "RE").replaceAll("undefined", "-"))).toEqual(want);
    expect(await world.finish()).toEqual([]);
  });

  it("a caller who gives up while it rings is told nothing, and so is who was called", async () => {
    const { world, pbx, byes } = recordingWorld("record-from-ringing");
    const carrier = world.phone(CARRIER, { onInvite: (session) => session.progress(180, "Ringing") });
    const call = world.call(pbx);
    await world.pass(1_000);
    expect(world.core.liveRecordings()).toHaveLength(1);
    call.cancel();
    await world.pass(1_000);
    const cancel = carrier.incoming[0];
    expect([cancel?.state, byes]).toEqual(["ended", []]);
    expect(await world.finish()).toEqual([]);
  });
});

describe("contract §9: a live recording is controlled", () => {
  async function live() {
    const made = recordingWorld();
    const call = made.world.call(made.pbx);
    await made.world.pass(1_000);
    const callSid = made.world.record()?.sid ?? "";
    return { ...made, call, at: { accountSid: ACCOUNT, callSid, recordingSid: recordingSid(made.world) } };
  }

  it("paused, resumed and stopped, by its SID or as the current one", async () => {
    const { world, carrier, call, at, byes } = await live();
    const current = { ...at, recordingSid: "Twilio.CURRENT" };
    const paused = await world.core.controlRecording({ ...at, status: "paused", pauseBehavior: "skip" });
    expect(paused).toMatchObject({ kind: "done", recording: { sid: at.recordingSid, status: "paused" } });
    expect(world.core.liveRecordings(ACCOUNT)).toMatchObject([{ status: "paused" }]);
    const resumed = await world.core.controlRecording({ ...current, status: "in-progress" });
    expect(resumed).toMatchObject({ kind: "done", recording: { sid: at.recordingSid, status: "in-progress" } });
    world.recorder.durationMs = 7_000;
    const stopped = await world.core.controlRecording({ ...current, status: "stopped" });
    expect(stopped).toMatchObject({ kind: "done", recording: { status: "stopped", durationMs: 7_000 } });
    expect(world.core.liveRecordings(ACCOUNT)).toEqual([]);
    expect(world.recorder.told).toEqual(["start", "pause skip", "resume", "stop"]);
    expect(world.plane.told).toEqual(["open 1", "record 1", "record 1 -"]);
    const again = await world.core.controlRecording({ ...at, status: "paused", pauseBehavior: "silence" });
    expect(again).toEqual({ kind: "not-live" });
    carrier.incoming[0]?.hangup();
    await world.pass(1_000);
    expect(byes).toEqual([`${at.recordingSid} 7`]);
    expect(world.recorder.told).toHaveLength(4);
    expect(call.state).toBe("ended");
    expect(await world.finish()).toEqual([]);
  });

  it("by nobody else, under no other name, and not when the call is over", async () => {
    const { world, call, at } = await live();
    const control = (change: object) => world.core.controlRecording({ ...at, status: "stopped", ...change });
    expect(await control({ accountSid: sid("AC", 9) })).toEqual({ kind: "not-found" });
    expect(await control({ callSid: sid("CA", 9) })).toEqual({ kind: "not-found" });
    expect(await control({ recordingSid: sid("RE", 9) })).toEqual({ kind: "not-found" });
    call.hangup();
    await world.pass(1_000);
    expect(await control({})).toEqual({ kind: "not-found" });
    expect(await world.finish()).toEqual([]);
  });

  it("a recorder that is away is an error, and changes nothing", async () => {
    const { world, call, at } = await live();
    world.recorder.pause = () => Promise.reject(new RecorderRefusal("gone", "its thread ended"));
    const paused = world.core.controlRecording({ ...at, status: "paused", pauseBehavior: "silence" });
    await expect(paused).rejects.toMatchObject({ code: "gone" });
    expect(world.core.liveRecordings(ACCOUNT)).toMatchObject([{ status: "in-progress" }]);
    call.hangup();
    expect(await world.finish()).toEqual([]);
  });
});

describe("REC-4: what became of recordings", () => {
  it("is told to the sink, and of one with nothing in it to its account", async () => {
    const { world, pbx } = recordingWorld();
    const call = world.call(pbx);
    await world.pass(1_000);
    call.hangup();
    await world.pass(1_000);
    const [order] = world.recorder.stopped;
    if (!order) throw new Error("nothing was recorded");
    await world.core.recordingFinished(withoutSound(order));
    await world.pass(1_000);
    const outcome = { sid: order.sid, state: "absent", errorCode: 16102, file: null, channels: 2 };
    expect(world.outcomes).toMatchObject([outcome]);
    expect(world.alerts).toMatchObject([{ errorCode: 16102, level: "warning", resourceSid: world.record()?.sid }]);
    expect(world.core.metrics()).toMatchObject({ recordings_absent: 1 });
    expect(await world.finish()).toEqual([]);
  });

  it("nobody answered and nothing was heard: no alarm", async () => {
    const { world, pbx } = recordingWorld("record-from-ringing");
    world.phone(CARRIER, {
      onInvite: (session) => {
        session.progress(180, "Ringing");
        session.reject(486, "Busy Here");
      },
    });
    world.call(pbx);
    await world.pass(1_000);
    const [order] = world.recorder.stopped;
    if (!order) throw new Error("nothing was recorded");
    await world.core.recordingFinished(withoutSound(order));
    await world.pass(1_000);
    expect(world.outcomes).toMatchObject([{ state: "absent" }]);
    expect(world.alerts).toEqual([]);
    expect(await world.finish()).toEqual([]);
  });

  it("a sink that is away makes the recorder give it again", async () => {
    const { world } = recordingWorld();
    world.isSinkAway = true;
    const order = { sid: sid("RE", 1), callSid: sid("CA", 1), accountSid: ACCOUNT, channels: 1, trim: false } as const;
    await expect(world.core.recordingFinished(withoutSound(order))).rejects.toThrow("away");
    expect(world.alerts).toEqual([]);
    expect(world.core.metrics()).not.toHaveProperty("recordings_absent");
  });

  it("MED-7: sound that the media plane cannot copy is told once, and the recording goes on", async () => {
    const { world, pbx } = recordingWorld();
    const call = world.call(pbx);
    await world.pass(1_000);
    world.plane.unrecorded("127.0.0.1:2223 does not answer");
    world.plane.unrecorded("127.0.0.1:2223 does not answer");
    await world.pass(1_000);
    const text = expect.stringMatching(/: sound that the media plane could not copy$/);
    expect(world.alerts).toMatchObject([{ errorCode: 16191, resourceSid: world.record()?.sid, text }]);
    expect(world.core.liveRecordings()).toHaveLength(1);
    call.hangup();
    await world.pass(1_000);
    world.plane.unrecorded("the call is over");
    expect(await world.finish()).toEqual([]);
    expect(world.alerts).toHaveLength(1);
  });

  it.each([
    ["disk-full", 16191, true, "a full disk"],
    ["codec", 16191, false, "leg A sends opus"],
    ["storage-failed", 16111, true, "it is kept, and tried again"],
    ["encryption-failed", 16104, true, "it is kept, and tried again"],
  ] as const)(
    "trouble on the way, %s: alert %i, a counter, and the operator's business or not",
    async (name, code, isOurs, words) => {
      const { world } = recordingWorld();
      const call = { callSid: sid("CA", 1), accountSid: ACCOUNT };
      world.core.recorderAlarmed({ name, sid: sid("RE", 1), call, why: isOurs ? "/srv/secret" : words });
      await world.pass(1_000);
      const alert = { errorCode: code, accountSid: ACCOUNT, resourceSid: call.callSid };
      expect(world.alerts).toMatchObject([{ ...alert, text: expect.stringMatching(`: ${words}$`) }]);
      expect(world.core.metrics()).toMatchObject({ [`recording_alarms_${name}`]: 1 });
      expect(world.core.troubles()).toEqual(isOurs ? [`recordings: ${name}`] : []);
      // A hundred recordings on one full disk are one line.
      world.core.recorderAlarmed({ name, sid: sid("RE", 2), call, why: "again" });
      expect(world.logged).toHaveLength(isOurs ? 1 : 0);
      await world.pass(300_001);
      expect(world.core.troubles()).toEqual([]);
    },
  );

  it("OPS-3: the recorder closes when the calls are over, and its last alarms are told", async () => {
    const { world, pbx } = recordingWorld();
    world.call(pbx);
    await world.pass(1_000);
    const { recorder } = world;
    const stop = recorder.close.bind(recorder);
    recorder.close = async () => {
      expect(world.core.counts().calls).toBe(0);
      const call = { callSid: sid("CA", 1), accountSid: ACCOUNT };
      world.core.recorderAlarmed({ name: "storage-failed", sid: sid("RE", 1), call, why: "nobody is there" });
      await stop();
    };
    const closed = world.core.close(0);
    await world.pass(10_000);
    await closed;
    expect(recorder.told).toEqual(["start", "stop", "close"]);
    expect(world.alerts).toMatchObject([{ errorCode: 16111 }]);
  });
});
