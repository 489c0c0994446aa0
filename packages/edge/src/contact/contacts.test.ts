import type { OutgoingInvite } from "@trunkline/sip";
import { describe, expect, it } from "vitest";
import { sid, TRUNK } from "../../../../test/support/lent-fixtures.ts";
import { DOMAIN, EDGE, EdgeWorld, LOGIN, PBX, STRANGER } from "../edge-world.fixture.ts";

/** Sends an OPTIONS from an address to a domain. */
function ask(world: EdgeWorld, from: string, domain: string, extra = ""): void {
  world.network.attach(from, 5060, { receive: () => undefined, flowFailed: () => undefined });
  const flow = { localAddress: from, localPort: 5060, remoteAddress: EDGE.address, remotePort: EDGE.port };
  const lines = [
    `OPTIONS sip:${domain} SIP/2.0`,
    `Via: SIP/2.0/UDP ${from}:5060;branch=z9hG4bK${Math.random()};rport`,
    `From: <sip:x@${from}>;tag=1`,
    `To: <sip:${domain}>`,
    `Call-ID: ${Math.random()}`,
    "CSeq: 1 OPTIONS",
    "Max-Forwards: 70",
    `${extra}Content-Length: 0`,
  ];
  world.network.host().send({ transport: "udp", ...flow }, `${lines.join("\r\n")}\r\n\r\n`);
}

describe("CON-3: the last that a PBX sent", () => {
  it("nothing yet", () => {
    expect(new EdgeWorld().core.trunkContact(TRUNK)).toEqual({ options: null, invite: null });
  });

  it("OPTIONS: from where, by whom, and that the second within seconds was too early", async () => {
    const world = new EdgeWorld();
    ask(world, PBX, DOMAIN, `User-Agent: ${"x".repeat(500)}\r\n`);
    await world.pass(100);
    const { options } = world.core.trunkContact(TRUNK);
    expect(options).toMatchObject({ sourceAddress: PBX, sourcePort: 5060, transport: "udp", verdict: "answered" });
    expect(options?.userAgent).toBe("x".repeat(128));
    ask(world, PBX, DOMAIN);
    await world.pass(100);
    expect(world.core.trunkContact(TRUNK).options).toMatchObject({ verdict: "early", userAgent: null });
    for (let i = 0; i < 8; i += 1) ask(world, PBX, DOMAIN);
    await world.pass(100);
    expect(world.core.trunkContact(TRUNK).options).toMatchObject({ verdict: "blocked" });
  });

  it("what is for no trunk of ours costs nothing", async () => {
    const world = new EdgeWorld();
    for (let i = 0; i < 20; i += 1) ask(world, STRANGER, `guess-${i}.pstn.trunkline.test`);
    ask(world, STRANGER, EDGE.address);
    await world.pass(100);
    expect(world.core.metrics()["trunk_contacts"]).toBe(0);
    expect(world.core.trunkContact(sid("TK", 77))).toEqual({ options: null, invite: null });
  });

  it("an INVITE that is answered: numbers, user name, status", async () => {
    const world = new EdgeWorld();
    world.call(world.phone(PBX));
    await world.pass(5_000);
    const { invite } = world.core.trunkContact(TRUNK);
    expect(invite).toMatchObject({
      sourceAddress: PBX,
      from: "+12025550100",
      to: "+15005550001",
      verdict: "routed",
      code: null,
      detail: null,
      username: LOGIN.username,
      isUserKnown: true,
    });
    expect(invite?.callSid).toMatch(/^CA/);
  });

  const refused: [title: string, from: string, login: typeof LOGIN | undefined, to: string, want: object][] = [
    ["no answer to the challenge", PBX, undefined, "+15005550001", { verdict: "challenged", status: 407, code: null }],
    [
      "a wrong password",
      PBX,
      { ...LOGIN, password: "no" },
      "+15005550001",
      { verdict: "refused", status: 403, code: 32202, username: "demo", isUserKnown: true },
    ],
    [
      "an unknown user",
      PBX,
      { ...LOGIN, username: "nobody" },
      "+15005550001",
      { verdict: "refused", status: 403, code: 32202, username: "nobody", isUserKnown: false },
    ],
    ["a number without plus", PBX, LOGIN, "15005550001", { verdict: "refused", status: 400, code: 32101 }],
  ];
  it.each(refused)("a refused INVITE shows: %s", async (_title, from, login, to, want) => {
    const world = new EdgeWorld();
    world.call(world.phone(from), to, { credentials: login } as Partial<OutgoingInvite>);
    await world.pass(1_000);
    expect(world.core.trunkContact(TRUNK).invite).toMatchObject(want);
  });
});
