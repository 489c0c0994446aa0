// One directory of a given size: how long it takes to load, what it weighs, what a decision costs. Prints one line of JSON.
// Arguments: trunks, numbers per trunk. Run with --expose-gc, so that memory is what is held and not what was thrown away.
import {
  type CallRequest,
  createDirectory,
  type DirectoryChange,
  type Facts,
  type Party,
  route,
} from "@trunkline/trunking";

const ZONE = "bench.test";
/** As many rows as the store delivers at once. */
const BATCH_ROWS = 1_000;
const TRUNKS_PER_ACCOUNT = 100;
const REQUESTS = 10_000;
const CALLS_PER_ROUND = 20_000;
const ROUNDS = 15;
/** Trunks that the calls of a small installation, or of a busy hour, are spread over. */
const FEW_TRUNKS = 10;
const CARRIER = "192.0.2.1";
const EDGE = "198.51.100.1";

const [trunks = 10, numbersPerTrunk = 10] = process.argv.slice(2).map(Number);
const sid = (prefix: string, index: number): string => prefix + index.toString(16).padStart(32, "0");
const e164 = (index: number): string => `+1${2_000_000_000 + index}`;
const source = (trunk: number): string => `10.${(trunk >> 16) & 255}.${(trunk >> 8) & 255}.${trunk & 255}`;

type Row = Pick<DirectoryChange, "entity" | "key" | "row">;

function* rows(): Iterable<Row> {
  for (let i = 0; i * TRUNKS_PER_ACCOUNT < trunks; i++) {
    const account = {
      sid: sid("AC", i),
      parentSid: null,
      friendlyName: `Account ${i}`,
      status: "active",
      type: "Full",
    };
    yield { entity: "account", key: account.sid, row: account } as Row;
  }
  for (let i = 0; i < trunks; i++) yield* trunkRows(i);
  const carrier = {
    sid: sid("CX", 1),
    friendlyName: "Carrier",
    enabled: true,
    priority: 1,
    retryStatuses: [503],
    ownNumbersOnly: false,
  };
  const of = { carrierSid: carrier.sid };
  yield { entity: "carrier", key: carrier.sid, row: carrier };
  const target = { sid: sid("CT", 1), ...of, sipUrl: `sip:${CARRIER}`, priority: 1, weight: 1 };
  yield { entity: "carrierTarget", key: target.sid, row: target };
  const prefix = { sid: sid("CF", 1), ...of, prefix: "", costMicros: 0 };
  yield { entity: "carrierPrefix", key: prefix.sid, row: prefix };
  const from = { sid: sid("CS", 1), ...of, cidr: `${CARRIER}/32`, port: null };
  yield { entity: "carrierSource", key: from.sid, row: from };
}

function* trunkRows(i: number): Iterable<Row> {
  const accountSid = sid("AC", Math.floor(i / TRUNKS_PER_ACCOUNT));
  const trunkSid = sid("TK", i);
  const listSid = sid("AL", i);
  const trunk = {
    sid: trunkSid,
    accountSid,
    friendlyName: `Trunk ${i}`,
    domainName: `trunk-${i}.pstn.${ZONE}`,
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
  } as const;
  yield { entity: "trunk", key: trunkSid, row: trunk };
  const url = {
    sid: sid("OU", i),
    accountSid,
    trunkSid,
    friendlyName: "PBX",
    sipUrl: `sip:${source(i)}`,
    priority: 1,
    weight: 1,
    enabled: true,
  };
  yield { entity: "originationUrl", key: url.sid, row: url };
  const link = { trunkSid, listSid };
  yield { entity: "trunkIpAccessControlList", key: `${trunkSid}/${listSid}`, row: link };
  const address = { sid: sid("IP", i), listSid, friendlyName: "PBX", ipAddress: source(i), cidrPrefixLength: 32 };
  yield { entity: "ipAddress", key: address.sid, row: address };
  for (let j = i * numbersPerTrunk; j < (i + 1) * numbersPerTrunk; j++) {
    const number = { sid: sid("PN", j), accountSid, e164: e164(j), trunkSid };
    yield { entity: "phoneNumber", key: number.sid, row: number };
  }
}

