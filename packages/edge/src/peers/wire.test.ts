import type { Session } from "@trunkline/sip";
import type { Alert, AlertSink, CarrierDress, PeerSettings } from "@trunkline/trunking";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  carrier,
  changes,
  originationUrl,
  sid,
  TRUNK,
  type WrittenRow,
} from "../../../../test/support/lent-fixtures.ts";
import { RawSip } from "../../../../test/support/raw-sip.ts";
import { ScriptedDialog } from "../../../../test/support/scripted-dialog.ts";
import { demoCall, EdgeGround, failure, type GroundEdge, kinds } from "../edge-ground.fixture.ts";
import { NUMBER } from "../edge-world.fixture.ts";
import type { SocketPhone } from "../socket-phone.fixture.ts";
import { isRightAnswer, openScriptedServer, type ScriptedServer } from "./scripted-server.fixture.ts";

const CX = sid("CX", 1);
const LOGIN = { username: "trunk", password: "s3cret" };
const answers = (session: Session): void => session.answer("answer-b");

/** Carriers 1, 2, … with one target each and all numbers, in that order. */
function carriers(places: readonly string[], change: Partial<ReturnType<typeof carrier>> = {}): readonly WrittenRow[] {
  return places.flatMap((place, index): WrittenRow[] => {
    const n = index + 1;
    const carrierSid = sid("CX", n);
    return [
      ["carrier", carrierSid, carrier(n, { priority: n, ...change })],
      ["carrierPrefix", sid("CF", n), { sid: sid("CF", n), carrierSid, prefix: "", costMicros: 0 }],
      [
        "carrierTarget",
        sid("CT", n),
        { sid: sid("CT", n), carrierSid, sipUrl: `sip:${place}`, priority: 1, weight: 1 },
      ],
    ];
  });
}

function settings(ownerSid: string, change: Partial<PeerSettings>): WrittenRow {
  const none = { username: null, password: null, registrarUrl: null, probeIntervalSec: null, clientCertificate: false };
  return ["peerSettings", ownerSid, { ownerSid, ...none, registrationExpiresSec: 3_600, ...change }];
}

const methods = ({ asked }: ScriptedServer): string => asked.map(({ method }) => method).join(" ");

/** How long that caller waits for its answer, ms. */
async function callMs(pbx: SocketPhone, port: number): Promise<number> {
  const startMs = performance.now();
  pbx.heard.length = 0;
  const session = pbx.call(port, demoCall);
  await expect.poll(() => kinds(pbx.heard), { timeout: 10_000, interval: 5 }).toContain("answer");
  const waitedMs = performance.now() - startMs;
  session.hangup();
  return waitedMs;
}

const keptIn = (alerts: Alert[]): AlertSink => ({ save: async (saved) => void alerts.push(...saved) });

const down = ({ edge }: GroundEdge): number | undefined => edge.metrics()["targets_down"];

describe("TERM-12: three carriers, of which one is silent and one overloaded", () => {
  it("the first call takes the fail-over; later ones pass them by; a probe finds out that one is well again", async () => {
    const ground = new EdgeGround();
    const silent = await openScriptedServer("127.0.0.41", () => undefined);
    const overloaded = await openScriptedServer("127.0.0.42", () => 503);
    const well = await ground.phone({ onInvite: answers, address: "127.0.0.43" });
    const pbx = await ground.phone();
    const rows = [
      ...carriers([silent.place, overloaded.place, well.place]),
      settings(sid("CX", 1), { probeIntervalSec: 1 }),
    ];
    const world = await ground.open({}, {}, {}, rows);

    const firstMs = await callMs(pbx, world.port);
    expect(firstMs).toBeGreaterThan(3_900);
    expect(firstMs).toBeLessThan(8_000);
    await expect.poll(() => ground.sink.ended).toBe(1);
    expect([...ground.sink.records.values()][0]?.attempts.map(({ status }) => status)).toEqual([408, 503, 200]);

    await expect.poll(() => down(world), { timeout: 10_000 }).toBeGreaterThanOrEqual(1);
    for (let n = 0; n < 2; n++) await callMs(pbx, world.port);
    await expect.poll(() => down(world)).toBe(2);
    const before = [silent, overloaded].map(({ asked }) => asked.filter(({ method }) => method === "INVITE").length);
    const laterMs = await callMs(pbx, world.port);
    expect(laterMs).toBeLessThan(1_000);
    const after = [silent, overloaded].map(({ asked }) => asked.filter(({ method }) => method === "INVITE").length);
    expect(after).toEqual(before);

    silent.says = ({ method }) => (method === "OPTIONS" ? 200 : 486);
    await expect.poll(() => down(world), { timeout: 5_000 }).toBe(1);
    pbx.heard.length = 0;
    pbx.call(world.port, demoCall);
    await expect.poll(() => failure(pbx.heard)).toMatchObject({ status: 486 });
  }, 40_000);
});

