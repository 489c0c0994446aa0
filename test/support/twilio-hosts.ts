import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeNamespace } from "./namespace.ts";

const LABELS = ["api", "trunking", "voice", "monitor", "accounts", "iam", "pricing", "lookups", "routes"] as const;
/** Edges and regions stand between product and domain; a wildcard covers one label only (contract §7.2 point 7). */
const NAMES = [...LABELS, "api.dublin.ie1", "trunking.dublin.ie1"].map((label) => `${label}.twilio.com`);
const COMMAND_LIMIT_MS = 60_000;

/** A network in which `*.twilio.com` is ours: clients that know no other host run in it unchanged. */
export type TwilioHosts = {
  /** Runs a program in there. @returns what it said, once it has ended well; rejects with all it said otherwise */
  run(command: readonly string[], env: Readonly<Record<string, string>>): Promise<string>;
  close(): Promise<void>;
};

/**
 * A network namespace whose hosts file leads to a reverse proxy on port 443, which speaks TLS with a certificate of its own authority
 * and passes everything on to `origin`, from 127.0.0.1.
 */
export async function openTwilioHosts(origin: string): Promise<TwilioHosts> {
  const namespace = makeNamespace();
  if (namespace === undefined) throw new Error("no network namespace could be made (ip netns add failed)");
  const folder = mkdtempSync(join(tmpdir(), "trunkline-twilio-"));
  // What lies here replaces the files of /etc for whoever is started by `ip netns exec`.
  const etc = `/etc/netns/${namespace.name}`;
  mkdirSync(etc, { recursive: true });
  writeFileSync(join(etc, "hosts"), `127.0.0.1 localhost\n${namespace.hostAddress} ${NAMES.join(" ")}\n`);
  makeCertificate(folder);
  const proxy = await openProxy(folder, namespace.hostAddress, new URL(origin));
  return {
    run: (command, env) =>
      run(["ip", "netns", "exec", namespace.name, ...command], {
        ...env,
        HOME: folder,
        NODE_EXTRA_CA_CERTS: join(folder, "cert.pem"),
      }),
    close: async () => {
      proxy.closeAllConnections();
      await new Promise((done) => proxy.close(done));
      namespace.remove();
      rmSync(etc, { recursive: true });
      rmSync(folder, { recursive: true });
    },
  };
}

function makeCertificate(folder: string): void {
  const names = `subjectAltName=${NAMES.map((name) => `DNS:${name}`).join(",")}`;
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", join(folder, "key.pem")];
  const args = ["req", "-x509", ...key, "-out", join(folder, "cert.pem"), "-days", "2", "-subj", "/CN=twilio.com"];
  const { status, stderr } = spawnSync("openssl", [...args, "-addext", names], { encoding: "utf8" });
  if (status !== 0) throw new Error(`openssl: ${stderr}`);
}

async function openProxy(folder: string, address: string, { hostname, port }: URL): Promise<Server> {
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => readFileSync(join(folder, name)));
  const server = createServer({ key, cert }, (incoming, outgoing) => {
    const { method, url: path, socket } = incoming;
    const headers = {
      ...incoming.headers,
      "x-forwarded-proto": "https",
      "x-forwarded-host": incoming.headers.host,
      "x-forwarded-for": socket.remoteAddress,
    };
    const passed = request({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  server.listen(443, address);
  await once(server, "listening");
  return server;
}

async function run([program = "", ...args]: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(program, args, {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: COMMAND_LIMIT_MS,
  });
  const said = { out: "", all: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said.out += text;
    said.all += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said.all += text;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${said.all}`);
  return said.out;
}
