import type { SessionEvent, SipResponse } from "@trunkline/sip";
import type { CallLimit } from "@trunkline/trunking";
import { describe, expect, it } from "vitest";
import { ACCOUNT, sid, TRUNK, trunk, type WrittenRow } from "../../../test/support/lent-fixtures.ts";
import { CARRIER, EDGE, EdgeWorld, PBX, SPARE, ZONE } from "./edge-world.fixture.ts";

const LIST = sid("AL", 1);
/** Lets the PBX in by its address, so that a call is one INVITE; its limit holds for each address. */
const SOURCE = sid("IP", 1);
const byAddress: readonly WrittenRow[] = [
  ["trunkCredentialList", `${TRUNK}/${sid("CL", 1)}`, null],
  ["trunkIpAccessControlList", `${TRUNK}/${LIST}`, { trunkSid: TRUNK, listSid: LIST }],
  ["ipAddress", SOURCE, { sid: SOURCE, listSid: LIST, friendlyName: "", ipAddress: PBX, cidrPrefixLength: 32 }],
];

function limit(ownerSid: string, change: Partial<CallLimit>): WrittenRow {
  return ["callLimit", ownerSid, { ownerSid, maxCps: null, burst: null, maxConcurrentCalls: null, ...change }];
}

/** A PBX that may call, and every final response it got. */
function calling(...rows: readonly WrittenRow[]) {
  const world = new EdgeWorld({ rows: [...byAddress, ...rows] });
  const finals: SipResponse[] = [];
  const onEvent = (event: SessionEvent): void => {
    if ((event.kind === "answer" || event.kind === "fail") && event.response) finals.push(event.response);
  };
  const pbx = world.phone(PBX, { onEvent });
  const said = (): string[] =>
    finals.map((final) =>
      [final.status, final.reason, final.header("x-twilio-error")?.split(" ")[0], final.header("retry-after")]
        .filter((part) => part !== undefined)
        .join(" "),
    );
  return { world, pbx, finals, said };
}
const answers = { onInvite: (session: { answer(sdp: string): void }) => session.answer("answer-b") };

describe("LIM-1: limits on calls from a customer", () => {
  const cases: [whose: string, rows: readonly WrittenRow[], refused: string][] = [
    ["trunk's CPS", [limit(TRUNK, { maxCps: 0.1 })], "503 Trunk CPS limit exceeded 32001 10"],
    ["account's CPS", [limit(ACCOUNT, { maxCps: 0.2 })], "503 Account CPS limit exceeded 32012 5"],
    ["source's CPS", [limit(SOURCE, { maxCps: 0.5 })], "503 Source CPS limit exceeded 32001 2"],
    [
      "trunk's calls at once",
      [limit(TRUNK, { maxConcurrentCalls: 1 })],
      "503 Trunk concurrent call limit exceeded 10004 5",
    ],
  ];
  it.each(cases)(
    "one call above the %s: 503, the limit's name, Retry-After, record and alert",
    async (_w, rows, want) => {
      const { world, pbx, said } = calling(...rows);
      world.phone(CARRIER, answers);
      const first = world.call(pbx);
      world.call(pbx);
      await world.pass(500);
      expect(said()).toEqual([want, "200 OK"]);
      first.hangup();
      await world.pass(1_500);
      const code = Number(want.split(" ").at(-2));
      expect(world.alerts).toMatchObject([{ errorCode: code, accountSid: ACCOUNT }]);
      const refused = world.events.find((event) => event.kind === "ended" && event.sipStatus === 503);
      expect(refused).toMatchObject({ errorCode: code, by: "platform" });
      expect(await world.finish()).toEqual([]);
    },
  );

  it("a burst passes whole, and a second later there is room again", async () => {
    const { world, pbx, said } = calling(limit(TRUNK, { maxCps: 2, burst: 3 }));
    world.phone(CARRIER, { onInvite: (session) => session.reject(486, "Busy Here") });
    for (let call = 0; call < 5; call++) world.call(pbx);
    await world.pass(1_000);
    for (let call = 0; call < 3; call++) world.call(pbx);
    await world.pass(1_000);
    expect(said().filter((line) => line === "486 Busy Here")).toHaveLength(5);
    expect(said().filter((line) => line.startsWith("503 Trunk CPS"))).toHaveLength(3);
    expect(await world.finish()).toEqual([]);
  });

  it("a call counts until it is over, whichever way: BYE, CANCEL, refusal, and the edge's closing", async () => {
    const { world, pbx, said } = calling(limit(TRUNK, { maxConcurrentCalls: 1 }));
    let takes: "answer" | "ring" | "refuse" = "answer";
    world.phone(CARRIER, {
      onInvite: (session) => {
        if (takes === "refuse") session.reject(486, "Busy Here");
        else if (takes === "ring") session.progress(180);
        else session.answer("answer-b");
      },
    });
    const talking = world.call(pbx);
    await world.pass(500);
    talking.hangup();
    takes = "ring";
    const ringing = world.call(pbx);
    await world.pass(500);
    ringing.cancel();
    await world.pass(500);
    takes = "refuse";
    world.call(pbx);
    await world.pass(500);
    takes = "answer";
    world.call(pbx);
    await world.pass(500);
    void world.core.close(0);
    await world.pass(500);
    expect(said()).toEqual(["200 OK", "487 Request Terminated", "486 Busy Here", "200 OK"]);
    expect(await world.finish()).toEqual([]);
  });

  it("origination: the trunk's calls at once, told to the carrier", async () => {
    const world = new EdgeWorld({ rows: [limit(TRUNK, { maxConcurrentCalls: 1 })] });
    world.phone(PBX, answers);
    const carrier = world.phone(CARRIER);
    const calls = [world.originate(carrier), world.originate(carrier)];
    await world.pass(500);
    expect(carrier.heard).toContain("fail response 503");
    expect(carrier.heard).toContain("answer");
    for (const call of calls) call.hangup();
    expect(await world.finish()).toEqual([]);
  });
});