describe("contract §8.5, CAR-1: attempts on the wire", () => {
  it("after a definite answer nobody else is called; each attempt has a Call-ID of its own", async () => {
    const ground = new EdgeGround();
    const unwell = await openScriptedServer("127.0.0.41", () => 500);
    const busy = await openScriptedServer("127.0.0.42", () => 486);
    const never = await openScriptedServer("127.0.0.43", () => 200);
    const pbx = await ground.phone();
    const { port } = await ground.open({}, {}, {}, carriers([unwell.place, busy.place, never.place]));
    pbx.call(port, demoCall);
    await expect.poll(() => failure(pbx.heard)).toMatchObject({ status: 486 });
    await expect.poll(() => [methods(unwell), methods(busy)]).toEqual(["INVITE ACK", "INVITE ACK"]);
    await expect.poll(() => ground.sink.ended).toBe(1);
    expect(never.asked).toEqual([]);
    expect(unwell.asked[0]?.header("Call-ID")).not.toBe(busy.asked[0]?.header("Call-ID"));
  });

  it("header rules: what a carrier must not get is not there, what it wants is", async () => {
    const ground = new EdgeGround();
    const server = await openScriptedServer("127.0.0.41", () => 486);
    const pbx = await ground.phone();
    const dress: CarrierDress = {
      carrierSid: sid("CX", 1),
      calledNumberForm: "double-zero",
      callerNumberForm: "digits",
      calledPrefix: "",
      callerIdHeaders: ["P-Asserted-Identity", "Remote-Party-ID"],
      addedHeaders: ["X-Account: 4711", "Via: SIP/2.0/UDP evil", "X-Bad: a\r\nX-Worse: b"],
      removedHeaders: ["p-asserted-identity", "max-forwards"],
      codecs: null,
      srtp: false,
    };
    const rows: readonly WrittenRow[] = [...carriers([server.place]), ["carrierDress", dress.carrierSid, dress]];
    const { port } = await ground.open({}, {}, {}, rows);
    pbx.call(port, demoCall);
    await expect.poll(() => methods(server)).toBe("INVITE ACK");
    const [invite] = server.asked;
    expect(invite?.text).toMatch(/^INVITE sip:0015005550001@/);
    expect([invite?.header("X-Account"), invite?.header("P-Asserted-Identity")]).toEqual(["4711", ""]);
    expect(invite?.header("Remote-Party-ID")).toContain("<sip:12025550100@");
    expect(invite?.header("Max-Forwards")).toMatch(/^\d+$/);
    expect(invite?.text).not.toMatch(/evil|X-Bad|X-Worse/);
    expect(invite?.text.match(/^Via:/gm)).toHaveLength(1);
  });

  it.each([
    ["MD5", "WWW-Authenticate", 401, "Authorization"],
    ["SHA-256", "Proxy-Authenticate", 407, "Proxy-Authorization"],
  ])("RFC 7616, RFC 8760: a challenge with %s in %s is answered", async (algorithm, challenge, status, field) => {
    const ground = new EdgeGround();
    const server = await openScriptedServer("127.0.0.41", (asked) => {
      const line = asked.header(field);
      const headers = [`${challenge}: Digest realm="r", nonce="n1", qop="auth", algorithm=${algorithm}`];
      if (line === "") return { status, headers };
      return isRightAnswer(line, asked.method, LOGIN.password) ? 486 : 403;
    });
    const pbx = await ground.phone();
    const rows = [...carriers([server.place]), settings(sid("CX", 1), LOGIN)];
    const { port } = await ground.open({}, {}, {}, rows);
    pbx.call(port, demoCall);
    await expect.poll(() => failure(pbx.heard)).toMatchObject({ status: 486 });
    await expect.poll(() => methods(server)).toBe("INVITE ACK INVITE ACK");
    const [first, , second] = server.asked;
    expect(second?.header("Call-ID")).toBe(first?.header("Call-ID"));
    expect([first?.header("CSeq"), second?.header("CSeq")]).toEqual(["1 INVITE", "2 INVITE"]);
    expect(second?.header("Via")).not.toBe(first?.header("Via"));
    await expect.poll(() => ground.sink.ended).toBe(1);
    expect([...ground.sink.records.values()][0]?.attempts).toHaveLength(1);
  });

  it("requests inside the call are answered for too: a BYE that is challenged is sent again", async () => {
    const ground = new EdgeGround();
    const server = await openScriptedServer("127.0.0.41", ({ method, header }) => {
      if (method === "INVITE") return { status: 200, headers: ["Contact: <sip:pbx@127.0.0.41:PORT>"] };
      const challenge = ['Proxy-Authenticate: Digest realm="r", nonce="n2", qop="auth"'];
      const line = header("Proxy-Authorization");
      if (line === "") return { status: 407, headers: challenge };
      return isRightAnswer(line, method, LOGIN.password) ? 200 : 403;
    });
    const said = server.says;
    server.says = (asked) => {
      const says = said(asked);
      if (typeof says !== "object") return says;
      return { ...says, headers: says.headers?.map((line) => line.replace("127.0.0.41:PORT", server.place)) ?? [] };
    };
    const pbx = await ground.phone();
    const rows = [...carriers([server.place]), settings(sid("CX", 1), LOGIN)];
    const { port } = await ground.open({}, {}, {}, rows);
    pbx.call(port, demoCall);
    await expect.poll(() => methods(server)).toMatch(/^INVITE ACK BYE BYE$/);
  });
});

