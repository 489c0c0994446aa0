// Programs that tests and benchmarks use as real peers, and the Debian packages that hold them.
import { existsSync } from "node:fs";
import { quiet, run, say } from "./project.mjs";

/** @type {readonly {program: string, paths?: readonly string[], package: string, why: string}[]} */
export const TEST_PROGRAMS = [
  { program: "sipp", package: "sip-tester", why: "calls over real SIP" },
  { program: "baresip", package: "baresip", why: "a real phone with real audio" },
  { program: "linphonec", package: "linphone-cli", why: "a second phone, of another make" },
  { program: "ip", package: "iproute2", why: "network namespaces for the phones" },
  { program: "kamailio", package: "kamailio", why: "a border controller in front of the trunk" },
  {
    program: "kamailio-tls",
    paths: ["/usr/lib/x86_64-linux-gnu/kamailio/modules/tls.so", "/usr/lib/aarch64-linux-gnu/kamailio/modules/tls.so"],
    package: "kamailio-tls-modules",
    why: "the same over TLS",
  },
  { program: "openssl", package: "openssl", why: "a border controller's own certificate" },
  {
    program: "postgres",
    paths: ["/usr/lib/postgresql/15/bin/postgres", "/usr/lib/postgresql/17/bin/postgres"],
    package: "postgresql",
    why: "the store on a real PostgreSQL",
  },
  { program: "rtpengine", package: "rtpengine-daemon", why: "the second media plane" },
  { program: "pebble", package: "pebble", why: "a certificate authority that speaks ACME" },
  { program: "tshark", package: "tshark", why: "a second opinion on what is on the wire" },
  { program: "chromium", package: "chromium", why: "the console in a browser" },
  {
    program: "fonts-ipafont-gothic",
    paths: ["/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf"],
    package: "fonts-ipafont-gothic",
    why: "Japanese on the console's pictures",
  },
];

export const BENCH_PROGRAMS = [
  { program: "sipp", package: "sip-tester", why: "load" },
  { program: "kamailio", package: "kamailio", why: "a signalling peer to stand beside" },
  { program: "rtpengine", package: "rtpengine-daemon", why: "a media peer to stand beside" },
];

const present = ({ program, paths }) =>
  (paths ?? []).some((path) => existsSync(path)) || quiet("sh", ["-c", `command -v ${program}`]) === 0;

/** Installs what is missing when it may (root on Debian); returns what is still missing. */
export function installPrograms(programs) {
  const missing = programs.filter((one) => !present(one));
  if (missing.length === 0) return [];
  const names = missing.map((one) => one.package);
  const mayInstall = process.getuid?.() === 0 && quiet("sh", ["-c", "command -v apt-get"]) === 0;
  if (!mayInstall) {
    for (const one of missing)
      say(
        `Missing: ${one.program} (${one.why}); tests that need it are skipped. Install it with: apt-get install ${one.package}`,
      );
    return missing;
  }
  say(`Installing from Debian: ${names.join(", ")} ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const quietly = { env, stdio: ["ignore", "ignore", "inherit"] };
  run("apt-get", ["update", "-qq"], quietly);
  run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...names], quietly);
  return programs.filter((one) => !present(one));
}
