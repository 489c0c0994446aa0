import {
  type DnsAnswer,
  type DnsQuestion,
  type Flow,
  type Host,
  ha1,
  type OutgoingInvite,
  type Session,
} from "@trunkline/sip";
import {
  type Alert,
  type CallEvent,
  type CallRecord,
  createDirectory,
  type DirectoryIndex,
  foldCallEvent,
  type RecordingOutcome,
} from "@trunkline/trunking";
import {
  ACCOUNT,
  account,
  carrier,
  changes,
  createPhone,
  flowBetween,
  originationUrl,
  type Phone,
  type PhoneOptions,
  sid,
  TRUNK,
  trunk,
  VirtualNetwork,
  type WrittenRow,
} from "../../../test/support/lent-fixtures.ts";
import { createEdgeCore, digestRealm } from "./core.ts";
import type { EdgeCore, EdgeCoreOptions, EdgeCorePorts } from "./core.types.ts";
import { FakePlane } from "./fake-plane.fixture.ts";
import { FakeRecorder } from "./fake-recorder.fixture.ts";
import { createLocator } from "./locate/dns-locator.ts";

export const ZONE = "trunkline.test";
export const DOMAIN = `acme.pstn.${ZONE}`;
export const EDGE = { address: "192.0.2.10", port: 5060 };
export const EDGE6 = { address: "2001:db8::10", port: 5060 };
export const PBX = "192.0.2.20";
export const CARRIER = "192.0.2.30";
export const SPARE = "192.0.2.31";
export const STRANGER = "198.51.100.66";
export const NUMBER = "+12025550100";
export const LOGIN = { username: "demo", password: "Correct-Horse-9" };
const EPOCH_MS = Date.UTC(2026, 0, 1);

