import type { ExtraHeader, OutgoingInvite, Session, SessionEvent, SipRequest } from "@trunkline/sip";
import { describe, expect, it } from "vitest";
import type { Phone, PhoneOptions } from "../../../test/support/lent-fixtures.ts";
import { CARRIER, EdgeWorld, PBX } from "./edge-world.fixture.ts";

const RELIABLE: PhoneOptions["agent"] = { supported: ["100rel"], reliableProgress: "when-supported" };
const DEMANDED: Partial<OutgoingInvite> = { headers: [["Require", "100rel"]] };
const TIMER = (ask: boolean): PhoneOptions["agent"] => ({
  supported: ["timer"],
  sessionTimer: { intervalSec: 90, ask },
});

/** Accepts what is offered in the call, and INFO. */
const agrees = (event: SessionEvent): void => {
  if (event.kind === "offer") event.reply.accept(event.sdp === undefined ? "mine" : `ok ${event.sdp}`);
  if (event.kind === "request") event.respond(200);
};
const answers = (session: Session): void => session.answer("answer-b");

type Setting = { readonly world: EdgeWorld; readonly pbx: Phone; readonly carrier: Phone; readonly legA: Session };

/** A call of the PBX, with what either side can do. */
function calling(
  can: { readonly a?: PhoneOptions["agent"]; readonly b?: PhoneOptions["agent"] },
  onInvite: (session: Session) => void,
  invite: Partial<OutgoingInvite> = {},
): Setting {
  const world = new EdgeWorld();
  const carrier = world.phone(CARRIER, { ...(can.b ? { agent: can.b } : {}), onInvite, onEvent: agrees });
  const pbx = world.phone(PBX, { ...(can.a ? { agent: can.a } : {}), onEvent: agrees });
  return { world, pbx, carrier, legA: world.call(pbx, undefined, invite) };
}

function incoming(carrier: Phone): Session {
  const [session] = carrier.incoming;
  if (!session) throw new Error("the carrier was not called");
  return session;
}

