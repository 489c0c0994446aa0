import type { IncomingRequest, Session } from "@trunkline/sip";
import type { PeerSettings } from "@trunkline/trunking";
import { describe, expect, it } from "vitest";
import { changes, originationUrl, sid, TRUNK, type WrittenRow } from "../../../../test/support/lent-fixtures.ts";
import { CARRIER, EDGE, EdgeWorld, NUMBER, PBX, SPARE } from "../edge-world.fixture.ts";

const CX = sid("CX", 1);
const LOGIN = { username: "trunk", password: "s3cret" };
const OTHER = "192.0.2.21";

const answers = (session: Session): void => session.answer("answer-b");

function settings(ownerSid: string, change: Partial<PeerSettings> = {}): WrittenRow {
  const none = { registrarUrl: null, probeIntervalSec: null, clientCertificate: false };
  return ["peerSettings", ownerSid, { ownerSid, ...LOGIN, ...none, registrationExpiresSec: 3_600, ...change }];
}

function apply(world: EdgeWorld, ...rows: readonly WrittenRow[]): void {
  world.directory.apply(changes(rows, world.directory.seq + 1));
}

/** The attempts of one origination call from start to end: `status place`, and how long the caller waited, s. */
async function originate(world: EdgeWorld): Promise<string> {
  world.events.length = 0;
  const session = world.originate(world.phone(CARRIER));
  const startMs = world.network.clock.nowMs();
  let answeredMs = 0;
  for (let ms = 0; ms < 10_000 && session.state !== "ended"; ms += 100) {
    await world.pass(100);
    if (session.state === "confirmed") answeredMs ||= world.network.clock.nowMs() - startMs;
    if (session.state === "confirmed") session.hangup();
  }
  const attempts = world.record()?.attempts.map(({ uri, status }) => `${status} ${/@([\w.]+)/.exec(uri)?.[1]}`);
  return `${attempts?.join(", ")}; ${Math.round(answeredMs / 1_000)} s`;
}

describe("ORIG-12: a target that does not answer is put behind", () => {
  it("after three calls; the fourth does not wait; when it answers again it is called again", async () => {
    const world = new EdgeWorld();
    world.phone(SPARE, { onInvite: answers });
    for (let n = 0; n < 3; n++) expect(await originate(world)).toBe(`408 ${PBX}, 200 ${SPARE}; 4 s`);
    expect(await originate(world)).toBe(`200 ${SPARE}; 0 s`);
    const targets = world.record()?.trace.find(({ rule }) => rule === "origination.targets");
    expect(targets?.detail).toMatch(
      /^In this order: sip:192\.0\.2\.31 .*, sip:192\.0\.2\.20 .* \(known to be down since 2026-01-01T00:00:\d\dZ, 3 failures\)\.$/,
    );
    world.phone(PBX, { onInvite: answers });
    await world.pass(5_000);
    expect(await originate(world)).toBe(`200 ${PBX}; 0 s`);
    expect(world.core.metrics()["targets_down"]).toBe(0);
    expect(await world.finish()).toEqual([]);
  });

  it("but called when nothing else is left", async () => {
    const world = new EdgeWorld();
    for (let n = 0; n < 3; n++) await originate(world);
    expect(world.core.metrics()["targets_down"]).toBe(2);
    expect(await originate(world)).toBe(`408 ${PBX}, 408 ${SPARE}; 0 s`);
    world.phone(SPARE, { onInvite: answers });
    expect(await originate(world)).toMatch(new RegExp(`200 ${SPARE}; . s$`));
    expect(await world.finish()).toEqual([]);
  });

  it.each<[title: string, status: number, before: readonly number[], want: number]>([
    ["503: it says so itself", 503, [], 1],
    ["500 too", 500, [], 1],
    ["also after a 100, which a proxy sends before it knows", 503, [100], 1],
    ["486: it lives, whatever it thinks of the call", 486, [], 0],
    ["480 and the next target: it lives", 480, [], 0],
    ["407 without credentials of ours: it lives", 407, [], 0],
    ["503 after ringing: somebody behind it was unwell", 503, [180], 0],
  ])("%s", async (_title, status, before, want) => {
    const world = new EdgeWorld();
    world.phone(PBX, {
      onInvite: (session) => {
        for (const early of before.filter((one) => one > 100)) session.progress(early);
        session.reject(status, "So");
      },
    });
    world.phone(SPARE, { onInvite: answers });
    for (let n = 0; n < 3; n++) await originate(world);
    expect(world.core.metrics()["targets_down"]).toBe(want);
    expect(await world.finish()).toEqual([]);
  });

  it("a name with one address that works is up", async () => {
    const rows: readonly WrittenRow[] = [
      ["originationUrl", sid("OU", 1), originationUrl(1, { sipUrl: "sip:pbx.test", priority: 1 })],
    ];
    const world = new EdgeWorld({ rows, names: { "pbx.test": [PBX, OTHER] } });
    world.phone(OTHER, { onInvite: answers });
    for (let n = 0; n < 6; n++) expect(await originate(world)).toMatch(/200 pbx\.test; \d s$/);
    expect(world.core.metrics()).toMatchObject({ targets_down: 0, targets_remembered: 0, targets_failing: 1 });
    expect(await world.finish()).toEqual([]);
  });

  it("TERM-12: carriers are treated alike", async () => {
    const world = new EdgeWorld();
    world.phone(CARRIER, { onInvite: (session) => session.reject(503, "Overloaded") });
    const spare = world.phone(SPARE, { onInvite: answers });
    for (let n = 0; n < 4; n++) {
      const session = world.call(world.phone(PBX));
      await world.pass(500);
      session.hangup();
      await world.pass(100);
    }
    expect(spare.incoming).toHaveLength(4);
    const invites = world.network.trace.filter((line) => line.includes(`> ${CARRIER}`) && line.includes("INVITE"));
    expect(invites).toHaveLength(3);
    expect(await world.finish()).toEqual([]);
  });
});

