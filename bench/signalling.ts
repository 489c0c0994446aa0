import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openStore } from "@trunkline/store";
import { eventually } from "../test/support/eventually.ts";
import { type Platform, startPlatform } from "../test/support/platform.ts";
import { startSipp } from "../test/support/sipp.ts";
import { cpuSeconds, has, median, memoryMiB, pinned, stop } from "./lib/process.ts";

/** What is measured runs on one CPU, what loads it on the other. */
const PEER_CPU = 0;
const LOAD_CPU = 1;
const UAC = "127.0.0.2";
const UAS = { address: "127.0.0.3", port: 5080 };
const KAMAILIO = "127.0.0.10:5060";
const KAMAILIO_AUTH = { username: "trunk1", password: "s3cretpass" };

export type SignallingResult = {
  readonly peer: string;
  readonly perSecond: number;
  readonly calls: number;
  readonly failed: number;
  readonly retransmissions: number;
  readonly cpuSecondsPer1000Calls: number;
  readonly memoryMiB: number;
};

type Load = {
  readonly peer: string;
  readonly pid: number;
  readonly target: string;
  readonly domain: string;
  readonly from: string;
  readonly auth: { readonly username: string; readonly password: string };
};

/** One run: authenticated calls from a SIPp UAC through the peer to a SIPp UAS, one second of talk each. */
async function measure(load: Load, perSecond: number, seconds: number): Promise<SignallingResult> {
  const calls = perSecond * seconds;
  const prefix = ["taskset", "-c", String(LOAD_CPU)];
  const uas = startSipp({ prefix, scenario: "uas.xml", ...UAS, calls: 1_000_000, limitSec: seconds + 60, quiet: true });
  const before = cpuSeconds(load.pid);
  const uac = startSipp({
    prefix,
    scenario: "uac-auth.xml",
    target: load.target,
    address: UAC,
    port: 5070,
    calls,
    perSecond,
    keys: { domain: load.domain, from: load.from, to: "+4930123456789" },
    auth: load.auth,
    extra: ["-d", "1000", "-buff_size", "4000000"],
    limitSec: seconds + 45,
    quiet: true,
  });
  const result = await uac.done;
  const used = cpuSeconds(load.pid) - before;
  uas.stop();
  await uas.done;
  return {
    peer: load.peer,
    perSecond,
    calls,
    failed: calls - result.successful,
    retransmissions: result.retransmissions,
    cpuSecondsPer1000Calls: (used / result.successful) * 1_000,
    memoryMiB: memoryMiB(load.pid),
  };
}

/** A platform whose calls leave for the SIPp UAS as a carrier of their prefix, so that no simulated far end is in the figure. */
async function startTrunkline(): Promise<Platform> {
  const dataDir = mkdtempSync(join(tmpdir(), "trunkline-bench-"));
  const first = await startPlatform({ dataDir });
  await first.stop();
  const secrets = JSON.parse(readFileSync(join(dataDir, "secrets.json"), "utf8")) as { encryptionKey: string };
  const store = await openStore({
    url: `pglite:${join(dataDir, "store")}`,
    encryptionKey: Buffer.from(secrets.encryptionKey, "hex"),
  });
  const carrierSid = `CX${"0".repeat(31)}2`;
  const child = (prefix: string): string => `${prefix}${"0".repeat(31)}2`;
  await store.carriers.upsert(
    { sid: carrierSid, friendlyName: "SIPp", enabled: true, priority: 1, retryStatuses: [], ownNumbersOnly: false },
    [{ sid: child("CT"), carrierSid, sipUrl: `sip:${UAS.address}:${UAS.port}`, priority: 1, weight: 1 }],
    [{ sid: child("CF"), carrierSid, prefix: "49", costMicros: 0 }],
    [],
  );
  await store.close();
  return startPlatform({ dataDir, prefix: ["taskset", "-c", String(PEER_CPU)] });
}

async function withKamailio<T>(run: (pid: number) => Promise<T>): Promise<T> {
  const work = join(tmpdir(), "trunkline-bench-kamailio");
  mkdirSync(work, { recursive: true });
  const config = fileURLToPath(new URL("sip/kamailio.cfg", import.meta.url));
  const flags = [
    "-DD",
    "-E",
    "-m",
    "1024",
    "-M",
    "16",
    "-x",
    "fm",
    "-X",
    "fm",
    "-Y",
    work,
    "-P",
    join(work, "pid"),
    "-f",
    config,
    "-A",
    "WORKERS=1",
    "-A",
    "WITH_AUTH",
  ];
  const kamailio = pinned(PEER_CPU, ["kamailio", ...flags]);
  try {
    await delay(3_000);
    return await run(kamailio.pid ?? 0);
  } finally {
    await stop(kamailio);
  }
}

/** Interleaved runs, so that the drift of a shared machine hits every peer alike; the median of each. */
export async function benchSignalling(
  perSecond: number,
  seconds: number,
  rounds: number,
): Promise<readonly SignallingResult[]> {
  if (!has("sipp")) return [];
  const platform = await startTrunkline();
  const results: SignallingResult[] = [];
  const trunkline: Load = {
    peer: "trunkline",
    pid: platform.process.pid ?? 0,
    target: `${platform.sipHost}:${platform.sipPort}`,
    domain: platform.demo.domain,
    from: platform.demo.numbers[0] as string,
    auth: { username: platform.demo.username, password: platform.demo.password },
  };
  try {
    await measure(trunkline, perSecond, 3);
    for (let round = 0; round < rounds; round += 1) {
      results.push(await measure(trunkline, perSecond, seconds));
      if (!has("kamailio")) continue;
      results.push(
        await withKamailio((pid) =>
          measure(
            {
              peer: "kamailio",
              pid,
              target: KAMAILIO,
              domain: "bench.example",
              from: "+4930987654321",
              auth: KAMAILIO_AUTH,
            },
            perSecond,
            seconds,
          ),
        ),
      );
    }
    await eventually("the records to be stored", async () => ((await storedCalls(platform)) > 0 ? true : undefined));
  } finally {
    await platform.stop();
  }
  return [...new Set(results.map(({ peer }) => peer))].map((peer) =>
    medianOf(results.filter((one) => one.peer === peer)),
  );
}

async function storedCalls(platform: Platform): Promise<number> {
  const page = await platform.get<{ calls: unknown[] }>(`/2010-04-01/Accounts/${platform.demo.accountSid}/Calls.json`);
  return page.calls.length;
}

function medianOf(runs: readonly SignallingResult[]): SignallingResult {
  const cost = median(runs.map((run) => run.cpuSecondsPer1000Calls));
  return runs.find((run) => run.cpuSecondsPer1000Calls === cost) as SignallingResult;
}
