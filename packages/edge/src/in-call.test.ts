import type { Session, SessionEvent } from "@trunkline/sip";
import { describe, expect, it } from "vitest";
import { ACCOUNT } from "../../../test/support/lent-fixtures.ts";
import { CARRIER, DOMAIN, EdgeWorld, PBX } from "./edge-world.fixture.ts";

const answers = (session: Session): void => {
  session.progress(180);
  session.answer("answer-b");
};

describe("a caller whose PRACKs are lost (RFC 3262 §3)", () => {
  const losing = (onInvite: (session: Session) => void): EdgeWorld => {
    const world = new EdgeWorld();
    world.network.rule = ({ from, wire }) => (from.startsWith(PBX) && wire.startsWith("PRACK ") ? "lose" : undefined);
    world.phone(CARRIER, { onInvite });
    const pbx = world.phone(PBX, { agent: { supported: ["100rel"] } });
    world.call(pbx, undefined, { headers: [["Require", "100rel"]] });
    return world;
  };

  it("while it rings: 504, and nobody rings on", async () => {
    const world = losing((session) => session.progress(183, "Session Progress", "early-b"));
    await world.pass(60_000);
    expect(world.record()).toMatchObject({ status: "failed", sipStatus: 504, endedBy: "platform" });
    expect(await world.finish()).toEqual([]);
  });

  it("after the callee answered: the call ends instead of being billed to its maximum (32022)", async () => {
    const world = losing((session) => {
      session.progress(183, "Session Progress", "early-b");
      session.answer("answer-b");
    });
    await world.pass(60_000);
    expect(world.record()).toMatchObject({ status: "completed", errorCode: 32022, endedBy: "platform" });
    expect(await world.finish()).toEqual([]);
  });
});

describe("inside a call", () => {
  async function talking(): Promise<{
    world: EdgeWorld;
    legA: Session;
    legB: Session;
    heardA: string[];
    heardB: string[];
  }> {
    const world = new EdgeWorld();
    const onEvent = (event: SessionEvent): void => {
      if (event.kind === "offer") event.reply.accept(event.sdp === undefined ? "mine" : `held ${event.sdp}`);
      if (event.kind === "request") event.respond(event.request.method === "INFO" ? 200 : 405);
    };
    const carrier = world.phone(CARRIER, { onInvite: answers, onEvent });
    const pbx = world.phone(PBX, { onEvent });
    const legA = world.call(pbx);
    await world.pass(1_000);
    const legB = carrier.incoming[0];
    if (!legB) throw new Error("the carrier has no call");
    pbx.heard.length = 0;
    carrier.heard.length = 0;
    return { world, legA, legB, heardA: pbx.heard, heardB: carrier.heard };
  }

  it("RFC 3264 §8: hold by re-INVITE of either side goes through the media plane and back", async () => {
    const { world, legA, legB, heardA, heardB } = await talking();
    legA.offer("a-holds");
    await world.pass(1_000);
    expect(heardB).toEqual(["offer INVITE relayed a-holds"]);
    expect(heardA).toEqual(["offer-answered 200 relayed held relayed a-holds"]);
    legB.offer("b-holds", "UPDATE");
    await world.pass(1_000);
    expect(heardA.slice(1)).toEqual(["offer INVITE relayed b-holds"]);
    expect(heardB.slice(1)).toEqual(["offer-answered 200 relayed held relayed b-holds"]);
    legA.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it("RFC 3261 §14.2: a re-INVITE without SDP gets the other side's own offer, and the ACK's answer goes there", async () => {
    const { world, legA, heardA, heardB } = await talking();
    legA.offer(undefined);
    await world.pass(1_000);
    expect(heardA[0]).toContain("offer-answered 200 relayed mine");
    expect(heardB.length).toBeLessThanOrEqual(2);
    legA.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it("DTMF by INFO reaches the other side with its type, and its answer comes back", async () => {
    const { world, legA, heardB } = await talking();
    const statuses: (number | undefined)[] = [];
    legA.request("INFO", [["Content-Type", "application/dtmf-relay"]], "Signal=5\r\n", (response) =>
      statuses.push(response?.status),
    );
    await world.pass(1_000);
    expect([heardB, statuses]).toEqual([["request INFO"], [200]]);
    legA.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it("REFER is refused with 32218 and an alert, MESSAGE with 405 and Allow", async () => {
    const { world, legA } = await talking();
    const seen: (string | undefined)[] = [];
    legA.request("REFER", [["Refer-To", `<sip:+15005550002@${DOMAIN}>`]], "", (response) =>
      seen.push(`${response?.status} ${response?.header("x-twilio-error")}`),
    );
    await world.pass(1_000);
    legA.request("MESSAGE", [], "hi", (response) => seen.push(`${response?.status} ${response?.header("allow")}`));
    await world.pass(1_000);
    expect(seen[0]).toMatch(/^403 32218 /);
    expect(seen[1]).toMatch(/^405 INVITE/);
    expect(world.alerts).toMatchObject([{ errorCode: 32218 }]);
    legA.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it("is hung up from outside, on both sides, by the account that owns it alone", async () => {
    const { world, heardA, heardB } = await talking();
    const [live] = world.core.liveCalls();
    expect(world.core.hangUp("AC-other", live?.sid ?? "")).toBe(false);
    expect(world.core.hangUp(ACCOUNT, live?.sid ?? "")).toBe(true);
    await world.pass(1_000);
    expect([heardA, heardB]).toEqual([["ended bye"], ["ended bye"]]);
    expect(world.record()).toMatchObject({ endedBy: "platform", status: "completed" });
    expect(await world.finish()).toEqual([]);
  });

  it("a media plane that fails ends the call, not the edge", async () => {
    const { world, heardA, heardB } = await talking();
    world.plane.fail();
    await world.pass(1_000);
    expect([heardA, heardB]).toEqual([["ended bye"], ["ended bye"]]);
    expect(world.record()).toMatchObject({ endedBy: "internal" });
    expect(await world.finish()).toEqual([]);
  });
});
