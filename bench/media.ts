import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { has, median, pinned, stop } from "./lib/process.ts";
import { NgClient } from "./media/rtpengine.ts";

const RELAY_CPU = "0";
const LOAD_CPU = "1";
const RTPENGINE = { host: "127.0.0.20", port: 2223 };

/** One line of rtpgen, the load generator (`bench/media/rtpgen.c`). */
export type MediaResult = {
  readonly peer: string;
  readonly calls: number;
  readonly lossPct: number;
  readonly cpuSecondsPerMillionPackets: number;
  readonly p50Us: number;
  readonly p99Us: number;
};

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const sdp = (address: string): string =>
  `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\na=sendrecv\r\n`;

/** Builds the generator; undefined where there is no C compiler or libsrtp2. */
function buildGenerator(dir: string): string | undefined {
  const out = join(dir, "rtpgen");
  return spawnSync("cc", ["-O2", "-o", out, file("media/rtpgen.c"), "-lsrtp2"], { stdio: "ignore" }).status === 0
    ? out
    : undefined;
}

function load(
  generator: string,
  targets: string,
  pid: number,
  calls: number,
  seconds: number,
  peer: string,
): MediaResult {
  const args = [
    "-c",
    LOAD_CPU,
    generator,
    "-t",
    targets,
    "-n",
    String(calls),
    "-s",
    String(seconds),
    "-w",
    "2",
    "-p",
    String(pid),
  ];
  const line = JSON.parse(execFileSync("taskset", args, { encoding: "utf8" })) as Record<string, number>;
  return {
    peer,
    calls,
    lossPct: line["lossPct"] ?? Number.NaN,
    cpuSecondsPerMillionPackets: line["cpuSPerMpkt"] ?? Number.NaN,
    p50Us: line["p50us"] ?? Number.NaN,
    p99Us: line["p99us"] ?? Number.NaN,
  };
}

async function withTrunkline<T>(dir: string, calls: number, run: (pid: number, targets: string) => T): Promise<T> {
  const targets = join(dir, "trunkline.txt");
  const relay = spawn("taskset", ["-c", RELAY_CPU, process.execPath, file("media/relay.ts"), String(calls), targets], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    await once(relay.stdout, "data", { signal: AbortSignal.timeout(60_000) });
    return run(relay.pid ?? 0, targets);
  } finally {
    await stop(relay);
  }
}

async function withRtpengine<T>(dir: string, calls: number, run: (pid: number, targets: string) => T): Promise<T> {
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
    const lines: string[] = [];
    const place = (text: string): string => `${/c=IN IP4 (\S+)/.exec(text)?.[1]} ${/m=audio (\d+)/.exec(text)?.[1]}`;
    for (let i = 0; i < calls; i += 1) {
      const towardsB = await ng.sdp("offer", `bench-${i}`, sdp("127.0.0.2"));
      const towardsA = await ng.sdp("answer", `bench-${i}`, sdp("127.0.0.3"));
      lines.push(`${place(towardsA)} ${place(towardsB)}`);
    }
    ng.close();
    const targets = join(dir, "rtpengine.txt");
    writeFileSync(targets, `${lines.join("\n")}\n`);
    return run(daemon.pid ?? 0, targets);
  } finally {
    await stop(daemon);
  }
}

/** PCMU both ways through the embedded relay and, when it is installed, rtpengine in user space: interleaved, the median of each. */
export async function benchMedia(calls: number, seconds: number, rounds: number): Promise<readonly MediaResult[]> {
  const dir = mkdtempSync(join(tmpdir(), "trunkline-bench-media-"));
  const generator = buildGenerator(dir);
  if (!generator) return [];
  const results: MediaResult[] = [];
  for (let round = 0; round < rounds; round += 1) {
    results.push(
      await withTrunkline(dir, calls, (pid, targets) => load(generator, targets, pid, calls, seconds, "trunkline")),
    );
    if (has("rtpengine"))
      results.push(
        await withRtpengine(dir, calls, (pid, targets) => load(generator, targets, pid, calls, seconds, "rtpengine")),
      );
  }
  return [...new Set(results.map(({ peer }) => peer))].map((peer) => {
    const runs = results.filter((one) => one.peer === peer);
    const cost = median(runs.map((run) => run.cpuSecondsPerMillionPackets));
    return runs.find((run) => run.cpuSecondsPerMillionPackets === cost) as MediaResult;
  });
}
