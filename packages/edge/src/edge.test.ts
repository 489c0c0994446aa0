import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Session, SessionEvent } from "@trunkline/sip";
import type { DirectoryChange } from "@trunkline/trunking";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ACCOUNT, changes, TRUNK, trunk } from "../../../test/support/lent-fixtures.ts";
import { createEdge } from "./edge.ts";
import type { Edge, EdgeOptions, EdgePorts } from "./edge.types.ts";
import { DOMAIN, demoRows, LOGIN, NUMBER, ZONE } from "./edge-world.fixture.ts";
import { FakePlane } from "./fake-plane.fixture.ts";
import { MemorySink } from "./journal/calls.fixture.ts";
import { openUdpPhone, type UdpPhone } from "./udp-phone.fixture.ts";

const answers = (session: Session): void => {
  session.progress(180);
  session.answer("answer-b");
};

let dir = "";
let sink = new MemorySink();
let plane = new FakePlane();
let logged: string[] = [];
const phones: UdpPhone[] = [];
const edges: Edge[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "trunkline-edge-"));
  sink = new MemorySink();
  plane = new FakePlane();
  logged = [];
});

afterEach(async () => {
  for (const edge of edges.splice(0)) await edge.close(0);
  for (const phone of phones.splice(0)) await phone.close();
  rmSync(dir, { recursive: true, force: true });
});

async function phone(...args: Parameters<typeof openUdpPhone>): Promise<UdpPhone> {
  const opened = await openUdpPhone(...args);
  phones.push(opened);
  return opened;
}

/** An edge on a free port whose carrier is on 127.0.0.3; PBX and everybody else on 127.0.0.1. */
async function openEdge(
  places: { pbx?: UdpPhone; carrier?: UdpPhone; spare?: UdpPhone },
  options: Partial<EdgeOptions> = {},
  ports: Partial<EdgePorts> = {},
): Promise<{ edge: Edge; port: number; apply: (more: readonly DirectoryChange[]) => void }> {
  const at = (who: UdpPhone | undefined): string => (who ? `${who.address}:${who.port}` : "127.0.0.9:9");
  const host = (await phone()).host;
  const rows = demoRows(host.hash, { pbx: at(places.pbx), carrier: at(places.carrier), spare: at(places.spare) });
  let apply: (more: readonly DirectoryChange[]) => void = () => undefined;
  const edge = await createEdge(
    {
      edge: "local",
      zone: ZONE,
      addresses: [{ bind: "127.0.0.1", advertise: "127.0.0.1" }],
      sipPort: 0,
      journalDir: join(dir, "journal"),
      nonceSecret: "11".repeat(32),
      ...options,
    },
    {
      directory: {
        subscribe: async (deliver) => {
          apply = deliver;
          deliver(changes(rows));
          return { stop: async () => undefined };
        },
      },
      records: sink,
      alerts: { save: async () => undefined },
      media: plane,
      log: (level, event, fields) => void logged.push(`${level} ${event} ${JSON.stringify(fields)}`),
      ...ports,
    },
  );
  edges.push(edge);
  return { edge, port: edge.listeners[0]?.port ?? 0, apply: (more) => apply(more) };
}

const demoCall = { requestUri: `sip:+15005550001@${DOMAIN}`, from: `<sip:${NUMBER}@${DOMAIN}>`, credentials: LOGIN };
const kinds = (heard: readonly SessionEvent[]): string[] => heard.map(({ kind }) => kind);
const failure = (heard: readonly SessionEvent[]) => heard.find((event) => event.kind === "fail");

