import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { layScriptGround, type ScriptGround } from "../support/script-ground.ts";
import { sdpOf } from "../support/scripted-dialog.ts";

let ground: ScriptGround;
beforeAll(async () => {
  ground = await layScriptGround({ env: { TRUNKLINE_MEDIA_SILENCE: "2" } });
});
afterAll(async () => {
  expect(ground.platform.log()).toBe("");
  await ground.stop();
});

describe("MED-4: a call in which nobody is heard", () => {
  it("32014: is ended on both sides with a Reason, and the debugger says why", async () => {
    const { a, b, sid } = await ground.connect("termination", "+49700000001");
    const byes = await Promise.all([a.hear("BYE", 5_000), b.hear("BYE", 5_000)]);
    for (const [index, bye] of byes.entries()) {
      // It says how long it truly was: a second more, where the machine was busy.
      expect(bye.header("Reason")).toMatch(/^Q\.850;cause=16;text="no audio from either side for [23] s"$/);
      (index === 0 ? a : b).respond(bye, 200);
    }
    const record = await ground.ended(sid);
    expect(record).toMatchObject({ status: "completed", error_code: 32014, ended_by: "platform", sip_status: 200 });
    const alert = await eventually("the alert", async () => {
      const { alerts } = await ground.platform.get<{ alerts: { error_code: string; resource_sid: string }[] }>(
        "/v1/Alerts",
      );
      return alerts.find(({ resource_sid }) => resource_sid === sid);
    });
    expect(alert.error_code).toBe("32014");
  });

  it("ringing with early media and no sound is no silence yet; and on hold nobody has to be heard", async () => {
    const number = "+49700000002";
    const a = ground.dial(number);
    const b = await ground.called(ground.carrier, number);
    b.respond(b.invite, 183, { sdp: sdpOf(ground.carrier) });
    await a.hear("183 INVITE");
    expect(await a.silent("480 INVITE", 2_800)).toBe(true);
    b.respond(b.invite, 200);
    const answer = await a.hear("200 INVITE");
    a.ack(answer);
    await b.hear("ACK");
    a.request("INVITE", { sdp: sdpOf(ground.pbx, "inactive", 2) });
    const held = await b.hear("INVITE");
    b.respond(held, 200, { sdp: sdpOf(ground.carrier, "inactive", 2) });
    a.ack(await a.hear("200 INVITE"));
    expect(await a.silent("BYE", 3_500)).toBe(true);
    a.request("BYE");
    await a.hear("200 BYE");
    b.respond(await b.hear("BYE"), 200);
    expect(await ground.ended(answer.header("X-Twilio-CallSid"))).toMatchObject({
      error_code: null,
      ended_by: "caller",
    });
  });
});