describe("CAR-1, ORIG-12: what is known of a peer", () => {
  const health = (world: EdgeWorld, ownerSid: string): readonly string[] =>
    world.core
      .peerStatus(ownerSid)
      .targets.map(({ address, health, failures, downSinceMs, isProbed }) =>
        [address, health, failures, downSinceMs === null ? "" : "since", isProbed ? "probed" : ""].join(" ").trim(),
      );

  it("targets with their failures, one that is down and comes back, one that is disabled, and live calls", async () => {
    const world = new EdgeWorld({
      rows: [
        ["originationUrl", sid("OU", 3), originationUrl(3, { sipUrl: "sip:192.0.2.77", enabled: false })],
        settings(TRUNK, { probeIntervalSec: 10 }),
      ],
    });
    world.phone(SPARE, { onInvite: answers });
    const others = [`${SPARE}:5060/udp up 0  probed`, "192.0.2.77:5060/udp up 0"];
    await originate(world);
    expect(health(world, TRUNK)).toEqual([`${PBX}:5060/udp up 1  probed`, ...others]);
    for (let n = 0; n < 2; n++) await originate(world);
    expect(health(world, TRUNK)[0]).toMatch(/ down [3-9] since probed$/);
    expect(health(world, CX)).toEqual([`${CARRIER}:5060/udp up 0`]);
    world.phone(PBX, { onInvite: answers });
    const session = world.originate(world.phone(CARRIER));
    await world.pass(5_000);
    expect([TRUNK, CX, sid("CX", 2)].map((owner) => world.core.peerStatus(owner).liveCalls)).toEqual([1, 1, 0]);
    session.hangup();
    await originate(world);
    expect(health(world, TRUNK)).toEqual([`${PBX}:5060/udp up 0  probed`, ...others]);
    await world.pass(1_000);
    expect(world.core.peerStatus(TRUNK).liveCalls).toBe(0);
    apply(world, ["peerSettings", TRUNK, null]);
    expect(await world.finish()).toEqual([]);
  });

  it("of what is not there, nothing", async () => {
    const nothing = { registration: null, targets: [], liveCalls: 0 };
    const world = new EdgeWorld();
    for (const owner of [sid("CX", 99), sid("TK", 99), "", "constructor"]) {
      expect(world.core.peerStatus(owner)).toEqual(nothing);
    }
    expect(new EdgeWorld({ isEmpty: true }).core.peerStatus(TRUNK)).toEqual(nothing);
  });
});

