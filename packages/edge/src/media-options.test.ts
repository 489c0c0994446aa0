import type { OutgoingInvite, Session } from "@trunkline/sip";
import { DEFAULT_CARRIER_DRESS } from "@trunkline/trunking";
import { describe, expect, it } from "vitest";
import { originationUrl, sid, TRUNK, trunk, type WrittenRow } from "../../../test/support/lent-fixtures.ts";
import { CARRIER, DOMAIN, EDGE, EdgeWorld, PBX, SPARE } from "./edge-world.fixture.ts";

const secureTrunk: WrittenRow = ["trunk", TRUNK, trunk({ domainName: DOMAIN, secure: true })];
// The property has to be there, and undefined, to replace the phone's own.
const NO_OFFER = { sdp: undefined } as unknown as Partial<OutgoingInvite>;
const answers = { onInvite: (session: Session): void => session.answer("answer-b") };

/** What an offer of that profile looks like. */
function offer(profile: string): Partial<OutgoingInvite> {
  const lines = [
    "v=0",
    "o=- 1 1 IN IP4 192.0.2.20",
    "s=-",
    "c=IN IP4 192.0.2.20",
    "t=0 0",
    `m=audio 4000 ${profile} 0`,
    "",
  ];
  return { sdp: lines.join("\r\n") };
}

function dress(carrier: number, change: Partial<typeof DEFAULT_CARRIER_DRESS>): WrittenRow {
  const carrierSid = sid("CX", carrier);
  return ["carrierDress", carrierSid, { carrierSid, ...DEFAULT_CARRIER_DRESS, ...change }];
}

function overTls(world: EdgeWorld): Partial<OutgoingInvite> {
  const flow = { localAddress: PBX, localPort: 5060, remoteAddress: EDGE.address, remotePort: EDGE.port };
  expect(world.core.counts().calls).toBe(0);
  return { flow: { transport: "tls", ...flow } };
}