describe("the edge over real UDP", () => {
  it("carries an authenticated call both ways and has its record saved", async () => {
    const carrier = await phone(answers, "127.0.0.3");
    const pbx = await phone();
    const { edge, port } = await openEdge({ carrier });
    const session = pbx.call(port, demoCall);
    await expect.poll(() => kinds(pbx.heard)).toContain("answer");
    expect(edge.liveCalls(ACCOUNT)).toHaveLength(1);
    session.hangup();
    await expect.poll(() => kinds(carrier.heard)).toContain("ended");
    await expect.poll(() => sink.ended).toBe(1);
    expect([...sink.records.values()]).toMatchObject([{ status: "completed", from: NUMBER, endedBy: "caller" }]);
    expect(edge.metrics()).toMatchObject({
      calls_started: 1,
      calls_answered: 1,
      calls_ended: 1,
      live_calls: 0,
      challenges: 1,
    });
    expect([plane.sessions, logged]).toEqual([0, []]);
  });

  it("carries a call from the carrier to the PBX, past a target that is not there", async () => {
    const carrier = await phone(undefined, "127.0.0.3");
    const spare = await phone(answers);
    const { port, apply } = await openEdge({ carrier, spare });
    const impatient = trunk({ domainName: DOMAIN, failoverTimeoutMs: 200 });
    apply([{ seq: 1_000, entity: "trunk", key: TRUNK, row: impatient }]);
    carrier.call(port, { requestUri: `sip:${NUMBER}@127.0.0.1:${port}`, from: "<sip:+13105550001@127.0.0.3>" });
    await expect.poll(() => kinds(carrier.heard)).toContain("answer");
    spare.incoming[0]?.hangup();
    await expect.poll(() => sink.ended).toBe(1);
    expect([...sink.records.values()][0]?.attempts.map(({ status }) => status)).toEqual([408, 200]);
  });

  it("refuses a wrong password with 403, and an unknown domain with silence", async () => {
    const pbx = await phone();
    const { port, edge } = await openEdge({});
    pbx.call(port, { ...demoCall, requestUri: "sip:+15005550001@nobody.example" });
    pbx.call(port, { ...demoCall, credentials: { ...LOGIN, password: "wrong" } });
    await expect.poll(() => failure(pbx.heard)).toMatchObject({ status: 403 });
    expect(edge.metrics()["dropped_unknown_host"]).toBeGreaterThan(0);
    expect(pbx.heard.filter(({ kind }) => kind === "fail")).toHaveLength(1);
  });

  it("takes garbage of every size without harm", async () => {
    const carrier = await phone(answers, "127.0.0.3");
    const pbx = await phone();
    const { port } = await openEdge({ carrier });
    const flow = pbx.host.flowTo("udp", "127.0.0.1", port);
    if (!flow) throw new Error("no flow");
    for (const size of [1, 4, 100, 8_000, 60_000]) pbx.host.send(flow, "\u0000".repeat(size));
    pbx.host.send(flow, `INVITE sip:${DOMAIN} SIP/2.0\r\nVia: x\r\n\r\n`);
    pbx.call(port, demoCall);
    await expect.poll(() => kinds(pbx.heard)).toContain("answer");
    expect(logged).toEqual([]);
  });

  it("routes by a change of the directory on the next call", async () => {
    const pbx = await phone();
    const carrier = await phone(answers, "127.0.0.3");
    const { port, apply } = await openEdge({ carrier });
    const key = `CR${"1".padStart(32, "0")}`;
    apply([{ seq: 1_000, entity: "credential", key, row: null }]);
    pbx.call(port, demoCall);
    await expect.poll(() => failure(pbx.heard)).toMatchObject({ status: 403 });
  });

  it("saves what an earlier edge left in the journal, and closes without leaving files", async () => {
    const carrier = await phone(answers, "127.0.0.3");
    const pbx = await phone();
    sink.isAway = true;
    const first = await openEdge({ carrier });
    pbx.call(first.port, demoCall);
    await expect.poll(() => kinds(pbx.heard)).toContain("answer");
    await first.edge.close(0);
    expect(kinds(pbx.heard)).toContain("ended");
    expect(readdirSync(join(dir, "journal"))).not.toEqual([]);
    sink.isAway = false;
    const second = await openEdge({ carrier });
    await expect.poll(() => sink.ended).toBe(1);
    await second.edge.close(0);
    expect(readdirSync(join(dir, "journal"))).toEqual([]);
  });

  it("rejects and leaves nothing open when the directory cannot be had or the port is taken", async () => {
    const away = { subscribe: () => Promise.reject(new Error("no directory")) };
    await expect(openEdge({}, {}, { directory: away })).rejects.toThrow("no directory");
    const { port } = await openEdge({});
    await expect(openEdge({}, { sipPort: port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});