describe("CAR-1, ORIG-12: digest towards a peer (RFC 3261 §22)", () => {
  const challenge = [["Proxy-Authenticate", 'Digest realm="carrier", nonce="n1", qop="auth"']] as const;
  /** Wants to know who calls; `isRight` says whether it likes the answer. */
  function challenger(world: EdgeWorld, address: string, isRight = true): Session[] {
    return world.phone(address, {
      onInvite: (session) => {
        const isAnswered = session.invite.header("proxy-authorization") !== undefined;
        if (isAnswered && isRight) session.answer("answer-b");
        else session.reject(407, "Proxy Authentication Required", challenge);
      },
    }).incoming;
  }
  const call = async (world: EdgeWorld): Promise<unknown> => {
    const session = world.call(world.phone(PBX));
    await world.pass(1_000);
    session.hangup();
    await world.pass(100);
    return world.record()?.attempts.map(({ status }) => status);
  };

  it("the challenge is answered within the same attempt: same Call-ID, next CSeq, new branch", async () => {
    const world = new EdgeWorld({ rows: [settings(CX)] });
    const incoming = challenger(world, CARRIER);
    expect(await call(world)).toEqual([200]);
    const [first, second] = incoming.map(({ invite }) => invite);
    expect(second?.callId).toBe(first?.callId);
    expect([first?.cseq.number, second?.cseq.number]).toEqual([1, 2]);
    expect(second?.via.branch).not.toBe(first?.via.branch);
    expect(second?.header("proxy-authorization")).toMatch(/^Digest username="trunk", realm="carrier", nonce="n1"/);
    expect(await world.finish()).toEqual([]);
  });

  it("without credentials it is a failed attempt, and the next carrier is called (contract §8.5)", async () => {
    const world = new EdgeWorld({
      rows: [
        [
          "carrier",
          CX,
          { sid: CX, friendlyName: "c", enabled: true, priority: 1, retryStatuses: [407], ownNumbersOnly: false },
        ],
      ],
    });
    const incoming = challenger(world, CARRIER);
    world.phone(SPARE, { onInvite: answers });
    expect(await call(world)).toEqual([407, 200]);
    expect(incoming).toHaveLength(1);
    expect(await world.finish()).toEqual([]);
  });

  it("a password that is refused is tried once, and nobody else gets to see it", async () => {
    const world = new EdgeWorld({
      rows: [
        settings(CX, { password: "wrong" }),
        [
          "carrier",
          CX,
          { sid: CX, friendlyName: "c", enabled: true, priority: 1, retryStatuses: [407], ownNumbersOnly: false },
        ],
      ],
    });
    const incoming = challenger(world, CARRIER, false);
    const spare = challenger(world, SPARE);
    expect(await call(world)).toEqual([407, 407]);
    expect(incoming).toHaveLength(2);
    expect(spare).toHaveLength(1);
    const said = JSON.stringify([world.events, world.alerts, world.logged]);
    expect(said).not.toContain("wrong");
    expect(await world.finish()).toEqual([]);
  });

  it("a PBX too, with the trunk's credentials", async () => {
    const world = new EdgeWorld({ rows: [settings(TRUNK)] });
    const incoming = challenger(world, PBX);
    expect(await originate(world)).toBe(`200 ${PBX}; 0 s`);
    expect(incoming).toHaveLength(2);
    expect(await world.finish()).toEqual([]);
  });
});

