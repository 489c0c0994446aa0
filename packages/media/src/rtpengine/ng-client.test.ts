import { afterEach, describe, expect, it } from "vitest";
import { hasIpv6 } from "../plane-ground.fixture.ts";
import { until } from "../rtp-peer.fixture.ts";
import { writeBencode } from "./bencode.ts";
import { NgClient } from "./ng-client.ts";
import { ScriptedServer } from "./scripted-server.fixture.ts";

describe("MED-7: the control protocol of rtpengine", () => {
  const opened: { close(): void }[] = [];
  const keep = <T extends { close(): void }>(thing: T): T => {
    opened.push(thing);
    return thing;
  };
  afterEach(() => {
    for (const thing of opened.splice(0)) thing.close();
  });
  const meet = async (
    answer: Parameters<typeof ScriptedServer.open>[0],
  ): Promise<{ server: ScriptedServer; client: NgClient }> => {
    const server = keep(await ScriptedServer.open(answer));
    return { server, client: keep(new NgClient(server.address)) };
  };

  it("sends cookie and dictionary, and takes the reply with the cookie", async () => {
    const { server, client } = await meet((cookie, _request, say) => say(`${cookie} d6:result4:ponge`));
    expect(await client.request({ command: "ping" }, 1_000)).toMatchObject({ kind: "ok" });
    expect(server.received).toEqual([expect.stringMatching(/^\S{10,} d7:command4:pinge$/)]);
  });

  it("repeats a request with the same cookie until it is answered", async () => {
    let times = 0;
    const { server, client } = await meet((cookie, _request, say) => {
      times += 1;
      if (times === 3) say(`${cookie} d6:result2:oke`);
    });
    expect(await client.request({ command: "query", "call-id": "x" }, 2_000)).toMatchObject({ kind: "ok" });
    expect(server.received).toHaveLength(3);
    expect(new Set(server.received).size).toBe(1);
  });

  it("matches replies that come in another order, and drops those nobody waits for", async () => {
    const waiting: (() => void)[] = [];
    const { client } = await meet((cookie, request, say) => {
      say("nobody d6:result5:wronge");
      waiting.push(() => say(`${cookie} ${writeBencode({ me: request, result: "ok" })}`));
      if (waiting.length === 2) for (const reply of waiting.reverse()) reply();
    });
    const replies = await Promise.all(["one", "two"].map((command) => client.request({ command }, 1_000)));
    const echoed = replies.map((reply) => reply.kind === "ok" && reply.fields.get("me"));
    expect(echoed).toEqual(["d7:command3:onee", "d7:command3:twoe"]);
  });

  it.each([
    ["an error", "d6:result5:error12:error-reason15:Unknown call-ide", "refused", "Unknown call-id"],
    [
      "a load limit",
      "d6:result10:load limit7:message30:Parallel session limit reachede",
      "refused",
      "Parallel session",
    ],
    ["a result it does not know", "d6:result5:maybee", "refused", "maybe"],
    ["no result", "de", "refused", "undefined"],
    ["no dictionary", "le", "silent", "no dictionary"],
    ["half a dictionary", "d6:result2:ok", "silent", "unreadable"],
    ["nothing", "", "silent", "unreadable"],
  ])("takes %s for what it is", async (_what, reply, kind, why) => {
    const { client } = await meet((cookie, _request, say) => say(`${cookie} ${reply}`));
    expect(await client.request({ command: "offer" }, 1_000)).toMatchObject({
      kind,
      why: expect.stringContaining(why),
    });
  });

  it("gives up after the limit", async () => {
    const { client } = await meet(() => undefined);
    const startMs = performance.now();
    expect(await client.request({ command: "ping" }, 120)).toMatchObject({ kind: "silent" });
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });

  it("hears at once that nobody listens there", async () => {
    const { server, client } = await meet(() => undefined);
    server.close();
    opened.splice(opened.indexOf(server), 1);
    const reply = await client.request({ command: "ping" }, 60_000);
    expect(reply).toMatchObject({ kind: "silent", why: expect.stringContaining("ECONNREFUSED") });
  });

  it("says that a name cannot be found, and looks it up again for the next request", async () => {
    const client = keep(new NgClient({ host: "no-such-host.invalid", port: 1 }));
    for (let i = 0; i < 2; i += 1) {
      const reply = await client.request({ command: "ping" }, 60_000);
      expect(reply).toMatchObject({ kind: "silent", why: expect.stringContaining("no-such-host.invalid") });
    }
  });

  it("says that the system has no way there, and tries again for the next request", async () => {
    // The limited broadcast address cannot be connected to: EACCES, as ENETUNREACH where there is no route.
    const client = keep(new NgClient({ host: "255.255.255.255", port: 2_223 }));
    for (let i = 0; i < 2; i += 1) {
      const reply = await client.request({ command: "ping" }, 60_000);
      expect(reply).toMatchObject({ kind: "silent", why: expect.stringContaining("EACCES") });
    }
  });

  it("refuses a request that no datagram can hold", async () => {
    const { client } = await meet(() => undefined);
    const reply = await client.request({ command: "offer", sdp: "x".repeat(70_000) }, 60_000);
    expect(reply).toMatchObject({ kind: "silent", why: expect.stringContaining("EMSGSIZE") });
  });

  it("lets a bounded number wait", async () => {
    const { client } = await meet(() => undefined);
    const limits = Array.from({ length: 2_000 }, () => client.request({ command: "ping" }, 400));
    expect(await client.request({ command: "ping" }, 400)).toMatchObject({ why: expect.stringContaining("too many") });
    expect(new Set((await Promise.all(limits)).map(({ kind }) => kind))).toEqual(new Set(["silent"]));
  });

  it("has fifty requests on their way at most, and sends the others as answers come", async () => {
    const held: (() => void)[] = [];
    const { server, client } = await meet((cookie, _request, say) => held.push(() => say(`${cookie} d6:result2:oke`)));
    const replies = Array.from({ length: 120 }, () => client.request({ command: "ping" }, 10_000));
    await until(() => held.length >= 50, "fifty have come");
    expect([held.length, new Set(server.received).size]).toEqual([50, 50]);
    while (new Set(server.received).size < 120) {
      for (const answer of held.splice(0)) answer();
      await until(() => held.length > 0, "the next have come");
    }
    for (const answer of held.splice(0)) answer();
    expect(new Set((await Promise.all(replies)).map(({ kind }) => kind))).toEqual(new Set(["ok"]));
  });

  it("answers what still waits when it is closed, and later requests", async () => {
    const { server, client } = await meet(() => undefined);
    const waiting = client.request({ command: "ping" }, 60_000);
    await until(() => server.received.length > 0, "the request has arrived");
    client.close();
    expect(await waiting).toMatchObject({ kind: "silent" });
    expect(await client.request({ command: "ping" }, 60_000)).toMatchObject({ kind: "silent" });
  });

  it.skipIf(!hasIpv6())("speaks over IPv6", async () => {
    const server = keep(await ScriptedServer.open((cookie, _request, say) => say(`${cookie} d6:result4:ponge`), "::1"));
    const client = keep(new NgClient(server.address));
    expect(await client.request({ command: "ping" }, 1_000)).toMatchObject({ kind: "ok" });
  });
});
