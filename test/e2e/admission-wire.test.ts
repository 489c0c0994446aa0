import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { RawSip } from "../support/raw-sip.ts";
import { layScriptGround, type ScriptGround } from "../support/script-ground.ts";
import { type Called, type Heard, ScriptedDialog, sdpOf } from "../support/scripted-dialog.ts";

let ground: ScriptGround;
beforeAll(async () => {
  ground = await layScriptGround();
});
afterAll(async () => {
  await ground.idle();
  expect(ground.platform.log()).toBe("");
  await ground.stop();
}, 60_000);

let numbers = 0;
/** A number of the scripted carrier's. */
const foreign = (): string => `+4960${String(++numbers).padStart(7, "0")}`;

/** Calls out with that INVITE; gives what reached the carrier, after the call was refused there. */
async function carried(said: Partial<Called>): Promise<Heard> {
  const number = foreign();
  const a = ground.dial(number, said);
  const b = await ground.called(ground.carrier, number);
  b.respond(b.invite, 486);
  await b.hear("ACK");
  a.ack(await a.hear("486 INVITE"));
  return b.invite;
}

/** Header names of a message in lower case. */
function namesOf({ text }: Heard): readonly string[] {
  const [head = ""] = text.split("\r\n\r\n");
  return head.split("\r\n").map((line) => line.slice(0, line.indexOf(":")).toLowerCase());
}

