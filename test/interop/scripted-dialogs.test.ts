import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Connected, layScriptGround, type ScriptGround } from "../support/script-ground.ts";
import { type ScriptedDialog, sdpOf } from "../support/scripted-dialog.ts";

let ground: ScriptGround;
beforeAll(async () => {
  ground = await layScriptGround();
});
afterAll(async () => {
  expect(ground.platform.log()).toBe("");
  await ground.stop();
});

const DIRECTIONS = ["termination", "origination"] as const;
type Direction = (typeof DIRECTIONS)[number];
const SIDES = [
  ["the caller", "a"],
  ["the callee", "b"],
] as const;

/** One number each: foreign ones for calls out, the PBX's own for calls in. */
let foreign = 0;
let own = 10;
function call(direction: Direction): Promise<Connected> {
  if (direction === "termination") return ground.connect(direction, `+4940${String(++foreign).padStart(7, "0")}`);
  own += 1;
  return ground.connect(direction, ground.platform.demo.numbers[own] as string);
}

/** One side hangs up, the other hears of it. */
async function hangUp(from: ScriptedDialog, to: ScriptedDialog): Promise<void> {
  from.request("BYE");
  await from.hear("200 BYE");
  to.respond(await to.hear("BYE"), 200);
}

/** A re-INVITE through the platform: what the asked side hears, answered with `answer`; gives what the asking side hears. */
async function change(from: ScriptedDialog, to: ScriptedDialog, offer: string, answer: string) {
  from.request("INVITE", { sdp: offer });
  const asked = await to.hear("INVITE");
  to.respond(asked, 200, { sdp: answer });
  await to.hear("ACK");
  const answered = await from.hear("200 INVITE");
  from.ack(answered);
  return { asked, answered };
}

const other = { a: "b", b: "a" } as const;