describe("RFC 3261 §22: a caller that challenges what we send inside its call", () => {
  it("gets its owner's credentials too: without them our BYE would leave its side of the call up", async () => {
    const ground = new EdgeGround();
    const pstn = await RawSip.open("127.0.0.41");
    onTestFinished(() => pstn.close());
    const pbx = await ground.phone({ address: "127.0.0.21", onInvite: answers });
    const source = { sid: sid("CS", 1), carrierSid: sid("CX", 1), cidr: "127.0.0.41/32", port: null };
    const rows: readonly WrittenRow[] = [["carrierSource", source.sid, source], settings(sid("CX", 1), LOGIN)];
    const { port, edge } = await ground.open({ pbx }, {}, {}, rows);
    const place = { host: "127.0.0.1", port };
    const uri = `sip:${NUMBER}@127.0.0.1:${port}`;
    const call = ScriptedDialog.call(pstn, place, { uri, from: "sip:+13105550001@127.0.0.41" });
    call.ack(await call.hear("200 INVITE"));
    await expect.poll(() => kinds(pbx.heard)).toContain("acknowledged");
    pbx.incoming[0]?.hangup();
    const bye = await call.hear("BYE");
    const challenge = ['Proxy-Authenticate: Digest realm="r", nonce="n3", qop="auth"'];
    call.respond(bye, 407, { headers: challenge });
    const again = await call.hear("BYE");
    expect(isRightAnswer(again.header("Proxy-Authorization"), "BYE", LOGIN.password)).toBe(true);
    expect(again.cseq.number).toBe(bye.cseq.number + 1);
    call.respond(again, 200);
    await expect.poll(() => edge.metrics()["live_sessions"]).toBe(0);
  });
});

