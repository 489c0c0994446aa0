import type { Session, SessionEvent, SipRequest, SipResponse } from "@trunkline/sip";
import { DEFAULT_ACCOUNT_SETTINGS } from "@trunkline/trunking";
import { describe, expect, it } from "vitest";
import { ACCOUNT, originationUrl, sid, TRUNK, trunk } from "../../../test/support/lent-fixtures.ts";
import { CARRIER, DOMAIN, EDGE, EdgeWorld, NUMBER, PBX, SPARE, STRANGER, ZONE } from "./edge-world.fixture.ts";

const answers = (session: Session): void => {
  session.progress(180);
  session.answer("answer-b");
};
const rings = (session: Session): void => session.progress(180);
const rejects =
  (status: number, reason: string) =>
  (session: Session): void =>
    session.reject(status, reason, []);

/** Keeps the final response of every call. */
function watching(): { onEvent: (event: SessionEvent) => void; last: () => SipResponse | undefined } {
  let last: SipResponse | undefined;
  return {
    onEvent: (event) => {
      if (event.kind === "answer" || event.kind === "fail") last = event.response;
    },
    last: () => last,
  };
}

describe("termination", () => {
  it("TERM-3: is challenged, answers by digest, rings, talks and ends by BYE; the record says so", async () => {
    const world = new EdgeWorld();
    const watch = watching();
    const pbx = world.phone(PBX, watch);
    const carrier = world.phone(CARRIER, { onInvite: answers });
    const session = world.call(pbx);
    await world.pass(1_000);
    expect(pbx.heard).toEqual(["trying", "progress 180", "answer"]);
    expect(watch.last()?.header("x-twilio-callsid")).toMatch(/^CA[0-9a-f]{32}$/);
    expect(watch.last()?.body).toBe("relayed answer-b");
    expect(world.core.liveCalls(ACCOUNT)).toMatchObject([
      { status: "in-progress", trunkSid: TRUNK, from: NUMBER, to: "+15005550001" },
    ]);
    expect(world.core.liveCalls("AC-other")).toEqual([]);
    await world.pass(9_000);
    session.hangup();
    await world.pass(1_000);
    expect(carrier.heard).toEqual(["acknowledged", "ended bye"]);
    expect(world.record()).toMatchObject({
      status: "completed",
      direction: "trunking-terminating",
      endedBy: "caller",
      sipStatus: 200,
      attempts: [{ uri: expect.stringContaining(CARRIER), status: 200 }],
      quality: [{ leg: "a", packetsReceived: 50 }, { leg: "b" }],
    });
    expect(world.record()?.durationSec).toBe(10);
    expect(world.record()?.trace.at(-1)).toMatchObject({ rule: "call.attempt", verdict: "pass" });
    expect(await world.finish()).toEqual([]);
  });

  it("design §3: the INVITE to the carrier shares nothing with the caller's but what routing put there", async () => {
    const world = new EdgeWorld();
    const pbx = world.phone(PBX);
    const carrier = world.phone(CARRIER, { onInvite: answers });
    const headers = [
      ["User-Agent", "SecretPBX/1.0"],
      ["X-Internal", "10.1.2.3"],
      ["Organization", "hello"],
      ["Max-Forwards", "40"],
    ] as const;
    const session = world.call(pbx, undefined, { headers: headers.slice(0, 3), maxForwards: 40 });
    await world.pass(1_000);
    const invite = carrier.incoming[0]?.invite as SipRequest;
    expect(invite.all("via")).toHaveLength(1);
    expect(invite.via.host).toBe(EDGE.address);
    expect(invite.header("contact")).toContain(EDGE.address);
    expect(invite.header("max-forwards")).toBe("39");
    expect(invite.header("user-agent")).toBe("Trunkline");
    expect(invite.callId).not.toBe(session.callId);
    expect(invite.raw).not.toMatch(new RegExp(`SecretPBX|10\\.1\\.2\\.3|hello|${PBX}|${session.localTag}`));
    expect(invite.body).toBe("relayed offer");
    session.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it("TERM-3: offers MD5 and SHA-256, and an old nonce is stale, not wrong", async () => {
    const world = new EdgeWorld();
    const seen: SipResponse[] = [];
    const pbx = world.phone(PBX, {
      onEvent: (event) => event.kind === "fail" && event.response && seen.push(event.response),
    });
    pbx.call({ ...pbx, ...EDGE }, { requestUri: `sip:+15005550001@${DOMAIN}`, from: `<sip:${NUMBER}@${DOMAIN}>` });
    await world.pass(100);
    const challenges = seen[0]?.all("proxy-authenticate") ?? [];
    expect(seen[0]?.reason).toBe("Proxy Authentication required");
    expect(challenges.map((line) => /algorithm=([\w-]+)/.exec(line)?.[1])).toEqual(["MD5", "SHA-256"]);
    expect(challenges[0]).toContain(`realm="sip.${ZONE}"`);
    expect(world.events).toEqual([]);
    expect(await world.finish()).toEqual([]);
  });

  type Refusal = [title: string, change: Parameters<EdgeWorld["call"]>[2], status: string, code: number];
  const refusals: Refusal[] = [
    ["TERM-4: a number without +", { requestUri: `sip:15005550001@${DOMAIN}` }, "400 Invalid Phone Number", 32101],
    ["TERM-5: somebody else's caller ID", { from: `<sip:+13105550009@${DOMAIN}>` }, "403 Invalid Caller ID", 32204],
    ["TERM-6: no hops left", { maxForwards: 0 }, "483 Too Many Hops", 32006],
    ["TERM-2: a wrong password", { credentials: { username: "demo", password: "x" } }, "403 Forbidden", 32202],
    ["TERM-2: an unknown user", { credentials: { username: "who", password: "x" } }, "403 Forbidden", 32202],
    ["§8.3: SDP that cannot be read", { sdp: "refuse 400" }, "400 ", 32102],
    ["§8.3: SDP that cannot be served", { sdp: "refuse 488" }, "488 Not Acceptable Here", 32102],
  ];
  it.each(refusals)("TERM-11 %s", async (_title, change, status, code) => {
    const world = new EdgeWorld();
    const watch = watching();
    const pbx = world.phone(PBX, watch);
    world.call(pbx, undefined, change);
    await world.pass(2_000);
    const response = watch.last();
    expect(`${response?.status} ${response?.reason}`).toContain(status);
    expect(response?.header("x-twilio-error")?.split(" ")[0]).toBe(String(code));
    expect(response?.header("reason")).toMatch(/^Q\.850;cause=\d+;text=".+"$/);
    expect(response?.header("x-twilio-callsid")).toBe(world.record()?.sid);
    expect(world.record()).toMatchObject({ errorCode: code, endedBy: "platform", sipStatus: response?.status });
    expect(
      world
        .record()
        ?.trace.map(({ verdict }) => verdict)
        .indexOf("refuse"),
    ).toBe((world.record()?.trace.length ?? 0) - 1);
    await world.pass(1_000);
    expect(world.alerts).toMatchObject([{ errorCode: code, accountSid: ACCOUNT }]);
    expect(await world.finish()).toEqual([]);
  });

  it("hard rule 9: strangers' refusals are sampled, and a stranger learns nothing about users", async () => {
    const world = new EdgeWorld({ core: { limits: { recordedRefusalsPerMinute: 3 } } });
    const reasons = new Set<string | undefined>();
    const pbx = world.phone(PBX, {
      onEvent: (event) => event.kind === "fail" && reasons.add(event.response?.header("reason")),
    });
    for (const username of ["demo", "who", "demo", "who", "demo"]) {
      world.call(pbx, undefined, { credentials: { username, password: "guess" } });
    }
    await world.pass(1_000);
    expect(pbx.heard.filter((word) => word === "fail response 403")).toHaveLength(5);
    expect(world.events.filter((event) => event.kind === "ended")).toHaveLength(3);
    expect(world.core.metrics()["refusals_not_recorded"]).toBe(2);
    expect(reasons.size).toBe(1);
    expect(await world.finish()).toEqual([]);
  });

  it("TERM-2: a source outside the ACL is refused before any challenge", async () => {
    const listSid = sid("AL", 1);
    const world = new EdgeWorld({
      rows: [
        ["trunkIpAccessControlList", `${TRUNK}/${listSid}`, { trunkSid: TRUNK, listSid }],
        [
          "ipAddress",
          sid("IP", 1),
          { sid: sid("IP", 1), listSid, friendlyName: "", ipAddress: "203.0.113.0", cidrPrefixLength: 24 },
        ],
      ],
    });
    const watch = watching();
    world.call(world.phone(PBX, watch));
    await world.pass(1_000);
    expect(watch.last()?.status).toBe(403);
    expect(watch.last()?.header("x-twilio-error")).toMatch(/^32201 /);
    expect(world.core.metrics()["challenges"]).toBeUndefined();
    expect(await world.finish()).toEqual([]);
  });

  it("CANCEL while it rings ends both sides; the record is canceled", async () => {
    const world = new EdgeWorld();
    const pbx = world.phone(PBX);
    const carrier = world.phone(CARRIER, { onInvite: rings });
    const session = world.call(pbx);
    await world.pass(1_000);
    session.cancel();
    await world.pass(1_000);
    expect(pbx.heard).toContain("fail cancelled 487");
    expect(carrier.heard).toEqual(["cancelled", "ended failed"]);
    expect(world.record()).toMatchObject({ status: "canceled", attempts: [{ status: 487 }] });
    expect(await world.finish()).toEqual([]);
  });

  it("a carrier's refusal is passed through with its phrase and without X-Twilio-Error", async () => {
    const world = new EdgeWorld();
    const watch = watching();
    world.phone(CARRIER, {
      onInvite: (session) => session.reject(486, "Busy, sorry", [["Reason", 'Q.850;cause=17;text="busy"']]),
    });
    world.call(world.phone(PBX, watch));
    await world.pass(1_000);
    expect([watch.last()?.status, watch.last()?.reason]).toEqual([486, "Busy, sorry"]);
    expect(watch.last()?.header("x-twilio-error")).toBeUndefined();
    expect(watch.last()?.header("reason")).toBe('Q.850;cause=17;text="busy"');
    expect(world.record()).toMatchObject({ status: "busy", endedBy: "callee", errorCode: null });
    expect(await world.finish()).toEqual([]);
  });

  it("TERM-12: a carrier's 503 is tried at the next carrier", async () => {
    const world = new EdgeWorld();
    world.phone(CARRIER, { onInvite: rejects(503, "Full") });
    const spare = world.phone(SPARE, { onInvite: answers });
    const session = world.call(world.phone(PBX));
    await world.pass(1_000);
    expect(spare.incoming).toHaveLength(1);
    session.hangup();
    await world.pass(1_000);
    expect(world.record()?.attempts.map(({ status }) => status)).toEqual([503, 200]);
    expect(await world.finish()).toEqual([]);
  });

  it("32022: a caller that never acknowledges is hung up on after 64 · T1, and so is the callee", async () => {
    const world = new EdgeWorld();
    const carrier = world.phone(CARRIER, { onInvite: answers });
    const pbx = world.phone(PBX);
    world.network.rule = ({ from, wire }) => (from.startsWith(PBX) && wire.startsWith("ACK") ? "lose" : undefined);
    world.call(pbx);
    await world.pass(40_000);
    expect(carrier.heard).toContain("ended bye");
    expect(world.record()).toMatchObject({ errorCode: 32022, endedBy: "platform" });
    world.network.rule = () => undefined;
    expect(await world.finish()).toEqual([]);
  });

  it("32015, ACC-5: ends at the account's maximum duration", async () => {
    const settings = { accountSid: ACCOUNT, ...DEFAULT_ACCOUNT_SETTINGS, maxCallDurationSec: 30 };
    const world = new EdgeWorld({ rows: [["accountSettings", ACCOUNT, settings]] });
    const carrier = world.phone(CARRIER, { onInvite: answers });
    const pbx = world.phone(PBX);
    world.call(pbx);
    await world.pass(32_000);
    expect([pbx.heard.at(-1), carrier.heard.at(-1)]).toEqual(["ended bye", "ended bye"]);
    expect(world.record()).toMatchObject({ status: "completed", errorCode: 32015, durationSec: 30 });
    expect(await world.finish()).toEqual([]);
  });
});

describe("origination", () => {
  it("ORIG-11: dials the trunk's server with the call's SID, and BYE comes from there", async () => {
    const world = new EdgeWorld();
    const pbx = world.phone(PBX, { onInvite: answers });
    const carrier = world.phone(CARRIER);
    world.originate(carrier);
    await world.pass(1_000);
    const invite = pbx.incoming[0]?.invite;
    expect(invite?.requestUri).toContain(`sip:${NUMBER}@${PBX}`);
    expect(invite?.header("x-twilio-callsid")).toMatch(/^CA/);
    expect(invite?.header("diversion")).toBe(`<sip:${NUMBER}@${ZONE}>;reason=unconditional`);
    pbx.incoming[0]?.hangup();
    await world.pass(1_000);
    expect(carrier.heard).toEqual(["trying", "progress 180", "answer", "ended bye"]);
    expect(world.record()).toMatchObject({
      direction: "trunking-originating",
      endedBy: "callee",
      to: invite?.requestUri,
    });
    expect(await world.finish()).toEqual([]);
  });

  it("ORIG-4: a silent target is left for the next after 4 s, and told so by CANCEL if it wakes up", async () => {
    const world = new EdgeWorld();
    const spare = world.phone(SPARE, { onInvite: answers });
    const carrier = world.phone(CARRIER);
    const session = world.originate(carrier);
    await world.pass(3_900);
    expect(spare.incoming).toHaveLength(0);
    await world.pass(400);
    expect(carrier.heard).toContain("answer");
    const pbx = world.phone(PBX, { onInvite: rings });
    await world.pass(8_000);
    expect(pbx.heard).toEqual(["cancelled", "ended failed"]);
    session.hangup();
    await world.pass(1_000);
    expect(world.record()?.attempts.map(({ status }) => status)).toEqual([408, 200]);
    expect(world.alerts).toMatchObject([{ errorCode: 32011, text: expect.stringContaining(`${NUMBER}@${PBX}`) }]);
    expect(await world.finish()).toEqual([]);
  });

  it("ORIG-4: a late 200 of the target that was left is acknowledged and ended", async () => {
    const world = new EdgeWorld();
    world.phone(SPARE, { onInvite: answers });
    const session = world.originate(world.phone(CARRIER));
    await world.pass(4_500);
    const pbx = world.phone(PBX, { onInvite: (late) => late.answer("late") });
    await world.pass(8_000);
    expect(pbx.heard).toEqual(["acknowledged", "ended bye"]);
    session.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it("ORIG-4: 486 is not tried elsewhere, 480 is", async () => {
    const busy = new EdgeWorld();
    busy.phone(PBX, { onInvite: rejects(486, "Busy Here") });
    const spare = busy.phone(SPARE, { onInvite: answers });
    busy.originate(busy.phone(CARRIER));
    await busy.pass(1_000);
    expect(spare.incoming).toHaveLength(0);
    expect(await busy.finish()).toEqual([]);

    const away = new EdgeWorld();
    away.phone(PBX, { onInvite: rejects(480, "Away") });
    away.phone(SPARE, { onInvite: rejects(404, "Not Here") });
    const watch = watching();
    away.originate(away.phone(CARRIER, watch));
    await away.pass(1_000);
    expect(watch.last()?.status).toBe(404);
    expect(await away.finish()).toEqual([]);
  });

  it("ORIG-13: what is wrong with a target that is left out is told to the customer, and the others are called", async () => {
    const url = originationUrl(3, { sipUrl: `sip:${STRANGER};tnx=TXnone`, priority: 0 });
    const world = new EdgeWorld({ rows: [["originationUrl", url.sid, url]] });
    const pbx = world.phone(PBX, { onInvite: answers });
    const session = world.originate(world.phone(CARRIER));
    await world.pass(1_000);
    expect(pbx.incoming).toHaveLength(1);
    expect(world.alerts).toMatchObject([{ errorCode: 32301, text: expect.stringContaining("TXnone") }]);
    session.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it("a number that nobody has is answered to the carrier, logged, and nobody's record", async () => {
    const world = new EdgeWorld();
    const watch = watching();
    world.originate(world.phone(CARRIER, watch), { requestUri: `sip:+19995550123@${EDGE.address}` });
    await world.pass(1_000);
    expect(watch.last()?.status).toBe(404);
    expect(world.events).toEqual([]);
    expect(world.logged).toHaveLength(1);
    expect(await world.finish()).toEqual([]);
  });
});

describe("taking and refusing calls at all", () => {
  it("503 with Retry-After before the directory is loaded, above the most calls, and while closing", async () => {
    const starting = new EdgeWorld({ isEmpty: true });
    const full = new EdgeWorld({ core: { limits: { maxCalls: 0 } } });
    const closing = new EdgeWorld();
    void closing.core.close(60_000);
    for (const world of [starting, full, closing]) {
      const watch = watching();
      world.call(world.phone(PBX, watch));
      await world.pass(1_000);
      expect([watch.last()?.status, watch.last()?.header("retry-after")]).toEqual([503, "5"]);
      expect(world.events).toEqual([]);
      expect(await world.finish()).toEqual([]);
    }
  });

  it("closing leaves running calls their time, then ends them", async () => {
    const world = new EdgeWorld();
    world.phone(CARRIER, { onInvite: answers });
    const pbx = world.phone(PBX);
    world.call(pbx);
    await world.pass(1_000);
    let isClosed = false;
    void world.core.close(5_000).then(() => {
      isClosed = true;
    });
    await world.pass(4_900);
    expect(pbx.heard).not.toContain("ended bye");
    await world.pass(1_000);
    expect([pbx.heard.at(-1), isClosed]).toEqual(["ended bye", true]);
    expect(await world.finish()).toEqual([]);
  });

  it("a trunk that was changed routes differently on the next call", async () => {
    const world = new EdgeWorld();
    const seq = world.directory.seq;
    world.directory.apply([
      { seq: seq + 1, entity: "trunk", key: TRUNK, row: trunk({ domainName: `new.pstn.${ZONE}` }) },
    ]);
    const pbx = world.phone(PBX);
    world.call(pbx);
    await world.pass(1_000);
    expect(pbx.heard).toEqual([]);
    expect(world.core.metrics()["dropped_unknown_host"]).toBeGreaterThan(0);
    expect(await world.finish()).toEqual([]);
  });
});
