import type { Session } from "@trunkline/sip";
import type { CallRecord } from "@trunkline/trunking";
import { describe, expect, it } from "vitest";
import {
  ACCOUNT,
  account,
  carrier,
  changes,
  originationUrl,
  sid,
  TRUNK,
  trunk,
  type WrittenRow,
} from "../../../test/support/lent-fixtures.ts";
import { demoCall, EdgeGround, failure, kinds } from "./edge-ground.fixture.ts";
import { NUMBER, ZONE } from "./edge-world.fixture.ts";
import type { SocketPhone } from "./socket-phone.fixture.ts";

const OTHER_ACCOUNT = sid("AC", 2);
const OTHER_TRUNK = sid("TK", 2);
const CALLED = "+81312345678";
const OWN = sid("CX", 9);

const answers = (session: Session): void => session.answer("answer-b");

/** A second account whose trunk has `CALLED`, and the carrier that leads back here. */
function secondAccount(pbx: string | undefined): readonly WrittenRow[] {
  const url = originationUrl(9, { accountSid: OTHER_ACCOUNT, trunkSid: OTHER_TRUNK, sipUrl: `sip:${pbx}` });
  const permission = { accountSid: ACCOUNT, destination: "JP", lowRisk: true };
  return [
    ["account", OTHER_ACCOUNT, account({ sid: OTHER_ACCOUNT })],
    ["trunk", OTHER_TRUNK, trunk({ sid: OTHER_TRUNK, accountSid: OTHER_ACCOUNT, domainName: `other.pstn.${ZONE}` })],
    [
      "phoneNumber",
      sid("PN", 9),
      { sid: sid("PN", 9), accountSid: OTHER_ACCOUNT, e164: CALLED, trunkSid: OTHER_TRUNK },
    ],
    ...(pbx === undefined ? [] : ([["originationUrl", url.sid, url]] as const)),
    ["dialingPermission", `${ACCOUNT}/JP`, { ...permission, highRiskSpecial: false, highRiskTollFraud: false }],
    ["carrier", OWN, carrier(9, { friendlyName: "Inside", ownNumbersOnly: true, retryStatuses: [] })],
  ];
}

type Inside = {
  readonly ground: EdgeGround;
  readonly pstn: SocketPhone;
  readonly caller: SocketPhone;
  call(change?: object): Session;
};

/** An edge, a caller of the first account, and a carrier that should not be called. */
async function open(pbx: SocketPhone | undefined, ground: EdgeGround): Promise<Inside> {
  const pstn = await ground.phone({ onInvite: answers, address: "127.0.0.41" });
  const caller = await ground.phone();
  const { port } = await ground.open({ carrier: pstn, spare: pstn }, {}, {}, secondAccount(pbx?.place));
  const requestUri = demoCall.requestUri.replace("+15005550001", CALLED);
  const call = (change: object = {}): Session => caller.call(port, { ...demoCall, requestUri, ...change });
  return { ground, pstn, caller, call };
}

async function records({ ground }: Inside): Promise<Readonly<Record<string, CallRecord>>> {
  await expect.poll(() => ground.sink.ended).toBe(2);
  return Object.fromEntries([...ground.sink.records.values()].map((record) => [record.accountSid, record]));
}

