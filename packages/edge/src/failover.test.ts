import type { Session } from "@trunkline/sip";
import { describe, expect, it } from "vitest";
import { originationUrl, sid, type WrittenRow } from "../../../test/support/lent-fixtures.ts";
import { CARRIER, EDGE, EDGE6, EdgeWorld, PBX, SPARE } from "./edge-world.fixture.ts";

const answers = (session: Session): void => session.answer("answer-b");
const OTHER = "192.0.2.21";
const OTHER6 = "2001:db8::21";

/** The trunk has one origination URL, a name. */
function named(names: Readonly<Record<string, readonly string[]>>): EdgeWorld {
  const rows: readonly WrittenRow[] = [
    ["originationUrl", sid("OU", 1), originationUrl(1, { sipUrl: "sip:pbx.test", priority: 1 })],
    ["originationUrl", sid("OU", 2), originationUrl(2, { sipUrl: "sip:none.test", priority: 2, enabled: false })],
  ];
  return new EdgeWorld({ rows, names });
}

describe("RFC 3263 §4.3: the addresses of one name", () => {
  it("ORIG-4: are tried in order, each with its share of the 4 s, and the silent one comes last for a while", async () => {
    const world = named({ "pbx.test": [PBX, OTHER] });
    const other = world.phone(OTHER, { onInvite: answers });
    const carrier = world.phone(CARRIER);
    const first = world.originate(carrier);
    await world.pass(1_900);
    expect(other.incoming).toHaveLength(0);
    await world.pass(200);
    expect(carrier.heard).toContain("answer");
    expect(world.record()?.attempts.map(({ status }) => status)).toEqual([408, 200]);
    first.hangup();
    await world.pass(1_000);

    world.events.length = 0;
    const second = world.originate(carrier);
    await world.pass(300);
    expect(other.incoming).toHaveLength(2);
    expect(world.record()?.attempts.map(({ status }) => status)).toEqual([200]);
    second.hangup();
    await world.pass(30_000);

    const pbx = world.phone(PBX, { onInvite: answers });
    const third = world.originate(carrier);
    await world.pass(300);
    expect([pbx.incoming.length, other.incoming.length]).toEqual([1, 2]);
    third.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it("a definite answer of the first ends the search", async () => {
    const world = named({ "pbx.test": [PBX, OTHER] });
    world.phone(PBX, { onInvite: (session) => session.reject(486, "Busy Here") });
    const other = world.phone(OTHER, { onInvite: answers });
    const carrier = world.phone(CARRIER);
    world.originate(carrier);
    await world.pass(1_000);
    expect([carrier.heard.at(-2), other.incoming.length]).toEqual(["fail response 486", 0]);
    expect(await world.finish()).toEqual([]);
  });

  it("NET-5: an address of the other family gets SDP of that family, on a media session of its own", async () => {
    const world = named({ "pbx.test": [PBX, OTHER6] });
    const other = world.phone(OTHER6, { onInvite: answers });
    const session = world.originate(world.phone(CARRIER));
    await world.pass(2_500);
    expect(other.incoming).toHaveLength(1);
    expect(other.incoming[0]?.invite.via.host).toBe(`[${EDGE6.address}]`);
    expect(world.plane.opened.map(({ advertise }) => advertise)).toEqual([
      { a: EDGE.address, b: EDGE.address },
      { a: EDGE.address, b: EDGE6.address },
    ]);
    expect(world.plane.sessions).toBe(1);
    session.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it("a name that cannot be found is a failed attempt, with its reason and without a Call-ID", async () => {
    const world = named({});
    const carrier = world.phone(CARRIER);
    world.originate(carrier);
    await world.pass(1_000);
    expect(carrier.heard.at(-2)).toBe("fail response 503");
    expect(world.record()).toMatchObject({ sipCallIdB: null, attempts: [{ status: 503 }], errorCode: 32011 });
    expect(await world.finish()).toEqual([]);
  });

  it("TCP: a refused connection is noticed at once, and the other URL is called", async () => {
    const rows: readonly WrittenRow[] = [
      ["originationUrl", sid("OU", 1), originationUrl(1, { sipUrl: `sip:${PBX};transport=tcp`, priority: 1 })],
    ];
    const world = new EdgeWorld({ rows });
    const spare = world.phone(SPARE, { onInvite: answers });
    const session = world.originate(world.phone(CARRIER));
    await world.pass(500);
    expect(spare.incoming).toHaveLength(1);
    session.hangup();
    expect(await world.finish()).toEqual([]);
  });
});

describe("closing", () => {
  it("does not wait for a target that was given up without ever having said a word", async () => {
    const world = new EdgeWorld();
    world.phone(SPARE, { onInvite: answers });
    world.originate(world.phone(CARRIER));
    await world.pass(4_500);
    expect(world.core.counts().sessions).toBe(3);
    let isClosed = false;
    void world.core.close(0).then(() => {
      isClosed = true;
    });
    await world.pass(200);
    expect(isClosed).toBe(true);
    expect(await world.finish()).toEqual([]);
  });

  it("nor for one that is silent now; but it does for the answers to its BYEs", async () => {
    for (const [target, want] of [
      [undefined, true],
      [answers, false],
    ] as const) {
      const world = new EdgeWorld();
      const carrier = world.phone(CARRIER);
      if (target) world.phone(PBX, { onInvite: target });
      world.originate(carrier);
      await world.pass(1_000);
      let isClosed = false;
      world.network.rule = ({ wire }) => (wire.startsWith("BYE") ? "lose" : undefined);
      void world.core.close(0).then(() => {
        isClosed = true;
      });
      await world.pass(300);
      expect(isClosed).toBe(want);
      world.network.rule = () => undefined;
      expect(await world.finish()).toEqual([]);
    }
  });
});