describe("CAR-1, CAR-2: registration with a carrier", () => {
  const REGISTRAR = "192.0.2.40";
  const wanted = (change: Partial<PeerSettings> = {}): WrittenRow =>
    settings(CX, { registrarUrl: `sip:${REGISTRAR}`, ...change });

  /** A registrar that wants a password, and what it was asked, as `expires contact-user`. */
  function registrar(world: EdgeWorld): { readonly phone: ReturnType<EdgeWorld["phone"]>; readonly asked: string[] } {
    const asked: string[] = [];
    const onRequest = ({ request, respond }: IncomingRequest): void => {
      const headers = [["WWW-Authenticate", 'Digest realm="r", nonce="n", qop="auth"']] as const;
      if (request.header("authorization") === undefined) respond(401, "Unauthorized", headers);
      else {
        const contact = request.header("contact") ?? "";
        asked.push(`${request.header("expires")} ${/sip:(\w+)@/.exec(contact)?.[1]}`);
        respond(200, "OK", [["Contact", contact]]);
      }
    };
    return { phone: world.phone(REGISTRAR, { handlers: { onRequest } }), asked };
  }

  it("is kept while the carrier wants it, shown with its state, and taken away when it does not any more", async () => {
    const world = new EdgeWorld({ rows: [wanted()] });
    const { asked } = registrar(world);
    await world.pass(1_000);
    const user = asked[0]?.split(" ")[1] ?? "";
    expect(user).toMatch(/^[0-9a-f]{32}$/);
    expect(asked).toEqual([`3600 ${user}`]);
    expect(world.core.peerStatus(CX).registration).toMatchObject({
      carrierSid: CX,
      registrar: `sip:${REGISTRAR}`,
      state: "registered",
      lastAnswer: { status: 200, reason: "OK" },
    });
    expect(world.core.metrics()).toMatchObject({ registrations: 1, registrations_registered: 1 });
    await world.pass(3_600_000);
    expect(asked).toEqual([`3600 ${user}`, `3600 ${user}`]);
    apply(world, ["peerSettings", CX, null]);
    await world.pass(1_000);
    expect(asked.at(-1)).toBe(`0 ${user}`);
    expect(world.core.peerStatus(CX).registration).toBeNull();
    expect(await world.finish()).toEqual([]);
  });

  it("settings that change take effect at once; the same Contact is not taken away from under its successor", async () => {
    const world = new EdgeWorld({ rows: [wanted()] });
    const { asked } = registrar(world);
    await world.pass(1_000);
    const user = asked[0]?.split(" ")[1] ?? "";
    apply(world, wanted({ password: "other", registrationExpiresSec: 600 }));
    await world.pass(1_000);
    expect(asked).toEqual([`3600 ${user}`, `600 ${user}`]);
    apply(world, wanted({ username: "somebody" }));
    await world.pass(1_000);
    expect(asked.slice(2).map((line) => line.split(" ")[0])).toEqual(expect.arrayContaining(["0", "3600"]));
    expect(asked.filter((line) => line === `0 ${user}`)).toHaveLength(1);
    expect(world.core.peerStatus(CX).registration).toMatchObject({ state: "registered" });
    apply(world, [
      "carrier",
      CX,
      { sid: CX, friendlyName: "c", enabled: false, priority: 1, retryStatuses: [], ownNumbersOnly: false },
    ]);
    await world.pass(1_000);
    expect(world.core.peerStatus(CX).registration).toBeNull();
    expect(await world.finish()).toEqual([]);
  });

  it("a closing edge takes its Contact away, and does not wait for ever for a registrar that is gone", async () => {
    for (const isThere of [true, false]) {
      const world = new EdgeWorld({ rows: [wanted()] });
      const { asked } = registrar(world);
      await world.pass(1_000);
      if (!isThere) world.network.attach(REGISTRAR, 5060, undefined);
      let isClosed = false;
      void world.core.close(0).then(() => {
        isClosed = true;
      });
      await world.pass(isThere ? 500 : 1_900);
      expect([isClosed, asked.length]).toEqual(isThere ? [true, 2] : [false, 1]);
      await world.pass(200);
      expect(isClosed).toBe(true);
      expect(await world.finish()).toEqual([]);
    }
  });

  it("a call to our Contact from the registrar is the carrier's; from anybody else, or to another user, silence", async () => {
    const rows: readonly WrittenRow[] = [wanted(), ["carrierSource", sid("CS", 1), null]];
    const world = new EdgeWorld({ rows });
    const { phone, asked } = registrar(world);
    world.phone(PBX, { onInvite: answers });
    await world.pass(1_000);
    const user = asked[0]?.split(" ")[1] ?? "";
    const to = { requestUri: `sip:${user}@${EDGE.address}:5060`, to: `<sip:${NUMBER}@carrier.test>` };
    const session = world.originate(phone, to);
    await world.pass(1_000);
    expect([session.state, world.record()?.to]).toEqual(["confirmed", `sip:${NUMBER}@${PBX}`]);
    session.hangup();
    for (const [from, change] of [
      [world.phone("192.0.2.41"), to],
      [phone, { ...to, requestUri: `sip:${user.replace(/.$/, "x")}@${EDGE.address}` }],
      [phone, { ...to, requestUri: `sip:${NUMBER}@${EDGE.address}` }],
    ] as const) {
      const heardBefore = from.heard.length;
      world.originate(from, change);
      await world.pass(40_000);
      expect(from.heard.slice(heardBefore)).toEqual(["fail timeout 408", "ended failed"]);
    }
    apply(world, ["peerSettings", CX, null]);
    expect(await world.finish()).toEqual([]);
  });

  it("a registrar that refuses is told of once, without any secret", async () => {
    const world = new EdgeWorld({ rows: [wanted()] });
    world.phone(REGISTRAR, { handlers: { onRequest: ({ respond }) => respond(403, "Forbidden") } });
    await world.pass(1_200_000);
    expect(world.core.peerStatus(CX).registration).toMatchObject({
      state: "failed",
      expiresAtMs: null,
      lastAnswer: { status: 403, reason: "Forbidden" },
    });
    expect(world.logged).toEqual([
      `warn registration failed {"carrierSid":"${CX}","registrar":"${REGISTRAR}","answer":"403 Forbidden"}`,
    ]);
    expect(JSON.stringify([world.core.peerStatus(CX).registration, world.logged])).not.toContain(LOGIN.password);
    apply(world, ["peerSettings", CX, null]);
    expect(await world.finish()).toEqual([]);
  });
});