describe("TERM-12: a call between two customers stays inside", () => {
  it("both have their record, the caller ID passes, and no carrier is called", async () => {
    const ground = new EdgeGround();
    const pbx = await ground.phone({ onInvite: answers, address: "127.0.0.22" });
    const world = await open(pbx, ground);
    const { caller } = world;
    world.call();
    await expect.poll(() => kinds(pbx.heard)).toContain("acknowledged");
    const invite = pbx.incoming[0]?.invite;
    expect(invite?.requestUri).toBe(`sip:${CALLED}@${pbx.place}`);
    expect(invite?.header("from")).toContain(`<sip:${NUMBER}@other.pstn.${ZONE}>`);
    expect(invite?.header("x-twilio-accountsid")).toBe(OTHER_ACCOUNT);
    expect(ground.plane.sessions).toBe(2);
    pbx.incoming[0]?.hangup();
    await expect.poll(() => kinds(caller.heard)).toContain("ended");
    const both = await records(world);
    expect(both[ACCOUNT]).toMatchObject({
      direction: "trunking-terminating",
      trunkSid: TRUNK,
      from: NUMBER,
      to: CALLED,
      status: "completed",
      attempts: [{ carrierSid: OWN, status: 200 }],
    });
    expect(both[OTHER_ACCOUNT]).toMatchObject({
      direction: "trunking-originating",
      trunkSid: OTHER_TRUNK,
      from: NUMBER,
      status: "completed",
    });
    expect(world.pstn.incoming).toEqual([]);
    expect(ground.plane.sessions).toBe(0);
  });

  it("an offer too large for a datagram outside stays inside too, and so do later ones", async () => {
    const ground = new EdgeGround();
    const pbx = await ground.phone({ transport: "tcp", onInvite: answers, address: "127.0.0.22" });
    const world = await open(pbx, ground);
    const { caller } = world;
    world.call({ sdp: `offer ${"x".repeat(4_000)}` });
    await expect.poll(() => kinds(pbx.heard)).toContain("acknowledged");
    pbx.incoming[0]?.offer(`offer ${"y".repeat(4_000)}`);
    await expect.poll(() => kinds(caller.heard)).toContain("offer");
    expect(world.pstn.incoming).toEqual([]);
  });

  it("behind a NAT, which need not lead our outer address back to us, requests inside the call find their way too", async () => {
    const ground = new EdgeGround();
    const pbx = await ground.phone({ transport: "tcp", onInvite: answers, address: "127.0.0.22" });
    const caller = await ground.phone({ transport: "tcp" });
    const addresses = [{ bind: "127.0.0.1", advertise: "203.0.113.5" }];
    const { port, edge } = await ground.open({}, { addresses }, {}, secondAccount(pbx.place));
    caller.call(port, { ...demoCall, requestUri: demoCall.requestUri.replace("+15005550001", CALLED) });
    await expect.poll(() => kinds(pbx.heard)).toContain("acknowledged");
    pbx.incoming[0]?.hangup();
    await expect.poll(() => kinds(caller.heard)).toContain("ended");
    await expect.poll(() => edge.metrics()["live_sessions"]).toBe(0);
  });

  it("a busy PBX is busy for the caller, and nobody else is asked", async () => {
    const ground = new EdgeGround();
    const pbx = await ground.phone({
      onInvite: (session) => session.reject(486, "Busy Here"),
      address: "127.0.0.22",
    });
    const world = await open(pbx, ground);
    const { caller } = world;
    world.call();
    await expect.poll(() => failure(caller.heard)).toMatchObject({ status: 486 });
    const both = await records(world);
    expect([both[ACCOUNT]?.status, both[OTHER_ACCOUNT]?.status]).toEqual(["busy", "busy"]);
    expect(world.pstn.incoming).toEqual([]);
  });

  it("ORIG-4: a trunk without an origination URL is 480 with 32010 for its owner, and no carrier is asked to bring the call back", async () => {
    const ground = new EdgeGround();
    const world = await open(undefined, ground);
    const { caller } = world;
    world.call();
    await expect.poll(() => failure(caller.heard)).toMatchObject({ status: 480 });
    const both = await records(world);
    expect([both[ACCOUNT]?.sipStatus, both[ACCOUNT]?.errorCode]).toEqual([480, null]);
    expect(both[OTHER_ACCOUNT]).toMatchObject({ sipStatus: 480, errorCode: 32010 });
    expect(world.pstn.incoming).toEqual([]);
  });

  it("the caller gives up: CANCEL goes through", async () => {
    const ground = new EdgeGround();
    const pbx = await ground.phone({ onInvite: (session) => session.progress(180), address: "127.0.0.22" });
    const world = await open(pbx, ground);
    const { caller } = world;
    const session = world.call();
    await expect.poll(() => kinds(caller.heard)).toContain("progress");
    session.cancel();
    await expect.poll(() => pbx.incoming[0]?.state).toBe("ended");
    const both = await records(world);
    expect([both[ACCOUNT]?.status, both[OTHER_ACCOUNT]?.status]).toEqual(["canceled", "canceled"]);
  });

  it("TERM-1: a customer whose origination URL names the platform gets no call on from there", async () => {
    const ground = new EdgeGround();
    const pstn = await ground.phone({ address: "127.0.0.41" });
    const pbx = await ground.phone({ onInvite: answers, address: "127.0.0.22" });
    const { port, apply } = await ground.open({ carrier: pstn }, {}, {}, secondAccount(pbx.place));
    const url = originationUrl(1, { sipUrl: `sip:${CALLED}@127.0.0.1:${port}` });
    apply(
      changes(
        [
          ["originationUrl", url.sid, url],
          ["originationUrl", sid("OU", 2), null],
        ],
        1_000,
      ),
    );
    pstn.call(port, { requestUri: `sip:${NUMBER}@127.0.0.1:${port}`, from: "<sip:+13105550001@127.0.0.41>" });
    await expect.poll(() => failure(pstn.heard), { timeout: 15_000 }).toBeDefined();
    expect(pbx.incoming).toEqual([]);
  }, 20_000);
});
