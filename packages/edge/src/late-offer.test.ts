import type { OutgoingInvite, Session, SessionEvent } from "@trunkline/sip";
import { describe, expect, it } from "vitest";
import { CARRIER, EdgeWorld, PBX, SPARE } from "./edge-world.fixture.ts";

// The property has to be there, and undefined, to replace the phone's own.
const NO_OFFER = { sdp: undefined } as unknown as Partial<OutgoingInvite>;
const offers = (session: Session): void => {
  session.progress(180);
  session.answer("offer-b");
};

/** A caller that leaves the offer to the callee, and what it answers to that. */
function calling(answer: string | undefined, onInvite = offers) {
  const world = new EdgeWorld();
  const shown: (string | undefined)[] = [];
  const answered: (string | undefined)[] = [];
  const pbx = world.phone(PBX, {
    onEvent: (event, session) => {
      if (event.kind !== "answer") return;
      shown.push(event.sdp);
      session.answer(answer);
    },
  });
  const onEvent = (event: SessionEvent): void => {
    if (event.kind === "acknowledged") answered.push(event.sdp);
  };
  const carrier = world.phone(CARRIER, { onInvite, onEvent });
  const spare = world.phone(SPARE, { onInvite, onEvent });
  const session = world.call(pbx, undefined, NO_OFFER);
  return { world, pbx, carrier, spare, session, shown, answered };
}

describe("RFC 3261 §13.2.1: a caller that makes no offer", () => {
  it("is shown the callee's offer, and its answer reaches the callee in our ACK", async () => {
    const { world, carrier, session, shown, answered } = calling("answer-a");
    await world.pass(1_000);
    expect(carrier.incoming[0]?.invite.body).toBe("");
    expect([shown, answered]).toEqual([["relayed offer-b"], ["relayed answer-a"]]);
    session.hangup();
    await world.pass(1_000);
    expect(world.record()).toMatchObject({ status: "completed", errorCode: null });
    expect(await world.finish()).toEqual([]);
  });

  it("32103: without an answer in its ACK the call ends on both sides", async () => {
    const { world, pbx, carrier } = calling(undefined);
    await world.pass(2_000);
    expect([pbx.heard.at(-1), carrier.heard.at(-1)]).toEqual(["ended bye", "ended bye"]);
    expect(world.record()).toMatchObject({ endedBy: "platform", errorCode: 32103 });
    expect(await world.finish()).toEqual([]);
  });

  it("32102: with an answer that cannot be used it does too", async () => {
    const { world, pbx, carrier } = calling("refuse 488");
    await world.pass(2_000);
    expect([pbx.heard.at(-1), carrier.heard.at(-1)]).toEqual(["ended bye", "ended bye"]);
    expect(world.record()).toMatchObject({ endedBy: "platform", errorCode: 32102 });
    expect(await world.finish()).toEqual([]);
  });

  it("is failed over like any other", async () => {
    let calls = 0;
    const { world, spare, session, answered } = calling("answer-a", (incoming) => {
      calls += 1;
      if (calls === 1) incoming.reject(503, "Full");
      else offers(incoming);
    });
    await world.pass(1_000);
    expect([spare.incoming.length, answered]).toEqual([1, ["relayed answer-a"]]);
    session.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it("may give up before the answer, and after it before the ACK", async () => {
    const ringing = calling("answer-a", (session) => session.progress(180));
    await ringing.world.pass(1_000);
    ringing.session.cancel();
    await ringing.world.pass(1_000);
    expect(ringing.carrier.heard).toEqual(["cancelled", "ended failed"]);
    expect(await ringing.world.finish()).toEqual([]);

    const mute = calling("answer-a");
    mute.world.network.rule = ({ from, wire }) => (from.startsWith(PBX) && wire.startsWith("ACK") ? "lose" : undefined);
    await mute.world.pass(40_000);
    expect(mute.world.record()).toMatchObject({ errorCode: 32022 });
    mute.world.network.rule = () => undefined;
    expect(await mute.world.finish()).toEqual([]);
  });

  it("changes the session afterwards as if it had offered first", async () => {
    const { world, pbx, session } = calling("answer-a", (incoming) => {
      offers(incoming);
      const before = incoming.onEvent;
      incoming.onEvent = (event) => {
        before(event);
        if (event.kind === "offer") event.reply.accept("held");
      };
    });
    await world.pass(1_000);
    session.offer("hold");
    await world.pass(1_000);
    expect(pbx.heard.at(-1)).toBe("offer-answered 200 relayed held");
    session.hangup();
    expect(await world.finish()).toEqual([]);
  });
});
