import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Session } from "@trunkline/sip";
import { describe, expect, it } from "vitest";
import { ACCOUNT, TRUNK, trunk } from "../../../test/support/lent-fixtures.ts";
import { demoCall, EdgeGround, failure, kinds } from "./edge-ground.fixture.ts";
import { DOMAIN, LOGIN, NUMBER } from "./edge-world.fixture.ts";

const answers = (session: Session): void => {
  session.progress(180);
  session.answer("answer-b");
};

describe("the edge over real UDP", () => {
  it("carries an authenticated call both ways and has its record saved", async () => {
    const ground = new EdgeGround();
    const carrier = await ground.phone({ onInvite: answers, address: "127.0.0.3" });
    const pbx = await ground.phone();
    const { edge, port } = await ground.open({ carrier });
    const session = pbx.call(port, demoCall);
    await expect.poll(() => kinds(pbx.heard)).toContain("answer");
    expect(edge.liveCalls(ACCOUNT)).toHaveLength(1);
    session.hangup();
    await expect.poll(() => kinds(carrier.heard)).toContain("ended");
    await expect.poll(() => ground.sink.ended).toBe(1);
    expect([...ground.sink.records.values()]).toMatchObject([{ status: "completed", from: NUMBER, endedBy: "caller" }]);
    expect(edge.metrics()).toMatchObject({
      calls_started: 1,
      calls_answered: 1,
      calls_ended: 1,
      live_calls: 0,
      challenges: 1,
    });
    expect([ground.plane.sessions, ground.logged]).toEqual([0, []]);
  });

  it("carries a call from the carrier to the PBX, past a target that is not there", async () => {
    const ground = new EdgeGround();
    const carrier = await ground.phone({ address: "127.0.0.3" });
    const spare = await ground.phone({ onInvite: answers });
    const { port, apply } = await ground.open({ carrier, spare });
    const impatient = trunk({ domainName: DOMAIN, failoverTimeoutMs: 200 });
    apply([{ seq: 1_000, entity: "trunk", key: TRUNK, row: impatient }]);
    carrier.call(port, { requestUri: `sip:${NUMBER}@127.0.0.1:${port}`, from: "<sip:+13105550001@127.0.0.3>" });
    await expect.poll(() => kinds(carrier.heard)).toContain("answer");
    spare.incoming[0]?.hangup();
    await expect.poll(() => ground.sink.ended).toBe(1);
    expect([...ground.sink.records.values()][0]?.attempts.map(({ status }) => status)).toEqual([408, 200]);
  });

  it("refuses a wrong password with 403, and an unknown domain with silence", async () => {
    const ground = new EdgeGround();
    const pbx = await ground.phone();
    const { port, edge } = await ground.open({});
    pbx.call(port, { ...demoCall, requestUri: "sip:+15005550001@nobody.example" });
    pbx.call(port, { ...demoCall, credentials: { ...LOGIN, password: "wrong" } });
    await expect.poll(() => failure(pbx.heard)).toMatchObject({ status: 403 });
    expect(edge.metrics()["dropped_unknown_host"]).toBeGreaterThan(0);
    expect(pbx.heard.filter(({ kind }) => kind === "fail")).toHaveLength(1);
  });

  it("takes garbage of every size without harm", async () => {
    const ground = new EdgeGround();
    const carrier = await ground.phone({ onInvite: answers, address: "127.0.0.3" });
    const pbx = await ground.phone();
    const { port } = await ground.open({ carrier });
    const flow = pbx.host.flowTo("udp", "127.0.0.1", port);
    if (!flow) throw new Error("no flow");
    for (const size of [1, 4, 100, 8_000, 60_000]) pbx.host.send(flow, "\u0000".repeat(size));
    pbx.host.send(flow, `INVITE sip:${DOMAIN} SIP/2.0\r\nVia: x\r\n\r\n`);
    pbx.call(port, demoCall);
    await expect.poll(() => kinds(pbx.heard)).toContain("answer");
    expect(ground.logged).toEqual([]);
  });

  it("routes by a change of the directory on the next call", async () => {
    const ground = new EdgeGround();
    const pbx = await ground.phone();
    const carrier = await ground.phone({ onInvite: answers, address: "127.0.0.3" });
    const { port, apply } = await ground.open({ carrier });
    const key = `CR${"1".padStart(32, "0")}`;
    apply([{ seq: 1_000, entity: "credential", key, row: null }]);
    pbx.call(port, demoCall);
    await expect.poll(() => failure(pbx.heard)).toMatchObject({ status: 403 });
  });

  it("saves what an earlier edge left in the journal, and closes without leaving files", async () => {
    const ground = new EdgeGround();
    const carrier = await ground.phone({ onInvite: answers, address: "127.0.0.3" });
    const pbx = await ground.phone();
    ground.sink.isAway = true;
    const first = await ground.open({ carrier });
    pbx.call(first.port, demoCall);
    await expect.poll(() => kinds(pbx.heard)).toContain("answer");
    await first.edge.close(0);
    expect(kinds(pbx.heard)).toContain("ended");
    expect(readdirSync(join(ground.dir, "journal"))).not.toEqual([]);
    ground.sink.isAway = false;
    const second = await ground.open({ carrier });
    await expect.poll(() => ground.sink.ended).toBe(1);
    await second.edge.close(0);
    expect(readdirSync(join(ground.dir, "journal"))).toEqual([]);
  });

  it("rejects and leaves nothing open when the directory cannot be had or the port is taken", async () => {
    const ground = new EdgeGround();
    const away = { subscribe: () => Promise.reject(new Error("no directory")) };
    await expect(ground.open({}, {}, { directory: away })).rejects.toThrow("no directory");
    const { port } = await ground.open({});
    await expect(ground.open({}, { sipPort: port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});