describe("LIM-1, TERM-12: a carrier at its limit", () => {
  const first = sid("CX", 1);
  const second = sid("CX", 2);

  it("full before the call: it is not chosen", async () => {
    const { world, pbx } = calling(limit(first, { maxConcurrentCalls: 1 }));
    const carrier = world.phone(CARRIER, answers);
    const spare = world.phone(SPARE, answers);
    const calls = [world.call(pbx), world.call(pbx)];
    await world.pass(500);
    expect([carrier.incoming.length, spare.incoming.length]).toEqual([1, 1]);
    for (const call of calls) call.hangup();
    await world.pass(500);
    world.call(pbx).hangup();
    expect(await world.finish()).toEqual([]);
  });

  it("full by the time it is its turn: traced, recorded as an attempt, and the next is called", async () => {
    // Each call goes to the first carrier, which refuses late; by then the second one's only channel is taken by the other call.
    const { world, pbx, said } = calling(limit(second, { maxConcurrentCalls: 1 }));
    world.phone(CARRIER, { onInvite: (session) => session.reject(503, "Full") });
    world.phone(SPARE, answers);
    const calls = [world.call(pbx), world.call(pbx)];
    await world.pass(1_000);
    expect(said().toSorted()).toEqual(["200 OK", "503 Service Unavailable 13224 5"]);
    const attempt = world.events.find((event) => event.kind === "attempt" && /limit/.test(event.attempt.reason ?? ""));
    expect(attempt).toMatchObject({
      attempt: { carrierSid: second, status: 503, reason: "Carrier concurrent call limit exceeded" },
      sipCallId: null,
    });
    const steps = world.events.flatMap((event) => (event.kind === "trace" ? event.steps : []));
    expect(steps.map(({ detail }) => detail).join()).toContain(
      `not called: Carrier concurrent call limit exceeded: ${second}`,
    );
    expect(world.alerts).toMatchObject([{ errorCode: 13224 }]);
    for (const call of calls) call.hangup();
    await world.pass(500);
    expect(await world.finish()).toEqual([]);
  });

  it("the last one full: Retry-After says when it has room; a carrier's own 503 says nothing of us", async () => {
    const { world, pbx, said } = calling(limit(second, { maxCps: 0.05 }));
    world.phone(CARRIER, { onInvite: (session) => session.reject(503, "Full") });
    world.phone(SPARE, { onInvite: (session) => session.reject(503, "Full too") });
    world.call(pbx);
    world.call(pbx);
    await world.pass(1_000);
    expect(said().toSorted()).toEqual(["503 Full too", "503 Service Unavailable 13224 20"]);
    expect(await world.finish()).toEqual([]);
  });

  it("what an attempt took is given back when it is left for another", async () => {
    const { world, pbx } = calling(limit(first, { maxConcurrentCalls: 1 }));
    let refuses = true;
    const carrier = world.phone(CARRIER, {
      onInvite: (session) => (refuses ? session.reject(503, "Full") : session.answer("answer-b")),
    });
    world.phone(SPARE, answers);
    const failedOver = world.call(pbx);
    await world.pass(500);
    refuses = false;
    const second = world.call(pbx);
    await world.pass(500);
    expect(carrier.heard).toContain("acknowledged");
    for (const call of [failedOver, second]) call.hangup();
    expect(await world.finish()).toEqual([]);
  });
});

