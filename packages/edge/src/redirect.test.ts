import type { Session } from "@trunkline/sip";
import { describe, expect, it } from "vitest";
import { originationUrl, sid, TRUNK, trunk, type WrittenRow } from "../../../test/support/lent-fixtures.ts";
import { CARRIER, DOMAIN, EdgeWorld, NUMBER, PBX, SPARE, ZONE } from "./edge-world.fixture.ts";

/** Where the redirected call goes; no target of the trunk. */
const THERE = "192.0.2.40";

const answers = (session: Session): void => session.answer("answer-b");
/** 302 with these Contact headers. */
const points =
  (...contacts: readonly string[]) =>
  (session: Session): void =>
    session.reject(
      302,
      "Moved Temporarily",
      contacts.map((contact) => ["Contact", contact]),
    );

/** A call from the carrier to a PBX that redirects it. */
function redirected(onInvite: (session: Session) => void, rows: readonly WrittenRow[] = []) {
  const world = new EdgeWorld({ rows });
  const pbx = world.phone(PBX, { onInvite });
  const there = world.phone(THERE, { onInvite: answers });
  const spare = world.phone(SPARE, { onInvite: answers });
  const carrier = world.phone(CARRIER);
  return { world, pbx, there, spare, carrier, call: world.originate(carrier) };
}

describe("ORIG-9: 302 of the customer's server", () => {
  it("is followed to the first URI of the first Contact, whatever q says; the record tells both", async () => {
    const both = [`<sip:agent@${THERE}:5060;foo=bar?X-Stranger=1>;q=0.1`, `<sip:other@${SPARE}>;q=1.0`];
    const { world, there, spare, call } = redirected(points(both.join(", ")));
    await world.pass(1_000);
    expect([there.incoming.length, spare.incoming.length]).toEqual([1, 0]);
    const invite = there.incoming[0]?.invite;
    expect(invite?.requestUri).toBe(`sip:agent@${THERE}:5060;foo=bar`);
    expect(invite?.header("x-stranger")).toBeUndefined();
    expect(invite?.header("diversion")).toBe(`<sip:${NUMBER}@${ZONE}>;reason=unconditional`);
    expect(invite?.header("x-twilio-callsid")).toBe(world.record()?.sid);
    call.hangup();
    await world.pass(1_000);
    expect(world.record()).toMatchObject({
      status: "completed",
      to: `sip:agent@${THERE}:5060;foo=bar`,
      attempts: [{ status: 302 }, { status: 200, originationUrlSid: sid("OU", 1) }],
      errorCode: null,
    });
    const rules = world.record()?.trace.map(({ rule, verdict }) => `${rule} ${verdict}`);
    expect(rules?.slice(-3)).toEqual(["call.attempt info", "origination.redirect pass", "call.attempt pass"]);
    expect(world.alerts).toEqual([]);
    expect(await world.finish()).toEqual([]);
  });

  it("without a user part it is the dialled number's", async () => {
    const { world, there, call } = redirected(points(`<sip:${THERE}>`));
    await world.pass(1_000);
    expect(there.incoming[0]?.invite.requestUri).toBe(`sip:${NUMBER}@${THERE}`);
    call.hangup();
    expect(await world.finish()).toEqual([]);
  });

  const failing: [title: string, contacts: readonly string[], why: RegExp][] = [
    ["without a Contact", [], /no Contact/],
    ["with one that is no SIP URI", ["<tel:+14155550100>"], /cannot be called/],
    ["with a Contact that cannot be read", ["<sip:a@b"], /cannot be called/],
    ["to the platform itself", [`<sip:+14155550100@${DOMAIN}>`], /host of this installation/],
    ["to its SIP name", [`<sip:x@sip.${ZONE}>`], /host of this installation/],
    ["to its address", ["<sip:x@192.0.2.10>"], /host of this installation/],
    ["to whoever sends it elsewhere again", [`<sip:${PBX}>`], /second time/],
  ];
  it.each(failing)("32219: %s the call fails, and no other target is tried", async (_title, contacts, why) => {
    const { world, spare, carrier } = redirected(points(...contacts));
    await world.pass(2_000);
    expect(carrier.heard).toContain("fail response 502");
    expect(spare.incoming).toEqual([]);
    expect(world.record()).toMatchObject({ errorCode: 32219, endedBy: "platform", sipStatus: 502 });
    expect(world.alerts).toMatchObject([{ errorCode: 32219, text: expect.stringMatching(why) }]);
    expect(world.record()?.trace.at(-1)).toMatchObject({ rule: "origination.redirect", verdict: "refuse" });
    expect(await world.finish()).toEqual([]);
  });

  it("ORIG-4: when nobody is there, the trunk's next target is tried", async () => {
    const { world, spare, call } = redirected(points("<sip:192.0.2.99>"));
    await world.pass(5_000);
    expect(spare.incoming).toHaveLength(1);
    call.hangup();
    await world.pass(1_000);
    expect(world.record()?.attempts.map(({ status }) => status)).toEqual([302, 408, 200]);
    expect(await world.finish()).toEqual([]);
  });

  it("SEC-2: a secure trunk's call stays with TLS and SRTP", async () => {
    const url = originationUrl(1, { sipUrl: `sip:${PBX}:5060`, priority: 1 });
    const secure: readonly WrittenRow[] = [
      ["trunk", TRUNK, trunk({ domainName: DOMAIN, secure: true })],
      ["originationUrl", url.sid, url],
    ];
    const { world, there, call } = redirected(points(`<sip:${THERE}:5060;transport=udp>`), secure);
    await world.pass(1_000);
    expect(there.incoming[0]?.invite.requestUri).toBe(`sip:${NUMBER}@${THERE}:5060;transport=tls`);
    expect(there.incoming[0]?.flow.transport).toBe("tls");
    expect(world.plane.opened.map(({ srtp }) => srtp)).toEqual([{ a: false, b: true }]);
    call.hangup();
    expect(await world.finish()).toEqual([]);
  });

  it.each([300, 301, 305, 380])("ORIG-4: %i is a failed attempt like others", async (status) => {
    const contact = [["Contact", `<sip:${THERE}>`]] as const;
    const { world, there, spare, call } = redirected((session) => session.reject(status, "Elsewhere", contact));
    await world.pass(1_000);
    expect([there.incoming.length, spare.incoming.length]).toEqual([0, 1]);
    call.hangup();
    await world.pass(1_000);
    expect(world.alerts).toMatchObject([{ errorCode: 32011 }]);
    expect(await world.finish()).toEqual([]);
  });

  it("a carrier's 302 is not followed", async () => {
    const world = new EdgeWorld();
    world.phone(CARRIER, { onInvite: points(`<sip:${THERE}>`) });
    const there = world.phone(THERE, { onInvite: answers });
    const pbx = world.phone(PBX);
    world.call(pbx);
    await world.pass(1_000);
    expect([there.incoming.length, pbx.heard]).toEqual([0, ["trying", "fail response 502", "ended failed"]]);
    expect(await world.finish()).toEqual([]);
  });
});
