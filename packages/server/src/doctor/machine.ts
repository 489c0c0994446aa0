import { existsSync, readFileSync, statSync } from "node:fs";
import { access, constants, statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type Check, type Finding, fail, ok, warn } from "./finding.ts";

const GIB = 1024 ** 3;
const DISK_WARN_BYTES = 2 * GIB;
const DISK_FAIL_BYTES = GIB / 4;
/** A call has up to eight sockets (two legs of RTP and RTCP, twice where both address families are used), and TLS peers one each. */
const FILES_WARN = 16_384;
const FILES_FAIL = 1_024;
const CLOCK_WRONG_MS = 60_000;
/** No clock that is right shows a time before this program was written. */
const OLDEST_TIME_MS = Date.UTC(2026, 0, 1);

/** The data directory: there, ours alone, with room. */
export const dataDirectory: Check = async ({ settings: { dataDir } }) => {
  const there = existsSync(dataDir);
  const place = nearestFolder(resolve(dataDir));
  const findings: Finding[] = [];
  try {
    await access(place, constants.W_OK | constants.X_OK);
    findings.push(
      ok("data directory", there ? `${dataDir} can be written` : `${dataDir} will be made at the first start`),
    );
  } catch {
    const remedy = `give it to the user that runs trunkline (chown), or set TRUNKLINE_DATA_DIR`;
    findings.push(fail("data directory", `${place} cannot be written`, remedy));
  }
  const secrets = join(dataDir, "secrets.json");
  if (existsSync(secrets) && (statSync(secrets).mode & 0o077) !== 0) {
    findings.push(fail("data directory", `${secrets} can be read by others`, `chmod 600 ${secrets}`));
  }
  const { bavail, bsize } = await statfs(place);
  const free = bavail * bsize;
  const detail = `${(free / GIB).toFixed(1)} GiB free for ${dataDir}`;
  const remedy = "make room, or move TRUNKLINE_DATA_DIR; calls go on without it, but their records and recordings wait";
  if (free < DISK_FAIL_BYTES) findings.push(fail("disk", detail, remedy));
  else if (free < DISK_WARN_BYTES) findings.push(warn("disk", detail, remedy));
  else findings.push(ok("disk", detail));
  return findings;
};

function nearestFolder(path: string): string {
  return existsSync(path) ? path : nearestFolder(dirname(path));
}

/** How many files and sockets the process may have: that of the running platform, where one runs. */
export const fileLimit: Check = async ({ running }) => {
  const path = `/proc/${running?.pid ?? "self"}/limits`;
  if (!existsSync(path)) return [];
  const [, soft = ""] = /^Max open files\s+(\S+)/m.exec(readFileSync(path, "utf8")) ?? [];
  const limit = soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
  const detail = `${soft} files and sockets${running ? " for the running platform" : ""}`;
  const remedy = "raise the limit: LimitNOFILE=65536 in systemd, ulimit -n 65536 in a shell; a call takes up to 8";
  if (limit < FILES_FAIL) return [fail("open files", detail, remedy)];
  return [limit < FILES_WARN ? warn("open files", detail, remedy) : ok("open files", detail)];
};

/** A wrong clock makes wrong records, certificates that seem invalid, and nonces that seem old. */
export const clock: Check = async ({ settings: { dataDir } }) => {
  const nowMs = Date.now();
  const shown = new Date(nowMs).toISOString();
  const remedy = "set the clock, and let a time service keep it (systemd-timesyncd or chrony)";
  if (nowMs < OLDEST_TIME_MS) return [fail("clock", `the clock shows ${shown}`, remedy)];
  const known = join(dataDir, "running.json");
  if (existsSync(known) && statSync(known).mtimeMs > nowMs + CLOCK_WRONG_MS) {
    return [fail("clock", `the clock shows ${shown}, but ${known} is from later`, remedy)];
  }
  const services = ["/run/systemd/timesync/synchronized", "/run/chrony", "/var/run/ntpd.pid"];
  const service = services.find((path) => existsSync(path));
  if (service === undefined) {
    return [
      warn(
        "clock",
        `the clock shows ${shown}; no time service was seen on this machine`,
        `${remedy}; in a container, the host's counts`,
      ),
    ];
  }
  return [ok("clock", `the clock shows ${shown}, kept by a time service (${service})`)];
};

/** The interpreter. */
export const runtime: Check = async () => [
  ok("node", `Node ${process.versions.node} on ${process.platform} ${process.arch}`),
];
