import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "./eventually.ts";

const templateOf = (name: string): string => fileURLToPath(new URL(`../interop/kamailio/${name}.cfg`, import.meta.url));

export const haveKamailio = spawnSync("sh", ["-c", "command -v kamailio && command -v openssl"]).status === 0;

export type SbcOptions = {
  readonly address: string;
  /** UDP and TCP. */
  readonly port: number;
  /** How it talks to the platform. */
  readonly transport: "udp" | "tcp" | "tls";
  readonly platform: { readonly host: string; readonly port: number };
  /** `address:port` of the phone behind it. */
  readonly phone: string;
  /** With TLS: its own port, and the PEM of the authority that the platform's certificate must come from. */
  readonly tls?: { readonly port: number; readonly caPem: string };
};

export type Kamailio = { log(): string; stop(): Promise<void> };

/** Starts Kamailio as a customer's border controller and waits until it listens; rejects with its log when it does not. */
export function startSbc(options: SbcOptions): Promise<Kamailio> {
  return start("sbc", options, (dir) => words(options, dir));
}

export type RegistrarOptions = {
  readonly address: string;
  /** UDP and TCP. */
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly algorithm: "MD5" | "SHA-256";
  /** The phone behind it: calls of the account go there, and its calls to the account. */
  readonly phone: { readonly host: string; readonly port: number };
};

/** Starts Kamailio as a carrier whose customers register; rejects like `startSbc`. */
export function startRegistrar({ phone, port, ...options }: RegistrarOptions): Promise<Kamailio> {
  const values = { ...options, port: String(port), phoneHost: phone.host, phonePort: String(phone.port) };
  return start("registrar", { address: options.address, port }, () => values);
}

async function start(
  name: string,
  options: { readonly address: string; readonly port: number },
  wordsIn: (dir: string) => Readonly<Record<string, string>>,
): Promise<Kamailio> {
  const dir = mkdtempSync(join(tmpdir(), "trunkline-kamailio-"));
  const config = join(dir, `${name}.cfg`);
  writeFileSync(config, fill(readFileSync(templateOf(name), "utf8"), wordsIn(dir)));
  const args = ["-DD", "-E", "-m", "64", "-M", "4", "-Y", dir, "-P", join(dir, "pid"), "-f", config];
  const child = spawn("kamailio", args, { stdio: ["ignore", "ignore", "pipe"], detached: true });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const stop = async (): Promise<void> => {
    await end(child);
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await eventually("Kamailio to listen", () => listens(options.address, options.port), 15_000);
  } catch (cause) {
    await stop();
    throw new Error(`Kamailio did not start:\n${log}`, { cause });
  }
  return { log: () => log, stop };
}

function words(options: SbcOptions, dir: string): Readonly<Record<string, string>> {
  const { address, port, transport, platform, phone, tls } = options;
  const common = {
    address,
    port: String(port),
    transport,
    phone,
    platformHost: platform.host,
    platformPort: String(platform.port),
  };
  if (tls === undefined) return { ...common, tls: "no", tlsListen: "", tlsModule: "" };
  const tlsConfig = join(dir, "tls.cfg");
  writeFileSync(join(dir, "ca.pem"), tls.caPem);
  makeCertificate(dir, address);
  writeFileSync(
    tlsConfig,
    `[server:default]\nmethod = TLSv1.2+\nprivate_key = ${dir}/key.pem\ncertificate = ${dir}/cert.pem\n` +
      `[client:default]\nmethod = TLSv1.2+\nverify_certificate = yes\nrequire_certificate = yes\nca_list = ${dir}/ca.pem\n`,
  );
  return {
    ...common,
    tls: "yes",
    tlsListen: `listen=tls:${address}:${tls.port}`,
    tlsModule: `loadmodule "tls.so"\nmodparam("tls", "config", "${tlsConfig}")`,
  };
}

/** A certificate of the customer's own making, as PBXs have. */
function makeCertificate(dir: string, address: string): void {
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
  const names = ["-subj", `/CN=${address}`, "-addext", `subjectAltName=IP:${address}`];
  execFileSync("openssl", [...request, ...names, "-keyout", join(dir, "key.pem"), "-out", join(dir, "cert.pem")], {
    stdio: "ignore",
  });
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

function listens(host: string, port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(undefined));
    socket.once("connect", () => socket.destroy());
  });
}

/** Its processes are one group, which it leads. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const patience = setTimeout(() => process.kill(-(child.pid as number), "SIGKILL"), 5_000);
  await exited;
  clearTimeout(patience);
}
