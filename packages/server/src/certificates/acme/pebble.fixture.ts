import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, request } from "undici";
import { openInstallationCertificates } from "../installation-certificates.ts";

const READY_LIMIT_MS = 10_000;

/** Why tests with a real ACME server cannot run here, or false. Under CI it has to be there. */
export function pebbleMissing(): string | false {
  if (process.env["CI"] === "true") return false;
  const { error } = spawnSync("pebble", ["-help"], { stdio: "ignore" });
  return error ? "pebble is not installed (Debian: pebble)" : false;
}

/** Pebble, the ACME server that Let's Encrypt tests clients with, as a child of the test. */
export type Pebble = {
  readonly directoryUrl: string;
  /** A file with the root of its own HTTPS. */
  readonly caPath: string;
  /** The root of what it issues. */
  readonly rootPem: string;
  stop(): Promise<void>;
};

export type PebbleOptions = {
  /** Where it looks for http-01 proofs. */
  readonly httpPort?: number;
  /** `host:port` of the DNS server that it asks. */
  readonly dns: string;
  readonly validitySec?: number;
  readonly externalAccounts?: boolean;
};

/** Resolves when it answers. It refuses one good nonce in five, as it does to teach clients RFC 8555 §6.5. */
export async function startPebble(options: PebbleOptions): Promise<Pebble> {
  const dir = mkdtempSync(join(tmpdir(), "trunkline-pebble-"));
  const [port, managementPort] = [await freePort(), await freePort()];
  const own = await openInstallationCertificates(join(dir, "own"), { dns: [], addresses: ["127.0.0.1"] }, Date.now);
  const [https] = own.servers();
  const at = (file: string, text: string): string => {
    writeFileSync(join(dir, file), text, { mode: 0o600 });
    return join(dir, file);
  };
  const config = {
    pebble: {
      listenAddress: `127.0.0.1:${port}`,
      managementListenAddress: `127.0.0.1:${managementPort}`,
      certificate: at("cert.pem", https?.certPem ?? ""),
      privateKey: at("key.pem", https?.keyPem ?? ""),
      httpPort: options.httpPort ?? 1,
      tlsPort: 1,
      ocspResponderURL: "",
      externalAccountBindingRequired: options.externalAccounts ?? false,
      ...(options.externalAccounts
        ? { externalAccountMACKeys: { "kid-1": "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W" } }
        : {}),
      ...(options.validitySec === undefined ? {} : { certificateValidityPeriod: options.validitySec }),
    },
  };
  const env = { ...process.env, PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "20", PEBBLE_AUTHZREUSE: "0" };
  const args = ["-strict", "-config", at("config.json", JSON.stringify(config)), "-dnsserver", options.dns];
  const child = spawn("pebble", args, { stdio: "ignore", env });
  const directoryUrl = `https://127.0.0.1:${port}/dir`;
  const agent = new Agent({ connect: { ca: own.caPem } });
  const read = async (url: string): Promise<string> => (await request(url, { dispatcher: agent })).body.text();
  const deadline = performance.now() + READY_LIMIT_MS;
  let rootPem: string | undefined;
  while (rootPem === undefined) {
    if (performance.now() > deadline || child.exitCode !== null) throw new Error("pebble does not answer");
    rootPem = await read(directoryUrl).then(
      () => read(`https://127.0.0.1:${managementPort}/roots/0`),
      () => undefined,
    );
  }
  await agent.close();
  return {
    directoryUrl,
    caPath: at("ca.pem", own.caPem),
    rootPem,
    async stop() {
      rmSync(dir, { recursive: true, force: true });
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