describe("SEC-2: what the media plane is told of each leg", () => {
  it("termination over a secure trunk: the caller's leg is SRTP, the carrier's as the carrier takes it", async () => {
    const world = new EdgeWorld({ rows: [secureTrunk, dress(2, { srtp: true, codecs: ["pcma"] })] });
    world.phone(CARRIER, { onInvite: (session) => session.reject(503, "Full") });
    world.phone(SPARE, answers);
    const call = world.call(world.phone(PBX), undefined, { ...overTls(world), ...offer("RTP/SAVP") });
    await world.pass(1_000);
    expect(world.plane.opened.map(({ srtp, codecs }) => ({ srtp, codecs }))).toEqual([
      { srtp: { a: true, b: false }, codecs: { a: null, b: null } },
      { srtp: { a: true, b: true }, codecs: { a: null, b: ["pcma"] } },
    ]);
    expect(world.plane.sessions).toBe(1);
    call.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it("a caller of a secure trunk who makes no offer is to be offered SRTP", async () => {
    const world = new EdgeWorld({ rows: [secureTrunk] });
    world.phone(CARRIER, answers);
    const pbx = world.phone(PBX, {
      onEvent: (event, session) => event.kind === "answer" && session.answer("answer-a"),
    });
    const call = world.call(pbx, undefined, { ...overTls(world), ...NO_OFFER });
    await world.pass(1_000);
    expect(world.plane.opened.map(({ srtp }) => srtp)).toEqual([{ a: true, b: false }]);
    call.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it.each([
    ["RTP/AVP", false],
    ["RTP/SAVP", true],
  ])("origination: a carrier that offers %s speaks it", async (profile, isSrtp) => {
    const world = new EdgeWorld();
    world.phone(PBX, answers);
    const call = world.originate(world.phone(CARRIER), offer(profile));
    await world.pass(1_000);
    expect(world.plane.opened.map(({ srtp }) => srtp)).toEqual([{ a: isSrtp, b: false }]);
    call.hangup();
    expect(await world.finish()).toEqual([]);
  });

  const wrong: [title: string, rows: readonly WrittenRow[], profile: string, code: number][] = [
    ["32207: SRTP on a trunk that is not secure", [], "RTP/SAVP", 32207],
    ["32208: RTP on a secure trunk", [secureTrunk], "RTP/AVP", 32208],
  ];
  it.each(wrong)("%s is refused with 488", async (_title, rows, profile, code) => {
    const world = new EdgeWorld({ rows });
    const pbx = world.phone(PBX);
    world.call(pbx, undefined, { ...overTls(world), ...offer(profile) });
    await world.pass(1_500);
    expect(pbx.heard).toContain("fail response 488");
    expect(world.alerts).toMatchObject([{ errorCode: code }]);
    expect(world.plane.opened).toEqual([]);
    expect(await world.finish()).toEqual([]);
  });

  it("ORIG-13: a target on a private connection has a session of its own, since the offer shows where we hear", async () => {
    const tnx = sid("TX", 7);
    const url = originationUrl(1, { sipUrl: `sip:${PBX};tnx=${tnx}`, priority: 1 });
    const core = { interconnects: new Map([[tnx, "192.0.2.11"]]) };
    const world = new EdgeWorld({ core, rows: [["originationUrl", url.sid, url]] });
    world.phone(PBX, { onInvite: (session) => session.reject(503, "Full") });
    world.phone(SPARE, answers);
    const call = world.originate(world.phone(CARRIER));
    await world.pass(1_000);
    expect(world.plane.opened).toHaveLength(2);
    call.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it("carriers of the same media share a session", async () => {
    const world = new EdgeWorld({ rows: [dress(1, { codecs: ["pcma"] }), dress(2, { codecs: ["pcma"] })] });
    world.phone(CARRIER, { onInvite: (session) => session.reject(503, "Full") });
    world.phone(SPARE, answers);
    const call = world.call(world.phone(PBX));
    await world.pass(1_000);
    expect(world.plane.opened).toHaveLength(1);
    call.hangup();
    expect(await world.finish()).toEqual([]);
  });
});

describe("MED-4: silence", () => {
  function talking(silenceMs?: number) {
    const limits = silenceMs === undefined ? {} : { mediaSilenceMs: silenceMs };
    const world = new EdgeWorld({ core: { limits } });
    const carrier = world.phone(CARRIER, {
      onInvite: (session) => {
        session.progress(183, "Session Progress", "early-b");
        world.network.clock.setTimer(1_000, () => session.answer("answer-b"));
      },
    });
    const pbx = world.phone(PBX);
    return { world, carrier, pbx, call: world.call(pbx) };
  }

  it("32014: both legs get BYE with a Reason, and the record says who ended it", async () => {
    const { world, carrier, pbx } = talking();
    const reasons: string[] = [];
    const rule = world.network.rule;
    world.network.rule = (transit) => {
      const reason = transit.wire.startsWith("BYE ") && /^Reason: (.*)\r$/m.exec(transit.wire)?.[1];
      if (reason) reasons.push(reason);
      return rule(transit);
    };
    await world.pass(2_000);
    expect(world.plane.opened[0]?.silenceMs).toBe(60_000);
    world.plane.silent(60_000);
    await world.pass(2_000);
    expect([pbx.heard.at(-1), carrier.heard.at(-1)]).toEqual(["ended bye", "ended bye"]);
    expect(reasons).toEqual(Array(2).fill('Q.850;cause=16;text="no audio from either side for 60 s"'));
    expect(world.record()).toMatchObject({
      status: "completed",
      errorCode: 32014,
      endedBy: "platform",
      sipStatus: 200,
    });
    expect(world.alerts).toMatchObject([{ errorCode: 32014 }]);
    expect(await world.finish()).toEqual([]);
  });

  it("while it rings nobody has to be heard", async () => {
    const { world, pbx, call } = talking();
    await world.pass(500);
    world.plane.silent(60_000);
    await world.pass(2_000);
    expect(pbx.heard.at(-1)).toBe("answer");
    call.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it.each([
    [5_000, 5_000],
    [0, undefined],
  ])("a limit of %i ms is handed on as %s", async (silenceMs, want) => {
    const { world, call } = talking(silenceMs);
    await world.pass(2_000);
    expect(world.plane.opened[0]?.silenceMs).toBe(want);
    call.hangup();
    expect(await world.finish()).toEqual([]);
  });
});