describe.concurrent("what happens inside a call, told by scripted peers on both sides", () => {
  it.each(DIRECTIONS)(
    "§15.1 BYEs that cross (%s): each gets its 200, and the record has one end",
    async (direction) => {
      const { a, b, sid } = await call(direction);
      a.request("BYE");
      b.request("BYE");
      await Promise.all([a.hear("200 BYE"), b.hear("200 BYE")]);
      const crossed = await Promise.all([a.silent("BYE", 700), b.silent("BYE", 1)]);
      expect(crossed).toContain(true);
      const record = await ground.ended(sid);
      expect(record.status).toBe("completed");
      expect(["caller", "callee"]).toContain(record.ended_by);
    },
  );

  it.each(SIDES)(
    "§14 %s holds and resumes by re-INVITE; the other side hears of both (RFC 3264 §8.4)",
    async (_who, side) => {
      const { a, b, sid } = await call("termination");
      const [from, to] = side === "a" ? [a, b] : [b, a];
      const raws = { a: ground.pbx, b: ground.carrier };
      const hold = await change(from, to, sdpOf(raws[side], "sendonly", 2), sdpOf(raws[other[side]], "recvonly", 2));
      expect(hold.asked.body).toContain("a=sendonly");
      expect(hold.answered.body).toContain("a=recvonly");
      const back = await change(from, to, sdpOf(raws[side], "sendrecv", 3), sdpOf(raws[other[side]], "sendrecv", 3));
      expect(back.asked.body).not.toContain("a=sendonly");
      expect(back.answered.body).not.toContain("a=recvonly");
      await hangUp(to, from);
      expect(await ground.ended(sid)).toMatchObject({
        status: "completed",
        ended_by: side === "a" ? "callee" : "caller",
      });
    },
  );

  it.each(SIDES)(
    "§14.2 %s asks for an offer by a re-INVITE without one, which the other end makes; its ACK brings the answer there",
    async (_who, side) => {
      const { a, b, sid } = await call("termination");
      const [from, to] = side === "a" ? [a, b] : [b, a];
      from.request("INVITE");
      const asked = await to.hear("INVITE");
      expect(asked.body).toBe("");
      const [rawFrom, rawTo] = side === "a" ? [ground.pbx, ground.carrier] : [ground.carrier, ground.pbx];
      to.respond(asked, 200, { sdp: sdpOf(rawTo, "sendrecv", 2) });
      const offered = await from.hear("200 INVITE");
      expect(offered.body).toContain("m=audio");
      from.ack(offered, { sdp: sdpOf(rawFrom, "sendrecv", 2) });
      expect((await to.hear("ACK")).body).toContain("m=audio");
      await hangUp(from, to);
      expect(await ground.ended(sid)).toMatchObject({ status: "completed" });
    },
  );

  it.each(DIRECTIONS)(
    "§14.1 re-INVITEs of both sides at once (%s): 491, back-off, and one of them goes through",
    async (direction) => {
      const { a, b, sid } = await call(direction);
      const [rawA, rawB] = direction === "termination" ? [ground.pbx, ground.carrier] : [ground.carrier, ground.pbx];
      a.request("INVITE", { sdp: sdpOf(rawA, "sendrecv", 2) });
      const asked = await b.hear("INVITE");
      b.request("INVITE", { sdp: sdpOf(rawB, "sendrecv", 2) });
      b.ack(await b.hear("491 INVITE"));
      b.respond(asked, 491);
      await b.hear("ACK");
      const repeated = await b.hear("INVITE", 5_000);
      expect(repeated.cseq.number).toBeGreaterThan(asked.cseq.number);
      b.respond(repeated, 200);
      await b.hear("ACK");
      a.ack(await a.hear("200 INVITE"));
      await hangUp(b, a);
      expect(await ground.ended(sid)).toMatchObject({ status: "completed", ended_by: "callee" });
    },
  );

  it("§14.1 a refused re-INVITE leaves the call as it was", async () => {
    const { a, b, sid } = await call("termination");
    a.request("INVITE", { sdp: sdpOf(ground.pbx, "sendonly", 2) });
    b.respond(await b.hear("INVITE"), 488);
    await b.hear("ACK");
    a.ack(await a.hear("488 INVITE"));
    expect(await b.silent("BYE", 300)).toBe(true);
    await hangUp(a, b);
    expect(await ground.ended(sid)).toMatchObject({ status: "completed", error_code: null });
  });

  it("§12.2.1.2 a side that no longer knows the call ends it: 481 to a re-INVITE, BYE to the other side", async () => {
    const { a, b, sid } = await call("termination");
    a.request("INVITE", { sdp: sdpOf(ground.pbx, "sendonly", 2) });
    b.respond(await b.hear("INVITE"), 481);
    await b.hear("ACK");
    const refused = await a.hear("488 INVITE");
    a.ack(refused);
    a.respond(await a.hear("BYE"), 200);
    expect(await ground.ended(sid)).toMatchObject({ status: "completed", ended_by: "callee" });
  });

  it("§12.2.2 a request with an old CSeq is 500, a carrier's of an unknown dialog 481, and the call stands", async () => {
    const { a, b, sid } = await call("termination");
    a.request("INFO");
    b.respond(await b.hear("INFO"), 200);
    await a.hear("200 INFO");
    a.request("INFO", { cseq: 1 });
    await a.hear("500 INFO");
    b.request("INFO", { tag: "stranger" });
    await b.hear("481 INFO");
    await hangUp(a, b);
    expect(await ground.ended(sid)).toMatchObject({ status: "completed" });
  });

  it("RFC 3311 §5.1 an UPDATE with an offer changes the session like a re-INVITE", async () => {
    const { a, b, sid } = await call("termination");
    a.request("UPDATE", { sdp: sdpOf(ground.pbx, "sendonly", 2) });
    const asked = await b.hear("INVITE");
    expect(asked.body).toContain("a=sendonly");
    b.respond(asked, 200, { sdp: sdpOf(ground.carrier, "recvonly", 2) });
    await b.hear("ACK");
    expect((await a.hear("200 UPDATE")).body).toContain("a=recvonly");
    await hangUp(a, b);
    expect(await ground.ended(sid)).toMatchObject({ status: "completed" });
  });

  it("§12.2.1.1 the target that a re-INVITE names is where the next request goes", async () => {
    const { a, b, sid } = await call("termination");
    const contact = `<sip:moved@${ground.carrier.address}:${ground.carrier.port};x=1>`;
    b.request("INVITE", { sdp: sdpOf(ground.carrier, "sendrecv", 2), contact });
    a.respond(await a.hear("INVITE"), 200);
    await a.hear("ACK");
    b.ack(await b.hear("200 INVITE"));
    a.request("BYE");
    await a.hear("200 BYE");
    const bye = await b.hear("BYE");
    expect(bye.startLine).toBe(`BYE ${contact.slice(1, -1)} SIP/2.0`);
    b.respond(bye, 200);
    expect(await ground.ended(sid)).toMatchObject({ status: "completed" });
  });

  it("contract §8.7 a REFER is 403 with 32218 and the call stands", async () => {
    const { a, b, sid } = await call("termination");
    a.request("REFER", { headers: ["Refer-To: <sip:+12025550100@192.0.2.1>"] });
    expect((await a.hear("403 REFER")).header("X-Twilio-Error")).toMatch(/^32218 /);
    await hangUp(b, a);
    expect(await ground.ended(sid)).toMatchObject({ status: "completed" });
  });
});

describe("afterwards", () => {
  it("nothing is left of all these calls: no call, session or transaction", async () => {
    await ground.idle();
  }, 50_000);
});