describe("LIM-4: what of leg A's INVITE reaches leg B", () => {
  /** All there may be towards a carrier whom nobody told to add anything. */
  const MAY_BE = new Set(
    `via max-forwards from to call-id cseq contact allow supported user-agent session-expires p-asserted-identity privacy diversion
    priority subject user-to-user x-branded-callreason x-trunkline-hops content-type content-length`.split(/\s+/),
  );

  it("Priority, Subject and User-to-User go on as they are written, and nothing else that was not asked for", async () => {
    const invite = await carried({
      headers: [
        "Priority: urgent",
        "s: Hello",
        "User-to-User: 56a390f3d2b7310023a2;encoding=hex",
        "X-Customer: 42",
        "X-Twilio-AccountSid: AC00000000000000000000000000000000",
        "Call-Info: <http://10.1.2.3/face.jpg>",
        "Organization: Acme",
        "Reply-To: <sip:a@10.1.2.3>",
        "Geolocation: <cid:a@b>",
        "Identity: forged",
        "Alert-Info: <http://10.1.2.3/ring.wav>",
        "P-Charging-Vector: icid-value=1",
        "Replaces: a;to-tag=b;from-tag=c",
        "Authorization: Digest username=x",
      ],
    });
    expect(namesOf(invite).filter((name, index) => index > 0 && !MAY_BE.has(name))).toEqual([]);
    expect([invite.header("Priority"), invite.header("Subject")]).toEqual(["urgent", "Hello"]);
    expect(invite.header("User-to-User")).toBe("56a390f3d2b7310023a2;encoding=hex");
    expect(invite.text).not.toMatch(/10\.1\.2\.3|forged|Acme|X-Customer/);
  });

  const injections: [title: string, said: Partial<Called>][] = [
    ["an escaped line break in a copied header", { headers: ["Subject: a%0d%0aX-Evil: 1"] }],
    ["a folded line", { headers: ["Subject: a\r\n X-Evil: 1"] }],
    ["a folded line, by a tab, twice", { headers: ["Priority: a\r\n\tX-Evil: 1\r\n \tVia: SIP/2.0/UDP 10.9.9.9"] }],
    ["an octet that is a line break elsewhere (NEL)", { headers: ["Subject: a\u0085X-Evil: 1"] }],
    ["a vertical tab and a form feed", { headers: ["Subject: a\u000bX-Evil: 1", "Priority: a\u000cX-Evil: 1"] }],
    ["a null octet", { headers: ["Subject: a\u0000X-Evil: 1"] }],
    [
      "UTF-8 whose second octet is a line break's beside it",
      { headers: ["Subject: \u00c4\u008a\u00c4\u008dX-Evil: 1"] },
    ],
    [
      "a display name with escapes and quotes",
      { write: (text) => text.replace(/^From: </m, 'From: "a\\"%0d%0aX-Evil: 1\\\\" <') },
    ],
    ["a display name in UTF-8", { write: (text) => text.replace(/^From: </m, 'From: "\u00c4\u008aX-Evil: 1" <') }],
    ["a call reason", { headers: ["X-Branded-CallReason: a%0aX-Evil: 1"] }],
    ["a Diversion", { headers: ["Diversion: <sip:+14155550111@x.example>;reason=a%0d%0aX-Evil: 1"] }],
    ["a loop mark", { headers: ["X-Trunkline-Hops: 00000000\r\n X-Evil: 1"] }],
    ["a Privacy", { headers: ["Privacy: id%0d%0aX-Evil: 1"] }],
  ];
  it.each(injections)("header injection: %s makes no header", async (_title, said) => {
    const invite = await carried(said);
    const names = namesOf(invite);
    expect(names).not.toContain("x-evil");
    expect(names.filter((name, index) => index > 0 && !MAY_BE.has(name))).toEqual([]);
    expect(names.filter((name) => name === "via")).toHaveLength(1);
    // Nor for a reader who takes any control character for the end of a line.
    expect(invite.text.split("\r\n\r\n")[0]?.replace(/\r\n/g, "")).not.toMatch(/[^\t\x20-\x7e\x80-\xff]/);
  });

  it("TERM-6: Max-Forwards goes down by one; what is left of it reaches the carrier", async () => {
    const lower = (by: string) => (text: string) => text.replace("Max-Forwards: 70", `Max-Forwards: ${by}`);
    expect((await carried({ write: lower("21") })).header("Max-Forwards")).toBe("20");
    const a = ground.dial(foreign(), { write: lower("0") });
    const refusal = await a.hear("483 INVITE");
    expect(refusal.header("X-Twilio-Error")).toMatch(/^32006 /);
    a.ack(refusal);
  });

  it("Route is nobody's but ours: the call goes to its carrier, not where a Route points", async () => {
    const { platform, spare } = ground;
    const foreignRoute = await carried({ headers: [`Route: <sip:${spare.address}:${spare.port};lr>`] });
    expect(foreignRoute.all("Route")).toEqual([]);
    const ownRoute = await carried({ headers: [`Route: <sip:${platform.sipHost}:${platform.sipPort};lr>`] });
    expect(ownRoute.all("Route")).toEqual([]);
    expect(spare.waiting().filter((text) => text.startsWith("INVITE"))).toEqual([]);
  });

  it("a call that comes back for the same number a third time is a loop: 482 with 32006", async () => {
    const number = foreign();
    const hops: string[] = [];
    for (let round = 0; round < 2; round++) {
      const a = ground.dial(number, hops.length > 0 ? { headers: [`X-Trunkline-Hops: ${hops.at(-1)}`] } : {});
      const b = await ground.called(ground.carrier, number);
      hops.push(b.invite.header("X-Trunkline-Hops"));
      b.respond(b.invite, 486);
      await b.hear("ACK");
      a.ack(await a.hear("486 INVITE"));
    }
    expect(hops[1]).toBe(`${hops[0]}, ${hops[0]}`);
    const third = ground.dial(number, { headers: [`X-Trunkline-Hops: ${hops[1]}`] });
    const refusal = await third.hear("482 INVITE");
    expect(refusal.header("X-Twilio-Error")).toMatch(/^32006 /);
    third.ack(refusal);
    const junk = Array.from({ length: 60 }, (_unused, i) => `X-Junk-${i}: ${"x".repeat(60)}`);
    const hidden = ground.dial(number, { headers: [...junk, `X-Trunkline-Hops: ${hops[1]}`] });
    hidden.ack(await hidden.hear("482 INVITE"));
  });
});

