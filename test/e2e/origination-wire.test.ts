import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RawSip } from "../support/raw-sip.ts";
import { layScriptGround, type ScriptGround } from "../support/script-ground.ts";
import { type Heard, sdpOf } from "../support/scripted-dialog.ts";

let ground: ScriptGround;
let trunkSid = "";
beforeAll(async () => {
  ground = await layScriptGround();
  const { trunks } = await ground.platform.get<{ trunks: { sid: string; domain_name: string }[] }>("/v1/Trunks");
  trunkSid = trunks.find(({ domain_name }) => domain_name === ground.domain)?.sid ?? "";
});
afterAll(async () => {
  expect(ground.platform.log()).toBe("");
  await ground.stop();
});

/** What a carrier adds to a call: what goes on, and what does not. */
const FROM_CARRIER = [
  'P-Asserted-Identity: "Ann" <sip:+493012345@carrier.example>',
  "Record-Route: <sip:10.9.9.9;lr>",
  "User-Agent: CarrierSBC/1.0",
  "Subject: billing question",
  "X-Inner: 10.1.2.3",
];
const number = (): string => ground.platform.demo.numbers[10] ?? "";

/** A header line's name; the values of one name stand together in these tables. */
function table(message: Heard): readonly (readonly [name: string, value: string])[] {
  const [head = ""] = message.text.split("\r\n\r\n");
  return head
    .split("\r\n")
    .slice(1)
    .map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
    });
}

/** Each line of the table as it has to be, in this order; nothing else may be there. */
function expectTable(message: Heard, wanted: readonly (readonly [name: string, value: string | RegExp])[]): void {
  const lines = table(message);
  expect(lines.map(([name]) => name)).toEqual(wanted.map(([name]) => name));
  for (const [index, [name, value]] of wanted.entries()) {
    const said = lines[index]?.[1] ?? "";
    if (typeof value === "string") expect(`${name}: ${said}`).toBe(`${name}: ${value}`);
    else expect(said, name).toMatch(value);
  }
}

describe("ORIG-11, contract §8.5: a call at the customer's server, line by line", () => {
  /**
   * Differs from the contract's table where that is the requirement's improvement or the RFC's word: one Via and a Contact that can be
   * reached, so no Record-Route; no port in From (RFC 3261 §19.1.1); our own product name; what we can do is in Allow and Supported.
   */
  it("INVITE, ACK and BYE", async () => {
    const a = ground.deliver(number(), { headers: FROM_CARRIER });
    const b = await ground.called(ground.pbx, number());
    const { sipHost, sipPort, zone, demo } = ground.platform;
    const { pbx, domain } = ground;
    const us = `${sipHost}:${sipPort}`.replaceAll(".", "\\.");
    expect(b.invite.startLine).toBe(`INVITE sip:${number()}@${pbx.address}:${pbx.port} SIP/2.0`);
    expectTable(b.invite, [
      ["Via", new RegExp(`^SIP/2\\.0/UDP ${us};branch=z9hG4bK[0-9a-f]{24};rport$`)],
      ["Max-Forwards", "69"],
      ["From", new RegExp(`^<sip:\\+493012345@${domain}>;tag=[0-9a-f]{16}$`)],
      ["To", `<sip:${number()}@${pbx.address}>`],
      ["Call-ID", /^[0-9a-f]{32}$/],
      ["CSeq", "1 INVITE"],
      ["Contact", `<sip:+493012345@${sipHost}:${sipPort}>`],
      ["Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, PRACK, INFO, REFER"],
      ["Supported", "100rel, timer"],
      ["User-Agent", "Trunkline"],
      ["Session-Expires", "1800"],
      ["P-Asserted-Identity", `<sip:+493012345@${domain}>`],
      ["Diversion", `<sip:${number()}@${zone}>;reason=unconditional`],
      ["X-Twilio-AccountSid", demo.accountSid],
      ["X-Twilio-CallSid", /^CA[0-9a-f]{32}$/],
      ["Subject", "billing question"],
      ["X-Trunkline-Hops", /^[0-9a-f]{8}$/],
      ["Content-Type", "application/sdp"],
      ["Content-Length", String(b.invite.body.length)],
    ]);
    expect(b.invite.header("Call-ID")).not.toBe(a.callId);
    expect(b.invite.text).not.toMatch(/10\.(?:9|1)\.|CarrierSBC|carrier\.example|Ann/);
    expect(b.invite.body).toContain(`c=IN IP4 ${sipHost}\r\n`);
    expect(b.invite.body).not.toContain(ground.carrier.address);
    const sid = b.invite.header("X-Twilio-CallSid");

    b.respond(b.invite, 200);
    const answer = await a.hear("200 INVITE");
    expect([answer.header("X-Twilio-CallSid"), answer.header("Server")]).toEqual([sid, "Trunkline"]);
    a.ack(answer);
    const ack = await b.hear("ACK");
    expect([ack.header("X-Twilio-CallSid"), ack.all("Via").length, ack.header("Max-Forwards")]).toEqual([sid, 1, "70"]);
    a.request("BYE", { headers: ['Reason: Q.850;cause=16;text="Normal call clearing"'] });
    await a.hear("200 BYE");
    const bye = await b.hear("BYE");
    expect(bye.header("Reason")).toBe('Q.850;cause=16;text="Normal call clearing"');
    expect(bye.all("X-Twilio-CallSid")).toEqual([sid]);
    b.respond(bye, 200);
    expect(await ground.ended(sid)).toMatchObject({ status: "completed", ended_by: "caller" });
  });

  it("BYE has a Reason of ours when the peer gave none (RFC 3326)", async () => {
    const { a, b } = await ground.connect("origination", number());
    a.request("BYE");
    await a.hear("200 BYE");
    const bye = await b.hear("BYE");
    expect(bye.header("Reason")).toBe('Q.850;cause=16;text="caller hung up"');
    b.respond(bye, 200);
  });

  it("ORIG-2, ORIG-6: parameters stay, its own user part replaces the number, and its headers come last", async () => {
    const { pbx, platform } = ground;
    const url = `sip:queue@${pbx.address}:${pbx.port};transport=udp;lr?X-Site=Berlin%20Mitte&X-Tier=2`;
    const form = { FriendlyName: "queue", SipUrl: url, Priority: "0", Weight: "1", Enabled: "true" };
    const own = await platform.post<{ sid: string }>(`/v1/Trunks/${trunkSid}/OriginationUrls`, form);
    const a = ground.deliver(number());
    const b = await ground.called(pbx, "queue");
    expect(b.invite.startLine).toBe(`INVITE sip:queue@${pbx.address}:${pbx.port};transport=udp;lr SIP/2.0`);
    expect(b.invite.header("To")).toBe(`<sip:${number()}@${pbx.address};transport=udp;lr>`);
    const names = table(b.invite).map(([name]) => name);
    expect(names.slice(-4)).toEqual(["X-Site", "X-Tier", "Content-Type", "Content-Length"]);
    expect([b.invite.header("X-Site"), b.invite.header("X-Tier")]).toEqual(["Berlin Mitte", "2"]);
    b.respond(b.invite, 486);
    await b.hear("ACK");
    a.ack(await a.hear("486 INVITE"));
    await platform.delete(`/v1/Trunks/${trunkSid}/OriginationUrls/${own.sid}`);
  });

  it("a caller who withholds the number is anonymous on the wire, and Privacy is passed on", async () => {
    const a = ground.deliver(number(), {
      from: "sip:anonymous@anonymous.invalid",
      headers: ["P-Asserted-Identity: <sip:+493099887@carrier.example>", "Privacy: id"],
    });
    const b = await ground.called(ground.pbx, number());
    expect(b.invite.header("From")).toMatch(/^"?Anonymous"? <sip:anonymous@anonymous\.invalid>;tag=/);
    expect(b.invite.header("Privacy")).toBe("id");
    expect(b.invite.text).not.toContain("493099887");
    b.respond(b.invite, 486);
    await b.hear("ACK");
    a.ack(await a.hear("486 INVITE"));
  });
});