export type EdgeWorldOptions = {
  /** Rows beside the demo trunk's, or in their place (same key). */
  readonly rows?: readonly WrittenRow[];
  readonly core?: Partial<EdgeCoreOptions>;
  /** The directory has not been loaded. */
  readonly isEmpty?: boolean;
  /** Addresses by name; any other question fails. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  readonly ports?: Pick<EdgeCorePorts, "openVoice" | "callerIds" | "prompts">;
};

/** An edge in virtual time between phones: a PBX, a carrier, a spare carrier (also the second origination target), a stranger. */
export class EdgeWorld {
  readonly network = new VirtualNetwork(1);
  readonly core: EdgeCore;
  readonly plane = new FakePlane();
  readonly recorder = new FakeRecorder();
  readonly outcomes: RecordingOutcome[] = [];
  readonly events: CallEvent[] = [];
  readonly alerts: Alert[] = [];
  readonly logged: string[] = [];
  /** Connections that the edge has closed. */
  readonly closed: Flow[] = [];
  readonly directory: DirectoryIndex = createDirectory({ peerTouched: (ownerSid) => this.core?.peerTouched(ownerSid) });
  isLoaded: boolean;
  /** Of recordings. */
  isSinkAway = false;

  constructor(options: EdgeWorldOptions = {}) {
    const host = this.network.host();
    this.isLoaded = options.isEmpty !== true;
    const ports: EdgeCorePorts = {
      host,
      locator: createLocator(
        { transports: ["udp", "tcp", "tls"], families: ["A", "AAAA"], random: host.random },
        (question) => answerFrom(options.names ?? {}, question),
      ),
      media: this.plane,
      recorder: this.recorder,
      recordings: {
        save: async (outcome) => {
          if (this.isSinkAway) throw new Error("the sink is away");
          this.outcomes.push(outcome);
        },
      },
      journal: { append: (event) => void this.events.push(event) },
      alerts: { save: async (alerts) => void this.alerts.push(...alerts) },
      log: (level, event, fields) => void this.logged.push(`${level} ${event} ${JSON.stringify(fields)}`),
      wallClockMs: () => EPOCH_MS + host.nowMs(),
      directory: () => (this.isLoaded ? this.directory : undefined),
      flowTo: (transport, address, port) =>
        flowBetween(address.includes(":") ? EDGE6 : EDGE, { address, port }, transport),
      advertised: (flow) => ({ host: flow.localAddress, port: flow.localPort }),
      closeFlow: (flow) => void this.closed.push(flow),
      ...options.ports,
    };
    this.core = createEdgeCore(
      { edge: "local", zone: ZONE, ownHosts: new Set([EDGE.address]), nonceSecret: "00".repeat(32), ...options.core },
      ports,
    );
    this.directory.apply(
      changes([...demoRows(host.hash, { pbx: PBX, carrier: CARRIER, spare: SPARE }), ...(options.rows ?? [])]),
    );
    this.network.attach(EDGE.address, EDGE.port, this.core);
    this.network.attach(EDGE6.address, EDGE6.port, this.core);
  }

  phone(address: string, options: PhoneOptions = {}): Phone {
    return createPhone(this.network, address, options);
  }

  /** A termination call of the demo user unless told otherwise; what it was answered is in `phone.heard`. */
  call(from: Phone, to = "+15005550001", invite: Partial<OutgoingInvite> = {}): Session {
    return from.call(
      { ...from, ...EDGE },
      {
        requestUri: `sip:${to}@${DOMAIN}`,
        from: `"Alice" <sip:${NUMBER}@${DOMAIN}>`,
        to: `<sip:${to}@${DOMAIN}>`,
        credentials: LOGIN,
        ...invite,
      },
    );
  }

  /** A call from the carrier to our number. */
  originate(from: Phone, invite: Partial<OutgoingInvite> = {}): Session {
    return this.call(from, NUMBER, {
      requestUri: `sip:${NUMBER}@${EDGE.address}`,
      from: `<sip:+13105550001@${CARRIER}>`,
      ...invite,
    });
  }

  /** Lets virtual time pass, timer by timer; promises settle in between. */
  async pass(ms: number): Promise<void> {
    const { clock } = this.network;
    const endMs = clock.nowMs() + ms;
    for (let more = true; more; ) {
      await settle();
      let fired = 0;
      more = clock.runUntil(() => fired++ === 1, endMs - clock.nowMs());
    }
    clock.run(endMs - clock.nowMs());
    await settle();
  }

  /** The one call's record. */
  record(): CallRecord | undefined {
    let record: CallRecord | undefined;
    for (const event of this.events) record = foldCallEvent(record, event);
    return record;
  }

  /** Ends by the rule every test obeys: nothing is alive in the edge, and no bug was logged. */
  async finish(): Promise<readonly string[]> {
    await this.pass(80_000);
    const counts = { ...this.core.counts(), media: this.plane.sessions, recordings: this.recorder.live.size };
    const alive = Object.entries(counts).filter(([, count]) => count !== 0);
    return [
      ...alive.map(([name, count]) => `${name} ${count}`),
      ...this.logged.filter((line) => line.startsWith("error")),
    ];
  }
}

/** Where the demo trunk's PBX, spare target and carriers are, as `host:port` of a SIP URI. */
export type Places = Readonly<Record<"pbx" | "carrier" | "spare", string>>;

/** One account with one number, one trunk with one user and two origination URLs, two carriers of all numbers. */
export function demoRows(hash: Host["hash"], places: Places): readonly WrittenRow[] {
  const ha1Of = (name: "MD5" | "SHA-256"): string => ha1(hash, name, LOGIN.username, digestRealm(ZONE), LOGIN.password);
  const [ha1Md5, ha1Sha256] = [ha1Of("MD5"), ha1Of("SHA-256")];
  const listSid = sid("CL", 1);
  const target = (n: number, carrierSid: string, address: string): WrittenRow => [
    "carrierTarget",
    sid("CT", n),
    { sid: sid("CT", n), carrierSid, sipUrl: `sip:${address}`, priority: 1, weight: 1 },
  ];
  const prefix = (n: number, carrierSid: string): WrittenRow => [
    "carrierPrefix",
    sid("CF", n),
    { sid: sid("CF", n), carrierSid, prefix: "", costMicros: n },
  ];
  const main = carrier(1, { priority: 1, retryStatuses: [503] });
  const spare = carrier(2, { priority: 2, retryStatuses: [503] });
  return [
    ["account", ACCOUNT, account()],
    ["trunk", TRUNK, trunk({ domainName: DOMAIN })],
    ["credential", sid("CR", 1), { sid: sid("CR", 1), listSid, username: LOGIN.username, ha1Md5, ha1Sha256 }],
    ["trunkCredentialList", `${TRUNK}/${listSid}`, { trunkSid: TRUNK, listSid }],
    ["phoneNumber", sid("PN", 1), { sid: sid("PN", 1), accountSid: ACCOUNT, e164: NUMBER, trunkSid: TRUNK }],
    ["originationUrl", sid("OU", 1), originationUrl(1, { sipUrl: `sip:${places.pbx}`, priority: 1 })],
    ["originationUrl", sid("OU", 2), originationUrl(2, { sipUrl: `sip:${places.spare}`, priority: 2 })],
    ["carrier", main.sid, main],
    ["carrier", spare.sid, spare],
    target(1, main.sid, places.carrier),
    target(2, spare.sid, places.spare),
    prefix(1, main.sid),
    prefix(2, spare.sid),
    [
      "carrierSource",
      sid("CS", 1),
      { sid: sid("CS", 1), carrierSid: main.sid, cidr: onlyAddress(places.carrier), port: null },
    ],
  ];
}

/** The network of that one address. */
function onlyAddress(place: string): string {
  const address6 = /^\[(.*)\]/.exec(place)?.[1];
  return address6 === undefined ? `${place.replace(/:.*/, "")}/32` : `${address6}/128`;
}

function answerFrom(names: Readonly<Record<string, readonly string[]>>, { type, name }: DnsQuestion): DnsAnswer {
  const addresses = names[name];
  if (!addresses) return { kind: "failed", why: "no DNS here" };
  const isWanted = (address: string): boolean => type === (address.includes(":") ? "AAAA" : "A");
  const family = type === "A" || type === "AAAA" ? type : undefined;
  if (!family) return { kind: "records", records: [] };
  return { kind: "records", records: addresses.filter(isWanted).map((address) => ({ type: family, address })) };
}

/** A turn of the real event loop: every promise that can be settled by now is. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
