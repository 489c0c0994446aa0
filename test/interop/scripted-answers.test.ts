import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RawSip } from "../support/raw-sip.ts";
import { addOriginationUrl, assignNumber, layScriptGround, type ScriptGround } from "../support/script-ground.ts";
import { sdpOf } from "../support/scripted-dialog.ts";

let ground: ScriptGround;
beforeAll(async () => {
  ground = await layScriptGround();
});
afterAll(async () => {
  expect(ground.platform.log()).toBe("");
  await ground.stop();
});

/** One number each, so that the calls do not hear each other. */
let numbers = 0;
const foreign = (): string => `+4930${String(++numbers).padStart(7, "0")}`;
/** Longest wait for the first retransmission of a 200 or 503: T1, then doubled. */
const REPEAT_MS = 3_000;

describe.concurrent("how a call begins, told by scripted peers on both sides", () => {
  it("§13.3.1.4 a 200 that is lost comes again until its ACK; a repeated 200 gets its ACK again (§13.2.2.4)", async () => {
    const number = foreign();
    const a = ground.dial(number);
    const b = await ground.called(ground.carrier, number);
    const answer = b.respond(b.invite, 200);
    await b.hear("ACK");
    b.repeat(answer);
    await b.hear("ACK");
    await a.hear("200 INVITE");
    const second = await a.hear("200 INVITE", REPEAT_MS);
    a.ack(second);
    a.request("BYE");
    await a.hear("200 BYE");
    b.respond(await b.hear("BYE"), 200);
    expect(await a.silent("200 INVITE", 2_500), "it stops with the ACK").toBe(true);
    const record = await ground.ended(second.header("X-Twilio-CallSid"));
    expect(record).toMatchObject({ status: "completed", ended_by: "caller", sip_status: 200, error_code: null });
    expect(record.trace.at(-1)).toMatchObject({ rule: "call.attempt", verdict: "pass" });
  });

  it("§13.3.1.4 a 200 that is never acknowledged ends the call with BYE to both sides and 32022", async () => {
    const number = foreign();
    const a = ground.dial(number);
    const b = await ground.called(ground.carrier, number);
    b.respond(b.invite, 200);
    const sid = (await a.hear("200 INVITE")).header("X-Twilio-CallSid");
    a.respond(await a.hear("BYE", 36_000), 200);
    b.respond(await b.hear("BYE"), 200);
    expect(await ground.ended(sid)).toMatchObject({ status: "completed", ended_by: "platform", error_code: 32022 });
  });

  it("§17.1.1 a 503 that was dropped comes after the repeated INVITE; each copy gets its ACK, and the next target is tried (TERM-12)", async () => {
    const number = foreign();
    const a = ground.dial(number);
    const b = await ground.called(ground.carrier, number);
    const again = await b.hear("INVITE", REPEAT_MS);
    expect(again.text).toBe(b.invite.text);
    const refusal = b.respond(again, 503);
    expect((await b.hear("ACK")).header("Via")).toBe(b.invite.header("Via"));
    b.repeat(refusal);
    await b.hear("ACK");
    const c = await ground.called(ground.spare, number);
    c.respond(c.invite, 200);
    const answer = await a.hear("200 INVITE");
    a.ack(answer);
    await c.hear("ACK");
    c.request("BYE");
    await c.hear("200 BYE");
    a.respond(await a.hear("BYE"), 200);
    const record = await ground.ended(answer.header("X-Twilio-CallSid"));
    expect(record).toMatchObject({ status: "completed", ended_by: "callee" });
    expect(record.attempts.map(({ status }) => status)).toEqual([503, 200]);
  });

  it("§17.2.1 a final answer that is dropped comes again until its ACK", async () => {
    const number = ground.platform.demo.numbers[11] as string;
    const a = ground.deliver(number);
    const b = await ground.called(ground.pbx, number);
    b.respond(b.invite, 503);
    await b.hear("ACK");
    await a.hear("503 INVITE");
    a.ack(await a.hear("503 INVITE", REPEAT_MS));
    expect(await a.silent("503 INVITE", 2_500)).toBe(true);
    const record = await ground.ended(b.invite.header("X-Twilio-CallSid"));
    expect(record).toMatchObject({ status: "failed", sip_status: 503, ended_by: "callee", error_code: 32011 });
    expect(record.attempts.map(({ status }) => status)).toEqual([503]);
  });

  it("§9.2 a CANCEL that comes after our 200 changes nothing: 200 to it, and the call stands", async () => {
    const number = foreign();
    const a = ground.dial(number);
    const b = await ground.called(ground.carrier, number);
    b.respond(b.invite, 200);
    const answer = await a.hear("200 INVITE");
    a.cancel();
    await a.hear("200 CANCEL");
    a.ack(answer);
    await b.hear("ACK");
    expect(await b.silent("BYE", 700)).toBe(true);
    a.request("BYE");
    await a.hear("200 BYE");
    b.respond(await b.hear("BYE"), 200);
    expect(await ground.ended(answer.header("X-Twilio-CallSid"))).toMatchObject({ status: "completed" });
  });

  it("§15 a 200 that crosses our CANCEL gets ACK and BYE; the caller has its 487", async () => {
    const number = foreign();
    const a = ground.dial(number);
    const b = await ground.called(ground.carrier, number);
    b.respond(b.invite, 180);
    const ringing = await a.hear("180 INVITE");
    a.cancel();
    await a.hear("200 CANCEL");
    const cancel = await b.hear("CANCEL");
    b.respond(b.invite, 200);
    b.respond(cancel, 200);
    await b.hear("ACK");
    b.respond(await b.hear("BYE"), 200);
    a.ack(await a.hear("487 INVITE"));
    const record = await ground.ended(ringing.header("X-Twilio-CallSid"));
    expect(record).toMatchObject({ status: "canceled", sip_status: 487, ended_by: "caller" });
  });

  it("§9.1 the CANCEL of a call that nobody has answered provisionally waits for the first 1xx", async () => {
    const number = foreign();
    const a = ground.dial(number);
    const b = await ground.called(ground.carrier, number);
    a.cancel();
    await a.hear("200 CANCEL");
    a.ack(await a.hear("487 INVITE"));
    expect(await b.silent("CANCEL", 300)).toBe(true);
    b.respond(b.invite, 180);
    b.respond(await b.hear("CANCEL"), 200);
    b.respond(b.invite, 487);
    await b.hear("ACK");
  });

  it("a carrier's 302 is not followed; the caller gets 502 (a redirection is for us, not for the caller)", async () => {
    const number = foreign();
    const a = ground.dial(number);
    const b = await ground.called(ground.carrier, number);
    b.respond(b.invite, 302, { contact: "<sip:elsewhere@192.0.2.1>" });
    await b.hear("ACK");
    const refusal = await a.hear("502 INVITE");
    a.ack(refusal);
    expect(refusal.text).not.toContain("192.0.2.1");
    const record = await ground.ended(refusal.header("X-Twilio-CallSid"));
    expect(record).toMatchObject({ status: "failed", sip_status: 502 });
    expect(record.attempts.map(({ status }) => status)).toEqual([302]);
  });

  it("§12.1 several early dialogs of a forking carrier are one to the caller; the 200 picks the peer of the call", async () => {
    const number = foreign();
    const a = ground.dial(number);
    const b = await ground.called(ground.carrier, number);
    const at = (fork: string) => ({
      tag: fork,
      contact: `<sip:${fork}@${ground.carrier.address}:${ground.carrier.port}>`,
    });
    b.respond(b.invite, 183, { ...at("one"), sdp: sdpOf(ground.carrier) });
    b.respond(b.invite, 180, at("two"));
    b.respond(b.invite, 183, { ...at("three"), sdp: sdpOf(ground.carrier) });
    const early = [await a.hear("183 INVITE"), await a.hear("180 INVITE")];
    b.respond(b.invite, 200, at("two"));
    const answer = await a.hear("200 INVITE");
    expect(new Set([...early, answer].map((heard) => heard.tag("To"))).size).toBe(1);
    a.ack(answer);
    const ack = await b.hear("ACK");
    expect(ack.startLine).toContain("sip:two@");
    expect(ack.tag("To")).toBe("two");
    b.respond(b.invite, 200, at("one"));
    expect((await b.hear("ACK")).tag("To"), "§13.2.2.4 a second 2xx is acknowledged").toBe("one");
    const unwanted = await b.hear("BYE");
    expect(unwanted.tag("To"), "and ended").toBe("one");
    b.respond(unwanted, 200);
    a.request("BYE");
    await a.hear("200 BYE");
    const bye = await b.hear("BYE");
    expect(bye.tag("To")).toBe("two");
    b.respond(bye, 200);
    expect(await ground.ended(answer.header("X-Twilio-CallSid"))).toMatchObject({ status: "completed" });
  });

  it("§12 two calls of one Call-ID at the same time are two calls", async () => {
    const [one, two] = [foreign(), foreign()];
    const a = ground.dial(one);
    const other = ground.dial(two, { callId: a.callId });
    const b = await ground.called(ground.carrier, one);
    const c = await ground.called(ground.carrier, two);
    expect(b.callId).not.toBe(c.callId);
    for (const callee of [b, c]) callee.respond(callee.invite, 200);
    const answer = await a.hear("200 INVITE");
    a.ack(answer);
    const second = await other.hear("200 INVITE");
    other.ack(second);
    a.request("BYE");
    await a.hear("200 BYE");
    b.respond(await b.hear("BYE"), 200);
    expect(await c.silent("BYE", 500)).toBe(true);
    other.request("BYE");
    await other.hear("200 BYE");
    c.respond(await c.hear("BYE"), 200);
    const sids = [answer, second].map((heard) => heard.header("X-Twilio-CallSid"));
    expect(new Set(sids).size).toBe(2);
    for (const sid of sids) expect(await ground.ended(sid)).toMatchObject({ status: "completed", ended_by: "caller" });
  });

  it("RFC 3262 §4 a reliable 183 of the carrier gets its PRACK, also when it comes twice, and its media reaches the caller", async () => {
    const number = foreign();
    const a = ground.dial(number);
    const b = await ground.called(ground.carrier, number);
    const reliable = { headers: ["Require: 100rel", "RSeq: 41"], sdp: sdpOf(ground.carrier) };
    const progress = b.respond(b.invite, 183, reliable);
    const prack = await b.hear("PRACK");
    expect(prack.header("RAck")).toBe(`41 ${b.invite.header("CSeq")}`);
    b.repeat(progress);
    b.respond(prack, 200);
    expect((await a.hear("183 INVITE")).body).toContain("m=audio");
    b.respond(b.invite, 200, { sdp: undefined });
    const answer = await a.hear("200 INVITE");
    a.ack(answer);
    await b.hear("ACK");
    b.request("BYE");
    await b.hear("200 BYE");
    a.respond(await a.hear("BYE"), 200);
    expect(await ground.ended(answer.header("X-Twilio-CallSid"))).toMatchObject({ status: "completed" });
  });

  it("ORIG-4 a silent target is given up after 4 s and the next origination URL is called; 32011 names the first", async () => {
    const { platform, pbx } = ground;
    const other = await RawSip.open("127.0.0.26");
    const trunk = await platform.post<{ sid: string }>("/v1/Trunks", { FriendlyName: "silent first" });
    const silent = `sip:${other.address}:${other.port}`;
    await addOriginationUrl(platform, trunk.sid, silent, 1);
    await addOriginationUrl(platform, trunk.sid, `sip:${pbx.address}:${pbx.port}`, 2);
    const number = platform.demo.numbers[19] as string;
    await assignNumber(platform, trunk.sid, number);
    const startedMs = performance.now();
    const a = ground.deliver(number);
    const dead = await ground.called(other, number);
    const b = await ground.called(pbx, number);
    expect(performance.now() - startedMs).toBeGreaterThan(3_900);
    expect(performance.now() - startedMs).toBeLessThan(8_000);
    b.respond(b.invite, 486);
    await b.hear("ACK");
    const refusal = await a.hear("486 INVITE");
    a.ack(refusal);
    expect(dead.invite.header("X-Twilio-CallSid")).toBe(b.invite.header("X-Twilio-CallSid"));
    dead.respond(dead.invite, 200);
    await dead.hear("ACK");
    dead.respond(await dead.hear("BYE"), 200);
    const record = await ground.ended(b.invite.header("X-Twilio-CallSid"));
    expect(record).toMatchObject({ status: "busy", direction: "trunking-originating", sip_status: 486 });
    expect(record.attempts.map(({ status }) => status)).toEqual([408, 486]);
    expect(JSON.stringify(record.trace)).toContain(silent);
    other.close();
  });
});

describe("afterwards", () => {
  it("nothing is left of all these calls: no call, session or transaction", async () => {
    await ground.idle();
  }, 50_000);
});