describe("TERM-11: a hundred and more refusals a second", () => {
  const PER_SECOND = 120;

  it("of a customer who may call: 60 a minute are recorded, and one alert counts the others", async () => {
    const { world, pbx, finals } = calling(limit(TRUNK, { maxCps: 0 }));
    for (let second = 0; second < 60; second++) {
      for (let call = 0; call < PER_SECOND; call++) world.call(pbx);
      await world.pass(1_000);
    }
    await world.pass(1_000);
    expect(finals.filter(({ status }) => status === 503)).toHaveLength(60 * PER_SECOND);
    expect(world.events).toHaveLength(2 * 60);
    expect(world.alerts).toHaveLength(61);
    expect(world.alerts.at(-1)).toMatchObject({ errorCode: 32001, accountSid: ACCOUNT });
    expect(world.alerts.at(-1)?.text).toMatch(
      /^Trunk CPS limit exceeded: .* \(and 7,140 more like it within the last minute\)$/,
    );
    expect(world.core.metrics()).toMatchObject({
      refused: 7_200,
      refusals_not_recorded: 7_140,
      alerts_repeated: 7_140,
    });
    expect(await world.finish()).toEqual([]);
  });

  it("of a server that is down: its failed calls are all recorded, its alerts are not", async () => {
    const world = new EdgeWorld();
    const carrier = world.phone(CARRIER);
    for (const address of [PBX, SPARE]) world.phone(address, { onInvite: (session) => session.reject(500, "Broken") });
    for (let call = 0; call < PER_SECOND; call++) world.originate(carrier);
    await world.pass(62_000);
    expect(world.events.filter(({ kind }) => kind === "ended")).toHaveLength(PER_SECOND);
    expect(world.alerts).toHaveLength(61);
    expect(world.alerts.at(-1)?.text).toMatch(/^Error communicating .* answered 500 Broken \(and 180 more like it/);
    expect(await world.finish()).toEqual([]);
  });

  it("of numbers that nobody has: the operator's log is spared too", async () => {
    const world = new EdgeWorld();
    const carrier = world.phone(CARRIER);
    const requestUri = `sip:+19995550123@${EDGE.address}`;
    for (let call = 0; call < PER_SECOND; call++) world.originate(carrier, { requestUri });
    await world.pass(62_000);
    expect(world.logged).toHaveLength(61);
    expect(world.logged.at(-1)).toContain('"more":60');
    expect(await world.finish()).toEqual([]);
  });

  it("of somebody who guesses passwords: the customer hears how often", async () => {
    const world = new EdgeWorld();
    const pbx = world.phone(PBX);
    const credentials = { username: "demo", password: "guess" };
    for (let call = 0; call < PER_SECOND; call++) world.call(pbx, undefined, { credentials });
    await world.pass(62_000);
    expect(world.alerts.at(-1)?.text).toContain("(and 60 more like it within the last minute)");
    expect(world.events.filter(({ kind }) => kind === "ended")).toHaveLength(60);
    expect(await world.finish()).toEqual([]);
  });

  it("of somebody who guesses one customer's passwords: another customer hears of his own", async () => {
    const [account, trunkSid] = [sid("AC", 2), sid("TK", 2)];
    const other = trunk({ sid: trunkSid, accountSid: account, domainName: `other.pstn.${ZONE}` });
    const world = new EdgeWorld({ rows: [["trunk", trunkSid, other]] });
    const pbx = world.phone(PBX);
    const credentials = { username: "demo", password: "guess" };
    for (let call = 0; call < PER_SECOND; call++) world.call(pbx, undefined, { credentials });
    await world.pass(1_000);
    world.call(pbx, undefined, { requestUri: `sip:+15005550001@other.pstn.${ZONE}` });
    await world.pass(1_000);
    expect(world.alerts.filter(({ accountSid }) => accountSid === account)).toMatchObject([{ errorCode: 32200 }]);
    expect(world.events.filter((event) => event.kind === "started" && event.accountSid === account)).toHaveLength(1);
    expect(await world.finish()).toEqual([]);
  });

  it("that nobody acknowledges: a bounded number of answers is kept and repeated, the others are given once", async () => {
    // RFC 3261 §17.2.1: after 0.5, 1, 2 and then every 4 s, until timer H ends it after 32 s.
    const REPEATS = 10;
    const rows = [...byAddress, limit(TRUNK, { maxCps: 0 })];
    const world = new EdgeWorld({ rows, core: { limits: { maxServerTransactions: 10 } } });
    const answers = (): number => world.network.trace.filter((line) => line.includes(" 503 ")).length;
    world.network.rule = ({ wire }) => (wire.startsWith("ACK ") ? "lose" : undefined);
    const pbx = world.phone(PBX);
    for (let call = 0; call < PER_SECOND; call++) world.call(pbx);
    await world.pass(400);
    expect([world.core.counts().serverTransactions, answers()]).toEqual([10, PER_SECOND]);
    await world.pass(32_000);
    expect(answers()).toBe(PER_SECOND + 10 * REPEATS);
    world.network.rule = () => undefined;
    expect(await world.finish()).toEqual([]);
  });

  it("closing tells what was counted so far", async () => {
    const { world, pbx } = calling(limit(TRUNK, { maxCps: 0 }));
    for (let call = 0; call < 70; call++) world.call(pbx);
    await world.pass(1_000);
    void world.core.close(0);
    await world.pass(5_000);
    expect(world.alerts.at(-1)?.text).toContain("(and 10 more like it");
  });

  it("and so does the log", async () => {
    const world = new EdgeWorld();
    const carrier = world.phone(CARRIER);
    for (let call = 0; call < 70; call++) {
      world.originate(carrier, { requestUri: `sip:+19995550123@${EDGE.address}` });
    }
    await world.pass(1_000);
    void world.core.close(0);
    await world.pass(1_000);
    expect(world.logged.at(-1)).toContain('"more":10');
  });
});
