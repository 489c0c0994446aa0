import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { layScriptGround, type ScriptGround } from "../support/script-ground.ts";
import { type Said, type ScriptedDialog, sdpOf } from "../support/scripted-dialog.ts";

let ground: ScriptGround;
beforeAll(async () => {
  ground = await layScriptGround();
});
afterAll(async () => {
  expect(ground.platform.log()).toBe("");
  await ground.stop();
});

/** Who takes UPDATE is refreshed by it (RFC 4028 §7.4). */
const ALLOW = "Allow: INVITE, ACK, CANCEL, BYE, UPDATE";

let foreign = 0;
let own = 10;

type Ringing = { readonly a: ScriptedDialog; readonly b: ScriptedDialog };

/** A call that has reached the other side and is not answered yet. */
async function ring(direction: "termination" | "origination", said: Said): Promise<Ringing> {
  if (direction === "termination") {
    const number = `+4960${String(++foreign).padStart(7, "0")}`;
    return { a: ground.dial(number, said), b: await ground.called(ground.carrier, number) };
  }
  own += 1;
  const number = ground.platform.demo.numbers[own] as string;
  return { a: ground.deliver(number, said), b: await ground.called(ground.pbx, number) };
}

async function hangUp(from: ScriptedDialog, to: ScriptedDialog): Promise<void> {
  from.request("BYE");
  await from.hear("200 BYE");
  to.respond(await to.hear("BYE"), 200);
}

describe.concurrent("extensions that one side has and the other may lack", () => {
  it.each(["termination", "origination"] as const)(
    "§13.2.1 an INVITE without offer (%s): the 200 offers, the ACK answers, on both sides",
    async (direction) => {
      const { a, b } = await ring(direction, { sdp: undefined });
      expect(b.invite.body).toBe("");
      b.respond(b.invite, 200);
      const offered = await a.hear("200 INVITE");
      expect(offered.body).toContain("m=audio");
      a.ack(offered, { sdp: sdpOf(direction === "termination" ? ground.pbx : ground.carrier) });
      expect((await b.hear("ACK")).body).toContain("m=audio");
      await hangUp(b, a);
      const sid = offered.header("X-Twilio-CallSid") || b.invite.header("X-Twilio-CallSid");
      expect(await ground.ended(sid)).toMatchObject({ status: "completed", ended_by: "callee", error_code: null });
    },
  );

  it("RFC 3262 §3 a caller who requires 100rel gets reliable ringing, again until its PRACK, from a carrier that lacks it", async () => {
    const { a, b } = await ring("termination", { headers: ["Require: 100rel", "Supported: 100rel"] });
    b.respond(b.invite, 180);
    const first = await a.hear("180 INVITE");
    expect(first.header("Require")).toContain("100rel");
    const again = await a.hear("180 INVITE", 3_000);
    expect(again.header("RSeq")).toBe(first.header("RSeq"));
    a.request("PRACK", { headers: [`RAck: ${first.header("RSeq")} ${first.header("CSeq")}`] });
    await a.hear("200 PRACK");
    expect(await a.silent("180 INVITE", 1_500), "it stops with the PRACK").toBe(true);
    a.request("PRACK", { headers: [`RAck: 99 ${first.header("CSeq")}`] });
    await a.hear("481 PRACK");
    b.respond(b.invite, 200);
    const answer = await a.hear("200 INVITE");
    a.ack(answer);
    await b.hear("ACK");
    await hangUp(a, b);
    expect(await ground.ended(answer.header("X-Twilio-CallSid"))).toMatchObject({ status: "completed" });
  });

  it("RFC 3262 §4 reliable ringing of a carrier is plain ringing for a caller who lacks it", async () => {
    const { a, b } = await ring("termination", {});
    expect(b.invite.header("Supported")).toContain("100rel");
    b.respond(b.invite, 180, { headers: ["Require: 100rel", "RSeq: 7"] });
    b.respond(await b.hear("PRACK"), 200);
    const ringing = await a.hear("180 INVITE");
    expect(ringing.header("Require") + ringing.header("RSeq")).toBe("");
    b.respond(b.invite, 486);
    await b.hear("ACK");
    a.ack(await a.hear("486 INVITE"));
  });

  it.each(["uac", "uas"] as const)(
    "RFC 4028 §9 a caller's session timer is agreed on, refreshed by the %s",
    async (refresher) => {
      const { a, b } = await ring("termination", {
        headers: ["Supported: timer", `Session-Expires: 1800;refresher=${refresher}`],
      });
      b.respond(b.invite, 200);
      const answer = await a.hear("200 INVITE");
      expect(answer.header("Session-Expires")).toBe(`1800;refresher=${refresher}`);
      expect([refresher, answer.header("Require")], "§9: a refreshing UAC must know").not.toEqual(["uac", ""]);
      a.ack(answer);
      await b.hear("ACK");
      a.request("UPDATE", { headers: ["Supported: timer", "Session-Expires: 1800;refresher=uac"] });
      expect((await a.hear("200 UPDATE")).header("Session-Expires")).toMatch(/^1800;refresher=uac/);
      await hangUp(a, b);
      expect(await ground.ended(answer.header("X-Twilio-CallSid"))).toMatchObject({ status: "completed" });
    },
  );

  it("RFC 4028 §9 an interval below the minimum is 422 with Min-SE", async () => {
    const number = "+49609999999";
    const a = ground.dial(number, { headers: ["Supported: timer", "Session-Expires: 30"] });
    const refusal = await a.hear("422 INVITE");
    expect(Number(refusal.header("Min-SE"))).toBeGreaterThanOrEqual(90);
    a.ack(refusal);
  });

  it("RFC 4028 §10 we refresh towards both sides when both leave it to us, every half interval", async () => {
    const { a, b } = await ring("termination", {
      headers: ["Supported: timer", "Session-Expires: 90;refresher=uas", ALLOW],
    });
    b.respond(b.invite, 200, {
      headers: ["Require: timer", "Session-Expires: 90;refresher=uac", ALLOW],
    });
    const answer = await a.hear("200 INVITE");
    expect(answer.header("Session-Expires")).toBe("90;refresher=uas");
    a.ack(answer);
    await b.hear("ACK");
    const refresh = await b.hear("UPDATE", 50_000);
    expect(refresh.header("Session-Expires")).toMatch(/^90;refresher=uac/);
    b.respond(refresh, 200, { headers: ["Require: timer", "Session-Expires: 90;refresher=uac"] });
    const onA = await a.hear("UPDATE", 5_000);
    expect(onA.header("Session-Expires")).toMatch(/^90;refresher=uac/);
    a.respond(onA, 200, { headers: ["Require: timer", "Session-Expires: 90;refresher=uac"] });
    const sid = answer.header("X-Twilio-CallSid");
    const hungUp = ground.platform.delete(`/trunkline/v1/LiveCalls/${sid}`);
    a.respond(await a.hear("BYE"), 200);
    b.respond(await b.hear("BYE"), 200);
    await hungUp;
    expect(await ground.ended(sid)).toMatchObject({ status: "completed", ended_by: "platform" });
  });
});

describe("afterwards", () => {
  it("nothing is left of all these calls: no call, session or transaction", async () => {
    await ground.idle();
  }, 50_000);
});