describe("SEC-2: media that the trunk does not take", () => {
  it("SRTP on a trunk that is not secure is 488 with 32207; nobody is called", async () => {
    const number = foreign();
    const sdp = sdpOf(ground.pbx).replace("RTP/AVP", "RTP/SAVP");
    const crypto = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n";
    const a = ground.dial(number, { sdp: sdp + crypto });
    const refusal = await a.hear("488 INVITE");
    expect(refusal.header("X-Twilio-Error")).toMatch(/^32207 /);
    a.ack(refusal);
    expect(ground.carrier.waiting().filter((text) => text.includes(number))).toEqual([]);
    expect(await ground.ended(refusal.header("X-Twilio-CallSid"))).toMatchObject({ error_code: 32207, attempts: [] });
  });
});

describe("RFC 3261 §12.2.1.2: a dialog that the platform has lost", () => {
  const lostBye = (raw: RawSip): ScriptedDialog => {
    const place = { host: ground.platform.sipHost, port: ground.platform.sipPort };
    const dialog = ScriptedDialog.call(raw, place, {
      uri: `sip:+4960000@${ground.platform.sipHost}:${ground.platform.sipPort}`,
      from: `sip:+4960001@${ground.domain}`,
      sdp: undefined,
      write: (text) =>
        text.replaceAll("INVITE", "BYE").replace(/^To: .*$/m, `To: <sip:+4960000@${ground.domain}>;tag=lost`),
    });
    return dialog;
  };

  it("is 481 for the PBX whose address the trunk's list has, and nothing for anybody else", async () => {
    expect((await lostBye(ground.pbx).hear("481 BYE")).header("To")).toContain("tag=lost");
    const stranger = await RawSip.open("127.0.0.77");
    expect(await lostBye(stranger).silent("481 BYE", 1_000)).toBe(true);
    stranger.close();
  });
});

describe("LIM-1: limits set by API hold on the next calls", () => {
  const limits: [
    title: string,
    form: Readonly<Record<string, string>>,
    phrase: string,
    code: number,
    mostSec: number,
  ][] = [
    ["calls per second", { MaxCps: "0.1", Burst: "1" }, "Trunk CPS limit exceeded", 32001, 10],
    ["calls at once", { MaxConcurrentCalls: "0" }, "Trunk concurrent call limit exceeded", 10004, 5],
  ];
  it.each(limits)(
    "%s: 503 that names the limit, with Retry-After, record and trace",
    async (_t, form, phrase, code, most) => {
      const { platform, domain } = ground;
      const { trunks } = await platform.get<{ trunks: { sid: string; domain_name: string }[] }>("/v1/Trunks");
      const OwnerSid = trunks.find(({ domain_name }) => domain_name === domain)?.sid ?? "";
      await platform.post("/trunkline/v1/Limits", { OwnerSid, ...form });
      const refusal = await eventually("a refusal", () => answerTo(503));
      expect(refusal.startLine).toBe(`SIP/2.0 503 ${phrase}`);
      expect(refusal.header("X-Twilio-Error")).toMatch(new RegExp(`^${code} `));
      expect(refusal.header("Reason")).toContain(`${phrase}: ${OwnerSid} may have`);
      expect(Number(refusal.header("Retry-After"))).toBeGreaterThan(0);
      expect(Number(refusal.header("Retry-After"))).toBeLessThanOrEqual(most);
      const record = await ground.ended(refusal.header("X-Twilio-CallSid"));
      expect(record).toMatchObject({ status: "failed", sip_status: 503, error_code: code, attempts: [] });
      expect(record.trace.at(-1)).toMatchObject({ rule: "termination.limits", verdict: "refuse" });
      await platform.delete(`/trunkline/v1/Limits/${OwnerSid}`);
      expect(await eventually("calls pass again", () => answerTo(486))).toBeDefined();
    },
  );

  /** One call, refused by the carrier if it gets there; its answer, if it is that one. */
  async function answerTo(status: number): Promise<Heard | undefined> {
    const number = foreign();
    const a = ground.dial(number);
    const b = await ScriptedDialog.called(ground.carrier, place(), number, 300).catch(() => undefined);
    b?.respond(b.invite, 486);
    const answer = await a.hear(b ? "486 INVITE" : "503 INVITE");
    a.ack(answer);
    return answer.label === `${status} INVITE` ? answer : undefined;
  }

  const place = () => ({ host: ground.platform.sipHost, port: ground.platform.sipPort });
});
