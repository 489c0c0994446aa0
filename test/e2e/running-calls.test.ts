import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Connected, layScriptGround, type ScriptGround } from "../support/script-ground.ts";

let ground: ScriptGround;
beforeAll(async () => {
  ground = await layScriptGround();
});
afterAll(async () => {
  await ground.idle();
  expect(ground.platform.log()).toBe("");
  await ground.stop();
}, 60_000);

const CARRIER = `CX${"0".repeat(31)}2`;
const status = (sid: string) =>
  ground.platform.get<Record<string, unknown>>(`/trunkline/v1/Carriers/${sid}/Status`, "operator");

describe("ACC-5: the maximum duration of calls, set while the platform runs", () => {
  it("ends the next call on both sides, with 32015 in record and debugger; calls that are up keep what held for them", async () => {
    const { platform } = ground;
    const settings = "/trunkline/v1/AccountSettings";
    const before = await ground.connect("termination", "+4970000001");
    await platform.post(settings, { MaxCallDuration: "2" });
    for (const [direction, number] of [
      ["termination", "+4970000002"],
      ["origination", platform.demo.numbers[11] as string],
    ] as const) {
      const { a, b, sid } = await ground.connect(direction, number);
      const startedMs = performance.now();
      for (const leg of [a, b]) leg.respond(await leg.hear("BYE"), 200);
      const tookMs = performance.now() - startedMs;
      expect(tookMs).toBeGreaterThan(1_500);
      expect(tookMs).toBeLessThan(6_000);
      const record = await ground.ended(sid);
      expect(record).toMatchObject({ status: "completed", error_code: 32015, ended_by: "platform" });
      // Started seconds count whole.
      expect([2, 3]).toContain(record.duration_sec);
      await eventually("its alert", async () => {
        const { alerts } = await platform.get<{ alerts: { error_code: string; resource_sid: string }[] }>("/v1/Alerts");
        return alerts.find(({ error_code, resource_sid }) => error_code === "32015" && resource_sid === sid);
      });
    }
    await platform.post(settings, { MaxCallDuration: "14400" });
    const live = await platform.get<{ live_calls: { sid: string }[] }>("/trunkline/v1/LiveCalls");
    expect(live.live_calls.map(({ sid }) => sid)).toEqual([before.sid]);
    await hangUp(before);
  });
});

describe("CAR-1, ORIG-12: carriers and targets as they are now", () => {
  it("live calls and health of their targets, while calls come and go", async () => {
    const { platform, carrier, spare } = ground;
    const up = { health: "up", date_down: null, failures: 0, probed: false };
    const targets = [carrier, spare].map(({ address, port }) => ({ ...up, sip_url: `sip:${address}:${port}` }));
    const call = await ground.connect("termination", "+4970000003");
    expect(await status(CARRIER)).toMatchObject({ live_calls: 1, registration: null, targets });
    await hangUp(call);
    await ground.ended(call.sid);
    expect(await status(CARRIER)).toMatchObject({ live_calls: 0 });
    const failing = ground.dial("+4970000004");
    const asked = await ground.called(carrier, "+4970000004");
    asked.respond(asked.invite, 503);
    const second = await ground.called(spare, "+4970000004");
    second.respond(second.invite, 486);
    failing.ack(await failing.hear("486 INVITE"));
    expect(await status(CARRIER)).toMatchObject({ targets: [{ failures: 1, health: "up" }, up] });
    const { trunks } = await platform.get<{ trunks: { sid: string; friendly_name: string }[] }>("/v1/Trunks");
    const trunkSid = trunks.find(({ friendly_name }) => friendly_name === "script")?.sid;
    const health = await platform.get(`/trunkline/v1/Trunks/${trunkSid}/TargetHealth`);
    expect(health).toMatchObject({ trunk_sid: trunkSid, live_calls: 0, targets: [up] });
  });
});

describe("TERM-12: calls to own numbers stay inside", () => {
  it("from the moment an operator wants it: two calls, two records, and the carrier for own numbers in use", async () => {
    const { platform, pbx } = ground;
    const number = platform.demo.numbers[12] as string;
    const form = { FriendlyName: "On-net", OwnNumbersOnly: "true" };
    const own = await platform.post<{ sid: string }>("/trunkline/v1/Carriers", form, "operator");
    const a = ground.dial(number);
    const b = await ground.called(pbx, number);
    b.respond(b.invite, 200);
    const answer = await a.hear("200 INVITE");
    a.ack(answer);
    await b.hear("ACK");
    expect(await status(own.sid)).toMatchObject({ live_calls: 2, registration: null, targets: [] });
    await hangUp({ a, b });
    const [sid, inner] = [answer.header("X-Twilio-CallSid"), b.invite.header("X-Twilio-CallSid")];
    expect(inner).not.toBe(sid);
    const outer = { direction: "trunking-terminating", status: "completed", attempts: [{ status: 200 }] };
    expect(await ground.ended(sid)).toMatchObject(outer);
    expect(await ground.ended(inner)).toMatchObject({ direction: "trunking-originating", status: "completed" });
    await platform.delete(`/trunkline/v1/Carriers/${own.sid}`, "operator");
  });
});

async function hangUp({ a, b }: Pick<Connected, "a" | "b">): Promise<void> {
  a.request("BYE");
  b.respond(await b.hear("BYE"), 200);
  await a.hear("200 BYE");
}
