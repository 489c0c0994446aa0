import { afterAll, describe, expect, it } from "vitest";
import type { CallScript, OutgoingCall } from "./calling.ts";
import { openTestPbx } from "./pbx.ts";
import type { PlaceCall, TestCallStep } from "./pstn.types.ts";
import { openSimulatedPstn } from "./simulated-pstn.ts";
import { placeTestCall } from "./test-call.ts";

/** Real sockets on loopback, nothing between PBX and PSTN. */
const pbx = await openTestPbx({ address: "127.0.0.1" });
const pstn = await openSimulatedPstn({
  address: "127.0.0.1",
  port: 0,
  platform: { host: "127.0.0.1", port: pbx.port },
});
afterAll(async () => {
  await pbx.close();
  await pstn.close();
});

function dial(to: string, script: Partial<CallScript>): OutgoingCall {
  const target = { host: "127.0.0.1", port: pstn.port };
  return pbx.call({ target, domain: "127.0.0.1", to, from: "+12025550100", script });
}

function talkMs(hangupAfterMs: number, audio: CallScript["audio"] = { kind: "silence" }): Partial<CallScript> {
  return { hangupAfterMs, audio };
}

/** A tone within 15 Hz, which is what a short window can tell. */
function expectTone(heard: { readonly toneHz: number | null } | null, hz: number): void {
  expect(heard?.toneHz).toBeGreaterThan(hz - 15);
  expect(heard?.toneHz).toBeLessThan(hz + 15);
}

function place(behaviour: Partial<PlaceCall["behaviour"]>): string {
  const script = { audio: "tone", digits: null, hangupAfterMs: null, giveUpAfterMs: 5_000, ...behaviour } as const;
  return pstn.place({ to: "+12025550100", from: "+12025550111", callerName: null, behaviour: script }).sid;
}

describe.concurrent("the simulated PSTN over real UDP and RTP", () => {
  it("interface §4 default: echoes the tone it hears", async () => {
    const call = dial("+12025550199", talkMs(1_500, { kind: "tone", hz: 1_000 }));
    await call.over;
    expect(call).toMatchObject({ status: "completed", sipStatus: 200, endedBy: "caller" });
    expectTone(call.audio, 1_000);
    expect(call.audio?.packetsSent).toBeGreaterThan(60);
    expect(call.audio?.packetsReceived).toBeGreaterThan(60);
  });

  it("+15005552300 plays 440 Hz", async () => {
    const call = dial("+15005552300", talkMs(1_500));
    await call.over;
    expectTone(call.audio, 440);
    expect(call.audio?.mos).toBeGreaterThan(3.5);
  });

  it("+15005552100 plays 440 Hz before it answers", async () => {
    const call = dial("+15005552100", { giveUpAfterMs: 1_900 });
    await call.over;
    expect(call).toMatchObject({ status: "failed", sipStatus: 487, answeredAtMs: null });
    expectTone(call.audio, 440);
  });

  it("+15005552400 sends 1234# by RFC 4733", async () => {
    const call = dial("+15005552400", talkMs(2_200));
    await call.over;
    expect(call.audio?.digits).toBe("1234#");
  });

  it("+15005552500 sends no RTP", async () => {
    const call = dial("+15005552500", talkMs(500, { kind: "tone", hz: 1_000 }));
    await call.over;
    expect(call.status).toBe("completed");
    expect(call.audio?.packetsReceived).toBe(0);
    expect(call.audio?.packetsSent).toBeGreaterThan(15);
  });

  it("+15005552701 hangs up after a second", async () => {
    const call = dial("+15005552701", {});
    await call.over;
    expect(call).toMatchObject({ status: "completed", endedBy: "callee" });
  });

  it("+15005552800 holds and resumes, and audio comes back", async () => {
    const call = dial("+15005552800", talkMs(3_500, { kind: "tone", hz: 1_000 }));
    await call.over;
    expect(call.status).toBe("completed");
    expectTone(call.audio, 1_000);
  });

  it("+15005551486 is busy", async () => {
    const call = dial("+15005551486", {});
    await call.over;
    expect(call).toMatchObject({ status: "failed", sipStatus: 486, reason: "Busy Here", cause: "response" });
  });

  it("CAR-3: a placed call is heard by the PBX, digits and all", async () => {
    const arrived = pbx.nextCall();
    const sid = place({ digits: "907", hangupAfterMs: 2_000 });
    const answering = await arrived;
    await answering.over;
    expectTone(answering.audio, 440);
    expect(answering.audio?.digits).toBe("907");
    expect(pstn.fetch(sid)).toMatchObject({ status: "completed", sipStatus: 200, digits: "907" });
    expectTone(pstn.fetch(sid) ?? null, 440);
  });

  it("the built-in test call tells each step and what it heard", async () => {
    const steps: TestCallStep[] = [];
    const report = await testCall("+12025550199", steps);
    expect(report).toMatchObject({ outcome: "answered", status: 200, error: null });
    expect(report.packetsReceived).toBeGreaterThan(60);
    expect(report.mos).toBeGreaterThan(3.5);
    expect(report.setupMs).toBeGreaterThanOrEqual(1_000);
    expect(report.talkedMs).toBeGreaterThanOrEqual(1_500);
    expect(report.echoDelayMs).toBeLessThan(500);
    const told = steps.map((step) =>
      step.kind === "sent" ? step.what : step.kind === "received" ? step.status : "audio",
    );
    // A slow machine may retransmit; the order in which things are first told stays.
    expect([...new Set(told)]).toEqual(["INVITE", 100, 180, 200, "ACK", "audio", "BYE"]);
    expect(told.at(-1)).toBe(200);
  });

  it("the built-in test call answers a challenge once and reports the refusal that follows", async () => {
    const steps: TestCallStep[] = [];
    expect(await testCall("+15005551407", steps)).toMatchObject({ outcome: "refused", status: 407 });
    expect(steps.filter((step) => step.kind === "sent" && step.what === "INVITE").length).toBeGreaterThanOrEqual(2);
  });

  it("the built-in test call tells a refusal", async () => {
    expect(await testCall("+15005551404", [])).toMatchObject({
      outcome: "refused",
      status: 404,
      reason: "Not Found",
      setupMs: null,
      talkedMs: null,
    });
  });

  it("the built-in test call tells that its target has no address", async () => {
    const report = await testCall("+12025550199", [], "no-such-host.invalid");
    expect(report).toMatchObject({ outcome: "failed", status: 0, reason: "no way to the callee" });
  });
});

function testCall(to: string, steps: TestCallStep[], host = "127.0.0.1") {
  return placeTestCall({
    bind: "127.0.0.1",
    target: { host, port: pstn.port },
    domain: "demo.pstn.example",
    to,
    from: "+12025550100",
    username: "demo",
    password: "secret",
    talkMs: 1_500,
    onStep: (step) => steps.push(step),
  });
}