describe("ORIG-9: 302 on the wire", () => {
  it("is acknowledged and followed; a second one is 502 with 32219 and its trace", async () => {
    const a = ground.deliver(number());
    const b = await ground.called(ground.pbx, number());
    const elsewhere = await RawSip.open("127.0.0.25");
    b.respond(b.invite, 302, { contact: `<sip:agent@${elsewhere.address}:${elsewhere.port}>;q=0.3` });
    await b.hear("ACK");
    const c = await ground.called(elsewhere, "agent");
    expect(c.invite.header("X-Twilio-CallSid")).toBe(b.invite.header("X-Twilio-CallSid"));
    c.respond(c.invite, 302, { contact: `<sip:other@${elsewhere.address}:${elsewhere.port}>` });
    await c.hear("ACK");
    const refusal = await a.hear("502 INVITE");
    expect(refusal.header("X-Twilio-Error")).toMatch(/^32219 /);
    a.ack(refusal);
    const record = await ground.ended(b.invite.header("X-Twilio-CallSid"));
    expect(record).toMatchObject({ error_code: 32219, ended_by: "platform" });
    expect(record.attempts.map(({ status }) => status)).toEqual([302, 302]);
    expect(record.trace.slice(-4).map(({ rule, verdict }) => `${rule} ${verdict}`)).toEqual([
      "call.attempt info",
      "origination.redirect pass",
      "call.attempt info",
      "origination.redirect refuse",
    ]);
    elsewhere.close();
  });

  it("who is there answers, and the session is theirs", async () => {
    const a = ground.deliver(number());
    const b = await ground.called(ground.pbx, number());
    const elsewhere = await RawSip.open("127.0.0.25");
    b.respond(b.invite, 302, { contact: `<sip:${elsewhere.address}:${elsewhere.port}>` });
    await b.hear("ACK");
    const c = await ground.called(elsewhere, number());
    c.respond(c.invite, 200, { sdp: sdpOf(elsewhere) });
    const answer = await a.hear("200 INVITE");
    a.ack(answer);
    await c.hear("ACK");
    c.request("BYE");
    await c.hear("200 BYE");
    const bye = await a.hear("BYE");
    a.respond(bye, 200);
    const record = await ground.ended(answer.header("X-Twilio-CallSid"));
    expect(record).toMatchObject({ status: "completed", ended_by: "callee" });
    elsewhere.close();
  });
});
