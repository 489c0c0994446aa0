import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { has, median, pinned, stop } from "./lib/process.ts";
import { NgClient } from "./media/rtpengine.ts";
import { calleeSdp, callerSdp, placeOf, writeTargets } from "./media/targets.ts";

const RELAY_CPU = "0";
const LOAD_CPU = "1";
const RTPENGINE = { host: "127.0.0.20", port: 2223 };

export type Security = "rtp" | "srtp";

/** One load: so many calls for so long. */
export type MediaLoad = {
  readonly legs: Security;
  readonly calls: number;
  readonly seconds: number;
  /** Each call is recorded, in so many channels; by us alone. Absent: none is. */
  readonly recorded?: 1 | 2;
};

/** One line of rtpgen, the load generator (`bench/media/rtpgen.c`). */
export type MediaResult = {
  readonly peer: string;
  /** What the A legs speak; the B legs speak RTP. */
  readonly legs: Security;
  readonly calls: number;
  /** Recordings that were to be made and are not there whole. */
  readonly missing?: number;
  readonly lossPct: number;
  readonly cpuSecondsPerMillionPackets: number;
  readonly p50Us: number;
  readonly p99Us: number;
};

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
/** Builds the generator; undefined where there is no C compiler or libsrtp2. */
function buildGenerator(dir: string): string | undefined {
  const out = join(dir, "rtpgen");
  return spawnSync("cc", ["-O2", "-o", out, file("media/rtpgen.c"), "-lsrtp2"], { stdio: "ignore" }).status === 0
    ? out
    : undefined;
}

function load(generator: string, targets: string, pid: number, asked: MediaLoad, peer: string): MediaResult {
  const { legs, calls, seconds } = asked;
  const secure = legs === "srtp" ? ["-x"] : [];
  const size = ["-n", String(calls), "-s", String(seconds), "-w", "2", "-p", String(pid)];
  const args = ["-c", LOAD_CPU, generator, "-t", targets, ...size, ...secure];
  const line = JSON.parse(execFileSync("taskset", args, { encoding: "utf8" })) as Record<string, number>;
  return {
    peer,
    legs,
    calls,
    lossPct: line["lossPct"] ?? Number.NaN,
    cpuSecondsPerMillionPackets: line["cpuSPerMpkt"] ?? Number.NaN,
    p50Us: line["p50us"] ?? Number.NaN,
    p99Us: line["p99us"] ?? Number.NaN,
  };
}

type Run = (pid: number, targets: string) => MediaResult;

async function withTrunkline(dir: string, { calls, legs, recorded }: MediaLoad, run: Run): Promise<MediaResult> {
  const targets = join(dir, "trunkline.txt");
  const asked = [String(calls), targets, legs, String(recorded ?? 0)];
  const command = ["-c", RELAY_CPU, process.execPath, file("media/relay.ts"), ...asked];
  const relay = spawn("taskset", command, { stdio: ["pipe", "pipe", "inherit"] });
  try {
    await once(relay.stdout, "data", { signal: AbortSignal.timeout(60_000) });
    const result = run(relay.pid ?? 0, targets);
    if (recorded === undefined) return result;
    const told = once(relay.stdout, "data", { signal: AbortSignal.timeout(90_000) });
    relay.stdin.end();
    const { recordings, whole } = JSON.parse(String((await told)[0])) as { recordings: number; whole: number };
    return { ...result, missing: recordings - whole };
  } finally {
    await stop(relay);
  }
}

async function withRtpengine(dir: string, { calls, legs }: MediaLoad, run: Run): Promise<MediaResult> {
  const flags = [
    "--table=-1",
    `--interface=${RTPENGINE.host}`,
    `--listen-ng=${RTPENGINE.host}:${RTPENGINE.port}`,
    "--port-min=10000",
    "--port-max=59999",
  ];
  const more = [
    "--num-threads=1",
    "--foreground",
    "--log-stderr",
    "--log-level=2",
    "--delete-delay=0",
    "--timeout=3600",
    "--silent-timeout=3600",
  ];
  const daemon = pinned(Number(RELAY_CPU), ["rtpengine", ...flags, ...more]);
  try {
    await delay(2_000);
    const ng = new NgClient(RTPENGINE.host, RTPENGINE.port);
    const targets = join(dir, "rtpengine.txt");
    await writeTargets(targets, calls, legs === "srtp", async (call, key) => {
      const towardsB = placeOf(await ng.sdp("offer", `bench-${call}`, callerSdp(key)));
      return { towardsA: placeOf(await ng.sdp("answer", `bench-${call}`, calleeSdp())), towardsB };
    });
    ng.close();
    return run(daemon.pid ?? 0, targets);
  } finally {
    await stop(daemon);
  }
}

/**
 * PCMU both ways through the embedded relay and, when it is installed, rtpengine in user space: interleaved, the median of each. Nothing where
 * the generator cannot be built.
 */
export async function benchMedia(asked: MediaLoad, rounds: number): Promise<readonly MediaResult[]> {
  const dir = mkdtempSync(join(tmpdir(), "trunkline-bench-media-"));
  const generator = buildGenerator(dir);
  if (!generator) return [];
  const measure =
    (peer: string): Run =>
    (pid, targets) =>
      load(generator, targets, pid, asked, peer);
  const results: MediaResult[] = [];
  for (let round = 0; round < rounds; round += 1) {
    results.push(await withTrunkline(dir, asked, measure("trunkline")));
    if (has("rtpengine") && asked.recorded === undefined)
      results.push(await withRtpengine(dir, asked, measure("rtpengine")));
  }
  return [...new Set(results.map(({ peer }) => peer))].map((peer) => {
    const runs = results.filter((one) => one.peer === peer);
    const cost = median(runs.map((run) => run.cpuSecondsPerMillionPackets));
    return runs.find((run) => run.cpuSecondsPerMillionPackets === cost) as MediaResult;
  });
}