describe("ORIG-12: a PBX that goes and comes back", () => {
  it("calls go to the other target meanwhile, the customer is told once, and a probe brings it back", async () => {
    const ground = new EdgeGround();
    const pbx = await openScriptedServer("127.0.0.21", ({ method }) => (method === "OPTIONS" ? 200 : 486));
    const other = await ground.phone({ onInvite: answers, address: "127.0.0.22" });
    const pstn = await ground.phone({ address: "127.0.0.3" });
    const alerts: Alert[] = [];
    const rows: readonly WrittenRow[] = [
      ["originationUrl", sid("OU", 1), originationUrl(1, { sipUrl: `sip:${pbx.place}`, priority: 1 })],
      ["originationUrl", sid("OU", 2), originationUrl(2, { sipUrl: `sip:${other.place}`, priority: 2 })],
      settings(TRUNK, { probeIntervalSec: 1 }),
    ];
    const world = await ground.open({ carrier: pstn }, {}, { alerts: keptIn(alerts) }, rows);
    const deliver = async (): Promise<string> => {
      pstn.heard.length = 0;
      const from = "<sip:+13105550001@127.0.0.3>";
      const session = pstn.call(world.port, { requestUri: `sip:${NUMBER}@127.0.0.1:${world.port}`, from });
      await expect.poll(() => kinds(pstn.heard).find((kind) => kind === "answer" || kind === "fail")).toBeDefined();
      session.hangup();
      return kinds(pstn.heard).includes("answer") ? "other" : "pbx";
    };
    expect(await deliver()).toBe("pbx");
    const says = pbx.says;
    pbx.says = () => 503;
    await expect.poll(() => down(world), { timeout: 10_000 }).toBe(1);
    expect(await deliver()).toBe("other");
    expect(pbx.asked.filter(({ method }) => method === "INVITE")).toHaveLength(1);
    pbx.says = says;
    await expect.poll(() => down(world), { timeout: 10_000 }).toBe(0);
    expect(await deliver()).toBe("pbx");
    await expect.poll(() => alerts.map(({ errorCode }) => errorCode)).toEqual([32011]);
    expect(alerts[0]?.text).toContain(`${pbx.place}/udp is down`);
  }, 30_000);
});

describe("ORIG-13: a private connection", () => {
  const tnx = `TX${"0123456789abcdef".repeat(2)}`;
  const interconnects = [{ sid: tnx, address: "127.0.0.2" }];
  const delivered = async (ground: EdgeGround, pbx: SocketPhone, params: string, alerts: Alert[] = []) => {
    const pstn = await ground.phone({ address: "127.0.0.3" });
    const rows: readonly WrittenRow[] = [
      ["originationUrl", sid("OU", 1), originationUrl(1, { sipUrl: `sip:${pbx.place}${params}`, priority: 1 })],
      ["originationUrl", sid("OU", 2), null],
    ];
    const { port } = await ground.open({ carrier: pstn }, { interconnects }, { alerts: keptIn(alerts) }, rows);
    const from = "<sip:+13105550001@127.0.0.3>";
    pstn.call(port, { requestUri: `sip:${NUMBER}@127.0.0.1:${port}`, from });
    await expect.poll(() => kinds(pstn.heard).find((kind) => kind === "answer" || kind === "fail")).toBeDefined();
    return { pstn, port };
  };

  it.each([
    ["", "127.0.0.1"],
    [`;tnx=${tnx}`, "127.0.0.2"],
  ])("a URL with %j: everything leaves from %s", async (params, address) => {
    const ground = new EdgeGround();
    const pbx = await ground.phone({ address: "127.0.0.21", onInvite: answers });
    const { pstn, port } = await delivered(ground, pbx, params);
    expect(kinds(pstn.heard)).toContain("answer");
    const [leg] = pbx.incoming;
    expect(leg?.flow.remoteAddress).toBe(address);
    expect([leg?.invite.via.host, leg?.invite.header("contact")]).toEqual([
      address,
      expect.stringContaining(`@${address}:${port}`),
    ]);
    expect(ground.plane.opened.at(-1)?.advertise).toEqual({ a: "127.0.0.1", b: address });
    leg?.hangup();
    await expect.poll(() => kinds(pstn.heard)).toContain("ended");
  });

  it("over TCP too", async () => {
    const ground = new EdgeGround();
    const pbx = await ground.phone({ address: "127.0.0.21", transport: "tcp", onInvite: answers });
    const { pstn } = await delivered(ground, pbx, `;tnx=${tnx}`);
    expect([kinds(pstn.heard).includes("answer"), pbx.incoming[0]?.flow.remoteAddress]).toEqual([true, "127.0.0.2"]);
  });

  it.each([
    ["TX123", 32301],
    [`TX${"f".repeat(32)}`, 32302],
  ])("tnx=%s: the target is not called, and the customer is told why", async (name, code) => {
    const ground = new EdgeGround();
    const pbx = await ground.phone({ address: "127.0.0.21", onInvite: answers });
    const alerts: Alert[] = [];
    const { pstn } = await delivered(ground, pbx, `;tnx=${name}`, alerts);
    expect(failure(pstn.heard)).toMatchObject({ status: 480 });
    expect(pbx.incoming).toEqual([]);
    await expect.poll(() => alerts.map(({ errorCode }) => errorCode)).toEqual([code, 32010]);
    expect(alerts[0]?.text).toContain(name);
  });

  it("probes and registrations leave from it too", async () => {
    const ground = new EdgeGround();
    const server = await openScriptedServer("127.0.0.41", () => 200);
    const rows = [
      ...carriers([`${server.place};tnx=${tnx}`]),
      settings(sid("CX", 1), { ...LOGIN, probeIntervalSec: 1, registrarUrl: `sip:${server.place};tnx=${tnx}` }),
    ];
    await ground.open({}, { interconnects }, {}, rows);
    await expect.poll(() => methods(server), { timeout: 5_000 }).toMatch(/REGISTER.*OPTIONS/);
    for (const asked of server.asked) {
      expect(asked.header("Via")).toContain("UDP 127.0.0.2:");
      expect(asked.text.split("\r\n")[0]).not.toContain("tnx");
    }
  });
});

