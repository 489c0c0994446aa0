import { createEdgeCore, type EdgeCore, type Journal } from "@trunkline/edge";
import type { AudioEndpoint, LegCounters, MediaPlane } from "@trunkline/media";
import { createPbxCore, createPstnCore, type PbxCore, type PstnCore } from "@trunkline/pstn";
import type { Host } from "@trunkline/sip";
import {
  type Alert,
  type CallEvent,
  type CallRecord,
  createDirectory,
  type DirectoryChange,
  type DirectoryRows,
  foldCallEvent,
} from "@trunkline/trunking";
import { flowBetween, VirtualNetwork, type Weather } from "../../packages/sip/src/session/virtual-network.fixture.ts";

export const ZONE = "example.test";
export const TRUNK_DOMAIN = `demo.pstn.${ZONE}`;
export const NUMBER = "+12025550100";
export const USER = { username: "demo", password: "Correct-Horse-9" };

const PBX = { address: "10.0.0.1", port: 5060 };
const EDGE = { address: "10.0.0.10", port: 5060 };
const PSTN = { address: "10.0.0.20", port: 5060 };
/** Any moment will do: virtual time 0 as the wall clock sees it. */
const EPOCH_MS = Date.UTC(2026, 0, 1);

/**
 * The platform's edge between a simulated PBX and the simulated PSTN, on a virtual network in virtual time: everything real but
 * sockets, clocks, files and packets of media. The same seed gives the same run, to the message.
 */
export class World {
  readonly network: VirtualNetwork;
  readonly pbx: PbxCore;
  readonly edge: EdgeCore;
  readonly pstn: PstnCore;
  readonly events: CallEvent[] = [];
  readonly alerts: Alert[] = [];
  readonly faults: string[] = [];
  #sessions = 0;

  constructor(seed: number, weather: Weather) {
    this.network = new VirtualNetwork(seed, weather);
    const host = this.network.host();
    this.pbx = createPbxCore(host, async (address) => quietAudio(address));
    this.pstn = createPstnCore(host, async (address) => quietAudio(address), {
      ...PSTN,
      platform: { host: EDGE.address, port: EDGE.port },
      reachPlatform: async () => flowBetween(PSTN, EDGE),
    });
    this.edge = this.#makeEdge(host);
    this.network.attach(PBX.address, PBX.port, this.pbx);
    this.network.attach(EDGE.address, EDGE.port, this.edge);
    this.network.attach(PSTN.address, PSTN.port, this.pstn);
  }

  /** Media sessions that are open: none may be left when every call is over. */
  get mediaSessions(): number {
    return this.#sessions;
  }

  /** The way of the PBX to the platform. */
  readonly way = async () => flowBetween(PBX, EDGE);

  /** The call records as the journal's events make them. */
  records(): ReadonlyMap<string, CallRecord> {
    const records = new Map<string, CallRecord>();
    for (const event of this.events) {
      const record = foldCallEvent(records.get(event.sid), event);
      if (record) records.set(event.sid, record);
    }
    return records;
  }

  /** Everything alive anywhere: transactions, sessions, calls, media. */
  leftOver(): Readonly<Record<string, number>> {
    const all = {
      ...prefixed("pbx", this.pbx.counts()),
      ...prefixed("edge", this.edge.counts()),
      ...prefixed("pstn", this.pstn.counts()),
      "edge.media": this.#sessions,
    };
    return Object.fromEntries(Object.entries(all).filter(([, count]) => count !== 0));
  }

  /** Runs timer by timer, letting every promise settle in between, until `done` holds or virtual time is up. */
  async runUntil(done: () => boolean, limitMs: number): Promise<boolean> {
    const { clock } = this.network;
    const untilMs = clock.nowMs() + limitMs;
    await settle();
    while (!done()) {
      let steps = 0;
      if (!clock.runUntil(() => steps++ === 1, untilMs - clock.nowMs())) return false;
      await settle();
    }
    return true;
  }

  #makeEdge(host: Host): EdgeCore {
    const directory = createDirectory();
    directory.apply(configuration(host));
    const journal: Journal = { append: (event) => void this.events.push(event) };
    return createEdgeCore(
      { edge: "local", zone: ZONE, ownHosts: new Set([EDGE.address]), nonceSecret: "00".repeat(32) },
      {
        host,
        journal,
        media: this.#quietPlane(),
        directory: () => directory,
        alerts: { save: async (alerts) => void this.alerts.push(...alerts) },
        log: (level, event, fields) => {
          if (level === "error") this.faults.push(`${event} ${JSON.stringify(fields)}`);
        },
        locator: {
          locate: (uri) => {
            const address = /@?(10\.0\.0\.\d+)/.exec(uri)?.[1] ?? "10.0.0.99";
            return { targets: [{ transport: "udp", address, port: 5060 }], why: "" };
          },
        },
        wallClockMs: () => EPOCH_MS + host.nowMs(),
        flowTo: (_transport, address, port) => flowBetween(EDGE, { address, port }),
        advertised: () => ({ host: EDGE.address, port: EDGE.port }),
      },
    );
  }

  /** A plane that joins descriptions without sockets; it counts what is open. */
  #quietPlane(): MediaPlane {
    return {
      open: async () => {
        this.#sessions += 1;
        let isOpen = true;
        return {
          offer: async (_leg, sdp) => sdp,
          answer: async (_leg, sdp) => sdp,
          counters: async () => COUNTERS,
          close: async () => {
            if (isOpen) this.#sessions -= 1;
            isOpen = false;
            return COUNTERS;
          },
        };
      },
      usage: async () => ({ sessions: this.#sessions, ports: this.#sessions * 4 }),
      close: async () => undefined,
    };
  }
}