describe("100rel (RFC 3262), each leg for itself", () => {
  const early = (session: Session): void => {
    session.progress(183, "Session Progress", "early-b");
  };
  const cases: [
    title: string,
    can: Parameters<typeof calling>[0],
    invite: Partial<OutgoingInvite>,
    pracks: string[],
  ][] = [
    ["both have it", { a: RELIABLE, b: RELIABLE }, DEMANDED, [PBX, CARRIER]],
    ["only the caller", { a: RELIABLE }, DEMANDED, [PBX]],
    ["only the callee", { b: RELIABLE }, {}, [CARRIER]],
    ["nobody", {}, {}, []],
  ];
  it.each(cases)("%s", async (_title, can, invite, pracks) => {
    const { world, pbx, carrier, legA } = calling(can, early, invite);
    await world.pass(1_000);
    const heard = world.network.trace.filter((line) => / PRACK /.test(line)).map((line) => line.split(" ")[1] ?? "");
    const who = heard.map((from) => (from.startsWith(PBX) ? PBX : CARRIER));
    expect(who.sort()).toEqual([...pracks].sort());
    expect(pbx.heard).toContain("progress 183");
    incoming(carrier).answer("early-b");
    await world.pass(1_000);
    expect([pbx.heard.at(-1), carrier.heard.at(-1)]).toEqual(["answer", "acknowledged"]);
    legA.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it("a caller told reliably is offered what another phone answered", async () => {
    const { world, pbx, carrier, legA } = calling({ a: RELIABLE }, early, DEMANDED);
    await world.pass(1_000);
    incoming(carrier).answer("answer-b");
    await world.pass(2_000);
    expect(pbx.heard).toEqual(["trying", "progress 183", "answer", "offer INVITE relayed answer-b"]);
    expect(carrier.heard).toEqual(["acknowledged"]);
    legA.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it("RFC 3311: an early UPDATE of either side is answered at once, and the other hears of it after the answer", async () => {
    const { world, pbx, carrier, legA } = calling({ a: RELIABLE, b: RELIABLE }, early, DEMANDED);
    await world.pass(1_000);
    incoming(carrier).offer("moved-b", "UPDATE");
    legA.offer("moved-a", "UPDATE");
    await world.pass(1_000);
    expect(carrier.heard).toEqual([expect.stringMatching(/^offer-answered 200 relayed offer/)]);
    expect(pbx.heard.slice(2)).toEqual([expect.stringMatching(/^offer-answered 200 relayed /)]);
    incoming(carrier).answer(undefined);
    await world.pass(3_000);
    expect(carrier.heard).toContain("offer INVITE relayed moved-a");
    expect(pbx.heard.some((word) => word.startsWith("offer INVITE relayed"))).toBe(true);
    legA.hangup();
    expect(await world.finish()).toEqual([]);
  });
});

describe("session timers (RFC 4028), each leg for itself", () => {
  const cases: [title: string, a: PhoneOptions["agent"], b: PhoneOptions["agent"]][] = [
    ["the caller asks for one", TIMER(true), undefined],
    ["the callee has them", undefined, TIMER(true)],
    ["both do", TIMER(true), TIMER(true)],
    ["nobody does", undefined, undefined],
  ];
  it.each(cases)("%s: the call lives as long as both sides do", async (_title, a, b) => {
    const { world, pbx, carrier, legA } = calling({ ...(a ? { a } : {}), ...(b ? { b } : {}) }, answers);
    await world.pass(4_000_000);
    expect(world.core.counts().calls).toBe(1);
    expect([pbx.heard, carrier.heard].flat().filter((word) => word.startsWith("ended"))).toEqual([]);
    legA.hangup();
    expect(await world.finish()).toEqual([]);
    expect(world.record()).toMatchObject({ status: "completed", endedBy: "caller" });
  });

  it.each([
    ["caller", PBX],
    ["callee", CARRIER],
  ] as const)("a dead %s ends the call, and the record says so", async (who, dead) => {
    const { world, pbx, carrier } = calling({ a: TIMER(true), b: TIMER(true) }, answers);
    await world.pass(10_000);
    world.network.rule = ({ from, to }) => (from.startsWith(dead) || to.startsWith(dead) ? "lose" : undefined);
    await world.pass(2_000_000);
    const alive = dead === PBX ? carrier : pbx;
    expect(alive.heard.at(-1)).toBe("ended bye");
    expect(world.record()).toMatchObject({
      status: "completed",
      endedBy: who,
      reason: expect.stringContaining("is gone"),
    });
    // A session interval and the time of a last question, no more: the rest of the call is nobody's bill (D17).
    expect(world.record()?.durationSec).toBeLessThan(1_900);
    expect(await world.finish()).toEqual([]);
  });
});

describe("both sides at once", () => {
  it("RFC 3261 §14.1: offers that cross are both made in the end", async () => {
    const { world, pbx, carrier, legA } = calling({}, answers);
    await world.pass(1_000);
    legA.offer("hold-a");
    incoming(carrier).offer("hold-b");
    await world.pass(20_000);
    expect(carrier.heard.filter((word) => word.startsWith("offer"))).toEqual(
      expect.arrayContaining(["offer INVITE relayed hold-a", expect.stringMatching(/^offer-answered 200 /)]),
    );
    expect(pbx.heard.filter((word) => word.startsWith("offer"))).toEqual(
      expect.arrayContaining(["offer INVITE relayed hold-b", expect.stringMatching(/^offer-answered 200 /)]),
    );
    legA.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it("a 491 that stays is the asking side's answer, and the call goes on", async () => {
    const world = new EdgeWorld();
    const onEvent = (event: SessionEvent): void => {
      if (event.kind === "offer") event.reply.reject(491, "Request Pending");
    };
    world.phone(CARRIER, { onInvite: answers, onEvent });
    const pbx = world.phone(PBX);
    const legA = world.call(pbx);
    await world.pass(1_000);
    legA.offer("hold-a");
    await world.pass(300_000);
    expect(pbx.heard.at(-1)).toBe("offer-answered 491 -");
    expect(world.core.counts().calls).toBe(1);
    legA.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it("hold, resumption and another codec pass from either side, one after the other", async () => {
    const { world, pbx, carrier, legA } = calling({}, answers);
    await world.pass(1_000);
    for (const sdp of ["a=sendonly", "a=sendrecv", "m=audio 9 RTP/AVP 8"]) {
      legA.offer(sdp);
      await world.pass(1_000);
      incoming(carrier).offer(`${sdp} b`, "UPDATE");
      await world.pass(1_000);
    }
    const offers = (phone: Phone): string[] => phone.heard.filter((word) => word.startsWith("offer INVITE"));
    expect(offers(carrier)).toHaveLength(3);
    expect(offers(pbx)).toHaveLength(3);
    expect(pbx.heard.filter((word) => word.startsWith("offer-answered 200"))).toHaveLength(3);
    legA.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it("BYEs that cross are both answered, and the call ends once", async () => {
    const { world, pbx, carrier, legA } = calling({}, answers);
    await world.pass(1_000);
    legA.hangup();
    incoming(carrier).hangup();
    await world.pass(1_000);
    expect([pbx.heard.at(-1), carrier.heard.at(-1)]).toEqual(["ended local", "ended local"]);
    expect(world.events.filter(({ kind }) => kind === "ended")).toHaveLength(1);
    expect(await world.finish()).toEqual([]);
  });

  it("CANCEL against 200 at every moment: both sides agree, and nobody is left in a call", async () => {
    for (let afterMs = 0; afterMs <= 80; afterMs += 2) {
      const { world, pbx, carrier, legA } = calling({}, (session) => {
        session.progress(180);
        world.network.clock.setTimer(20, () => session.answer("answer-b"));
      });
      await world.pass(40 + afterMs);
      if (pbx.heard.includes("answer")) legA.hangup();
      else legA.cancel();
      expect(await world.finish()).toEqual([]);
      // A 200 of ours that crosses the CANCEL is an answered call, ended at once; the caller takes it for its own success (§9.1).
      const { status, durationSec } = world.record() ?? {};
      expect(["canceled", "completed"], `after ${afterMs} ms`).toContain(status);
      if (pbx.heard.includes("answer")) expect(status).toBe("completed");
      expect(durationSec).toBeLessThan(2);
      expect(carrier.incoming.every(({ state }) => state === "ended")).toBe(true);
    }
  });

  it("two INVITEs of one Call-ID are two calls when their From tags differ", async () => {
    const world = new EdgeWorld();
    const carrier = world.phone(CARRIER, { onInvite: answers });
    const pbx = world.phone(PBX);
    const calls = [1, 2].map(() => world.call(pbx, undefined, { callId: "shared@pbx" }));
    await world.pass(1_000);
    expect([carrier.incoming.length, world.core.counts().calls]).toEqual([2, 2]);
    calls[0]?.hangup();
    await world.pass(1_000);
    expect([carrier.heard.filter((word) => word === "ended bye").length, world.core.counts().calls]).toEqual([1, 1]);
    calls[1]?.hangup();
    expect(await world.finish()).toEqual([]);
  });
});

describe("Reason (RFC 3326) crosses the call both ways", () => {
  const BOTH = 'SIP;cause=200;text="Call completed elsewhere", Q.850;cause=26';
  const reason: readonly ExtraHeader[] = [["Reason", BOTH]];
  const cases: [
    title: string,
    onInvite: (session: Session) => void,
    act: (legA: Session, legB: Session) => void,
    at: "a" | "b",
  ][] = [
    ["in CANCEL", (session) => session.progress(180), (legA) => legA.cancel(reason), "b"],
    ["in the caller's BYE", answers, (legA) => legA.hangup(reason), "b"],
    ["in the callee's BYE", answers, (_legA, legB) => legB.hangup(reason), "a"],
    ["in a refusal", (session) => session.progress(180), (_legA, legB) => legB.reject(480, "Away", reason), "a"],
  ];
  it.each(cases)("%s", async (_title, onInvite, act, at) => {
    const world = new EdgeWorld();
    const reasons: Record<string, (string | undefined)[]> = { a: [], b: [] };
    const listen = (leg: "a" | "b") => (event: SessionEvent) => {
      const message: { header(key: string): string | undefined } | undefined =
        event.kind === "cancelled" || event.kind === "ended"
          ? (event.request as SipRequest | undefined)
          : event.kind === "fail"
            ? event.response
            : undefined;
      if (message) reasons[leg]?.push(message.header("reason"));
    };
    const carrier = world.phone(CARRIER, { onInvite, onEvent: listen("b") });
    const legA = world.call(world.phone(PBX, { onEvent: listen("a") }));
    await world.pass(1_000);
    act(legA, incoming(carrier));
    await world.pass(1_000);
    expect(reasons[at]).toContain(BOTH);
    expect(await world.finish()).toEqual([]);
  });
});