/** Loads batch by batch from text, as the store's rows come; making the text is not counted. */
function load(): {
  readonly directory: ReturnType<typeof createDirectory>;
  readonly loadSec: number;
  readonly count: number;
} {
  const directory = createDirectory();
  let loadSec = 0;
  let count = 0;
  const flush = (batch: readonly Row[]): void => {
    const text = JSON.stringify(batch.map((row) => ({ seq: 1, ...row })));
    const startSec = cpuSeconds();
    directory.apply(JSON.parse(text) as DirectoryChange[]);
    loadSec += cpuSeconds() - startSec;
    count += batch.length;
  };
  let batch: Row[] = [];
  for (const row of rows()) {
    batch.push(row);
    if (batch.length < BATCH_ROWS) continue;
    flush(batch);
    batch = [];
  }
  flush(batch);
  return { directory, loadSec, count };
}

/** CPU time of this thread, its share of garbage collection included: what else runs on the machine does not count. */
function cpuSeconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}

const party = (user: string, host: string): Party => ({ displayName: null, user, host, raw: `<sip:${user}@${host}>` });

/** Termination and origination by turns, at one of so many trunks. */
function request(index: number, spread: number): CallRequest {
  const trunk = Math.floor(Math.random() * spread) * Math.floor(trunks / spread);
  const number = e164(trunk * numbersPerTrunk + (index % numbersPerTrunk));
  const out = index % 2 === 0;
  const host = out ? `trunk-${trunk}.pstn.${ZONE}` : EDGE;
  return {
    sid: sid("CA", index),
    transport: "udp",
    sourceAddress: out ? source(trunk) : CARRIER,
    sourcePort: 5060,
    localAddress: EDGE,
    sipCallId: String(index),
    requestUri: { scheme: "sip", user: out ? "+14155550100" : number, host, port: null },
    from: party(out ? number : "+14155550100", "pbx.example.com"),
    to: party(number, host),
    remotePartyId: null,
    assertedIdentity: null,
    privacy: [],
    diversions: [],
    maxForwards: 70,
    credentials: null,
  };
}

/** @param spread over how many trunks the calls go: few stay in the processor's caches, all of many cannot */
function microsPerDecision(directory: ReturnType<typeof createDirectory>, spread: number): number {
  const facts: Facts = {
    random: Math.random,
    verifyDigest: () => ({ kind: "wrong", why: "none" }),
    zone: ZONE,
    edge: "local",
    ownHosts: new Set([EDGE]),
  };
  // Made once: in the live path a request is gone before the collector would move it to the old generation.
  const requests = Array.from({ length: REQUESTS }, (_, index) => request(index, spread));
  const rounds = Array.from({ length: ROUNDS }, () => {
    const startSec = cpuSeconds();
    for (let call = 0; call < CALLS_PER_ROUND; call++) {
      const decision = route(requests[call % REQUESTS] as CallRequest, directory, facts);
      if (decision.kind !== "dial") throw new Error(`the bench's own call was not carried: ${decision.kind}`);
    }
    return ((cpuSeconds() - startSec) * 1e6) / CALLS_PER_ROUND;
  });
  return rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

globalThis.gc?.();
const emptyBytes = process.memoryUsage.rss();
const { directory, loadSec, count } = load();
globalThis.gc?.();
const memoryMiB = (process.memoryUsage.rss() - emptyBytes) / 2 ** 20;
const heapMiB = process.memoryUsage().heapUsed / 2 ** 20;
const result = { trunks, numbers: trunks * numbersPerTrunk, rows: count, loadSec, memoryMiB, heapMiB };
const microsPerDecisionAtFew = microsPerDecision(directory, FEW_TRUNKS);
const microsPerDecisionAtAll = microsPerDecision(directory, trunks);
process.stdout.write(`${JSON.stringify({ ...result, microsPerDecisionAtFew, microsPerDecisionAtAll })}\n`);
