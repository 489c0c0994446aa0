import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RawSip } from "../support/raw-sip.ts";
import { alertsOf, finishedRecording, recordTrunk } from "../support/recorded.ts";
import { layScriptGround, type ScriptGround } from "../support/script-ground.ts";

let ground: ScriptGround;
beforeAll(async () => {
  ground = await layScriptGround();
  const { trunks } = await ground.platform.get<{ trunks: { sid: string; domain_name: string }[] }>("/v1/Trunks");
  const trunk = trunks.find(({ domain_name }) => domain_name === ground.domain)?.sid ?? "";
  await recordTrunk(ground.platform, trunk, "record-from-answer-dual");
});
afterAll(async () => {
  expect(ground.platform.log()).toBe("");
  await ground.stop();
});

const number = (): string => ground.platform.demo.numbers[10] ?? "";
/** Headers of a BYE of ours that a carrier, or a customer whose call is not recorded, does not see. */
const TOLD = ["X-Twilio-RecordingSid", "X-Twilio-RecordingDuration"] as const;

describe("REC-6, contract §9: what a BYE of ours says of the recording, on the wire", () => {
  it("termination: the carrier hangs up, the customer's PBX is told", async () => {
    const { a, b, sid } = await ground.connect("termination", "+4930900001");
    b.request("BYE");
    const bye = await a.hear("BYE");
    a.respond(bye, 200);
    const { sid: recordingSid, channels } = await finishedRecording(ground.platform, sid);
    expect(channels).toBe(2);
    expect(TOLD.map((name) => bye.header(name))).toEqual([recordingSid, expect.stringMatching(/^\d+$/)]);
  });

  it("termination: the customer hangs up, the carrier is told nothing", async () => {
    const { a, b } = await ground.connect("termination", "+4930900002");
    a.request("BYE");
    const bye = await b.hear("BYE");
    b.respond(bye, 200);
    expect(TOLD.map((name) => bye.header(name))).toEqual(["", ""]);
  });

  it("origination: the carrier hangs up, the customer's server is told", async () => {
    const { a, b, sid } = await ground.connect("origination", number());
    a.request("BYE");
    const bye = await b.hear("BYE");
    b.respond(bye, 200);
    const { sid: recordingSid } = await finishedRecording(ground.platform, sid);
    expect(TOLD.map((name) => bye.header(name))).toEqual([recordingSid, expect.stringMatching(/^\d+$/)]);
  });

  it("ORIG-9: a call that its server sends elsewhere is recorded like any other", async () => {
    const a = ground.deliver(number());
    const first = await ground.called(ground.pbx, number());
    const elsewhere = await RawSip.open("127.0.0.24");
    first.respond(first.invite, 302, { contact: `<sip:agent@${elsewhere.address}:${elsewhere.port}>` });
    await first.hear("ACK");
    const b = await ground.called(elsewhere, "agent");
    b.respond(b.invite, 200);
    const answer = await a.hear("200 INVITE");
    a.ack(answer);
    await b.hear("ACK");
    const sid = answer.header("X-Twilio-CallSid");
    a.request("BYE");
    const bye = await b.hear("BYE");
    b.respond(bye, 200);
    const { sid: recordingSid, status, error_code } = await finishedRecording(ground.platform, sid);
    expect(bye.header(TOLD[0])).toBe(recordingSid);
    // Nobody said anything: that is the account's to know.
    expect([status, error_code]).toEqual(["absent", 16102]);
    elsewhere.close();
    const [alert] = await alertsOf(ground.platform, sid);
    expect(alert?.error_code).toBe("16102");
  });
});