const COUNTERS: readonly LegCounters[] = (["a", "b"] as const).map((leg) => ({
  leg,
  codec: "PCMU",
  packetsReceived: 0,
  bytesReceived: 0,
  packetsLost: 0,
  jitterMs: null,
  roundTripMs: null,
  mos: null,
  sourceChanges: 0,
}));

function prefixed(name: string, counts: object): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts).map(([key, count]) => [`${name}.${key}`, count as number]));
}

/** Audio that describes itself and is silent. */
function quietAudio(address: string): AudioEndpoint {
  const port = 4_000;
  return {
    address,
    port,
    describe: (direction = "sendrecv") =>
      `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\na=${direction}\r\n`,
    connect: (sdp) => sdp.includes("m=audio "),
    play: () => undefined,
    sendDigits: async () => undefined,
    report: () => ({
      packetsSent: 0,
      packetsReceived: 0,
      packetsLost: 0,
      jitterMs: null,
      mos: null,
      toneHz: null,
      digits: "",
      echoDelayMs: null,
    }),
    close: () => undefined,
  };
}

/** One account with one number, one trunk with one user and two origination URLs (the first leads nowhere), the PSTN as its carrier. */
function configuration(host: Host): readonly DirectoryChange[] {
  const sid = (prefix: string, n = 1): string => prefix + String(n).padStart(32, "0");
  const accountSid = sid("AC");
  const trunkSid = sid("TK");
  const carrierSid = sid("CX");
  const ha1 = (name: "MD5" | "SHA-256"): string => host.hash(name, `${USER.username}:sip.${ZONE}:${USER.password}`);
  let seq = 0;
  const row = <E extends keyof DirectoryRows>(entity: E, key: string, value: DirectoryRows[E]): DirectoryChange =>
    ({ seq: ++seq, entity, key, row: value }) as DirectoryChange;
  const url = (n: number, address: string): DirectoryChange =>
    row("originationUrl", sid("OU", n), {
      sid: sid("OU", n),
      accountSid,
      trunkSid,
      friendlyName: address,
      sipUrl: `sip:${address}`,
      priority: n,
      weight: 1,
      enabled: true,
    });
  return [
    row("account", accountSid, {
      sid: accountSid,
      parentSid: null,
      friendlyName: "Demo",
      status: "active",
      type: "Full",
    }),
    row("trunk", trunkSid, {
      sid: trunkSid,
      accountSid,
      friendlyName: "Demo",
      domainName: TRUNK_DOMAIN,
      disasterRecoveryUrl: null,
      disasterRecoveryMethod: null,
      secure: false,
      cnamLookupEnabled: false,
      recordingMode: "do-not-record",
      recordingTrim: "do-not-trim",
      transferMode: "disable-all",
      transferCallerId: "from-transferee",
      symmetricRtpEnabled: false,
      failoverFinalStatuses: null,
      failoverTimeoutMs: null,
    }),
    row("credential", sid("CR"), {
      sid: sid("CR"),
      listSid: sid("CL"),
      username: USER.username,
      ha1Md5: ha1("MD5"),
      ha1Sha256: ha1("SHA-256"),
    }),
    row("trunkCredentialList", `${trunkSid}/${sid("CL")}`, { trunkSid, listSid: sid("CL") }),
    row("phoneNumber", sid("PN"), { sid: sid("PN"), accountSid, e164: NUMBER, trunkSid }),
    url(1, "10.0.0.66"),
    url(2, PBX.address),
    row("carrier", carrierSid, {
      sid: carrierSid,
      friendlyName: "PSTN",
      enabled: true,
      priority: 1,
      retryStatuses: [503],
    }),
    row("carrierTarget", sid("CT"), {
      sid: sid("CT"),
      carrierSid,
      sipUrl: `sip:${PSTN.address}`,
      priority: 1,
      weight: 1,
    }),
    row("carrierPrefix", sid("CF"), { sid: sid("CF"), carrierSid, prefix: "", costMicros: 0 }),
    row("carrierSource", sid("CS"), { sid: sid("CS"), carrierSid, cidr: `${PSTN.address}/32`, port: null }),
  ];
}

/** A turn of the real event loop: every promise that can be settled by now is. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