describe("CAR-1: registration on the wire", () => {
  it("with digest, shown, and taken away when the edge closes", async () => {
    const ground = new EdgeGround();
    const registrar = await openScriptedServer("127.0.0.41", ({ method, header }) => {
      if (method !== "REGISTER") return 486;
      const line = header("Authorization");
      const headers = ['WWW-Authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256'];
      if (line === "") return { status: 401, headers };
      if (!isRightAnswer(line, method, LOGIN.password)) return 403;
      return { status: 200, headers: [`Contact: ${header("Contact")}`] };
    });
    const rows = [
      ...carriers([registrar.place]),
      settings(CX, { ...LOGIN, registrarUrl: `sip:+493012345@${registrar.place}` }),
    ];
    const { edge, port, apply } = await ground.open({}, {}, {}, rows);
    await expect.poll(() => edge.peerStatus(CX).registration).toMatchObject({ state: "registered" });
    const [first, second] = registrar.asked;
    expect(first?.text).toMatch(new RegExp(`^REGISTER sip:${registrar.place} SIP/2.0`));
    expect(first?.header("To")).toBe("<sip:+493012345@127.0.0.41>");
    expect(second?.header("Contact")).toMatch(new RegExp(`^<sip:[0-9a-f]{32}@127.0.0.1:${port}>;expires=3600$`));
    expect([first?.header("CSeq"), second?.header("CSeq")]).toEqual(["1 REGISTER", "2 REGISTER"]);
    apply(
      changes([settings(sid("CX", 1), { ...LOGIN, password: "other", registrarUrl: `sip:${registrar.place}` })], 1_000),
    );
    await expect
      .poll(() => edge.peerStatus(CX).registration)
      .toMatchObject({ state: "failed", lastAnswer: { status: 403 } });
    apply(changes([settings(sid("CX", 1), { ...LOGIN, registrarUrl: `sip:${registrar.place}` })], 1_001));
    await expect.poll(() => edge.peerStatus(CX).registration).toMatchObject({ state: "registered" });
    await edge.close(0);
    const last = registrar.asked.at(-1);
    expect([last?.method, last?.header("Expires")]).toEqual(["REGISTER", "0"]);
    expect(JSON.stringify(ground.logged)).not.toContain(LOGIN.password);
  });
});
