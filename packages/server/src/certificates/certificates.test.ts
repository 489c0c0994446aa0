import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer, type TLSSocket } from "node:tls";
import type { EdgeNamedCertificates, EdgeTls } from "@trunkline/edge";
import { describe, expect, it, onTestFinished } from "vitest";
import { SettingError } from "../config/settings.ts";
import { edgeNames } from "../edge-locations.ts";
import { type CertificateOptions, type Certificates, certificateNames, openCertificates } from "./certificates.ts";
import { DAY_MS } from "./lifetimes.ts";

const ZONE = "sip.example.com";
const NAMES = certificateNames(ZONE, edgeNames("paris"), ["192.0.2.1", "2001:db8::1"]);

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), "trunkline-certificates-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

type Told = { readonly level: string; readonly event: string; readonly fields: unknown };
type Opened = {
  certificates: Certificates;
  changes: EdgeTls[];
  named: EdgeNamedCertificates[];
  told: Told[];
  changed(): Promise<EdgeTls>;
};

async function open(options: Partial<CertificateOptions> & { dataDir: string }): Promise<Opened> {
  const changes: EdgeTls[] = [];
  const named: EdgeNamedCertificates[] = [];
  const told: Told[] = [];
  let wake: ((tls: EdgeTls) => void) | undefined;
  const certificates = await openCertificates(
    {
      names: NAMES,
      zone: ZONE,
      edge: "paris",
      operator: {},
      acme: undefined,
      ciphers: undefined,
      log: (level, event, fields) => told.push({ level, event, fields }),
      pollMs: 10,
      ...options,
    },
    {
      setTls: (tls) => {
        changes.push(tls);
        wake?.(tls);
      },
      setNamedCertificates: (some) => void named.push(...some),
    },
  );
  onTestFinished(() => certificates.close());
  const changed = (): Promise<EdgeTls> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  return { certificates, changes, named, told, changed };
}

const leaves = ({ certificates }: EdgeTls): readonly X509Certificate[] =>
  certificates.map(({ certPem }) => new X509Certificate(certPem));
const serials = (tls: EdgeTls): readonly string[] => leaves(tls).map(({ serialNumber }) => serialNumber);

describe("certificates of the installation (SEC-5)", () => {
  it("are made at the first start: a root of ten years, a server certificate of one year for each kind of key", async () => {
    const dataDir = folder();
    const { certificates } = await open({ dataDir });
    const root = new X509Certificate(certificates.caPem);
    const years = (certificate: X509Certificate): number =>
      Math.round((certificate.validToDate.getTime() - Date.now()) / DAY_MS / 365);
    expect([root.ca, root.verify(root.publicKey), years(root)]).toEqual([true, true, 10]);
    expect(root.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
    const servers = leaves(certificates.tls());
    expect(servers.map(({ publicKey }) => publicKey.asymmetricKeyType)).toEqual(["ec", "rsa"]);
    for (const server of servers) {
      expect([server.ca, server.checkIssued(root), server.verify(root.publicKey), years(server)]).toEqual([
        false,
        true,
        true,
        1,
      ]);
    }
    expect(readFileSync(join(dataDir, "certificates/ca.pem"), "utf8")).toBe(certificates.caPem);
  });

  it.each([
    "demo.pstn.sip.example.com",
    "demo.pstn.dublin.sip.example.com",
    "demo.pstn.ie1.sip.example.com",
    "demo.pstn.paris.sip.example.com",
    "sip.example.com",
    "sip.sip.example.com",
  ])("TERM-1: name %s", async (name) => {
    const { certificates } = await open({ dataDir: folder() });
    for (const server of leaves(certificates.tls())) {
      expect(server.checkHost(name)).toBeDefined();
      expect(server.checkHost(`x.${name}`) ?? "none").toMatch(/^none$|^\*\.pstn\./);
      expect(server.checkIP("192.0.2.1")).toBe("192.0.2.1");
      expect(server.checkIP("2001:db8::1")).toBe("2001:db8::1");
      expect(server.checkHost("pstn.example.org")).toBeUndefined();
    }
  });

  it("keys are readable by their owner only, and nothing half written is left", async () => {
    const dataDir = folder();
    await open({ dataDir });
    const dir = join(dataDir, "certificates");
    const modes = readdirSync(dir).map((file) => [file, (statSync(join(dir, file)).mode & 0o777).toString(8)]);
    expect(modes.sort()).toEqual([
      ["authority.pem", "600"],
      ["ca.pem", "644"],
      ["server-ecdsa.pem", "600"],
      ["server-rsa.pem", "600"],
      ["trunks", "700"],
    ]);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
  });

  it("stay over a restart; another name has the servers' issued again under the same root", async () => {
    const dataDir = folder();
    const first = await open({ dataDir });
    const again = await open({ dataDir });
    expect(again.certificates.tls()).toEqual(first.certificates.tls());
    const renamed = await open({ dataDir, names: certificateNames("other.example", [], ["192.0.2.1"]) });
    expect(renamed.certificates.caPem).toBe(first.certificates.caPem);
    expect(leaves(renamed.certificates.tls())[0]?.checkHost("a.pstn.other.example")).toBeDefined();
  });

  it("are renewed when 30 days are left, without a restart, and the edge is told", async () => {
    let nowMs = Date.now();
    const { certificates, changes } = await open({ dataDir: folder(), wallClockMs: () => nowMs });
    const before = serials(certificates.tls());
    nowMs += 334 * DAY_MS;
    await certificates.check();
    expect(changes).toEqual([]);
    nowMs += 2 * DAY_MS;
    await certificates.check();
    expect(changes).toEqual([certificates.tls()]);
    expect(serials(certificates.tls()).some((serial) => before.includes(serial))).toBe(false);
    const [server] = leaves(certificates.tls());
    expect(server?.validToDate.getTime()).toBeGreaterThan(nowMs + 364 * DAY_MS);
  });

  it("a root that cannot be read stops the start and is never replaced unseen", async () => {
    const dataDir = folder();
    await open({ dataDir });
    const path = join(dataDir, "certificates/authority.pem");
    writeFileSync(path, readFileSync(path, "utf8").slice(0, 300));
    await expect(open({ dataDir })).rejects.toThrow(/authority\.pem cannot be used .*restore it from a backup/);
  });

  it.each([
    ["ECDSA", ["-tls1_3"]],
    ["RSA", ["-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"]],
  ])("openssl s_client trusts the server by ca.pem and its name (%s)", async (_kind, options) => {
    const dataDir = folder();
    const { certificates } = await open({ dataDir });
    const shown = certificates.tls().certificates;
    const server = createServer({ cert: shown.map((one) => one.certPem), key: shown.map((one) => one.keyPem) });
    server.on("secureConnection", (socket: TLSSocket) => socket.on("error", () => {}).end());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const name = `demo.pstn.${ZONE}`;
    const ca = join(dataDir, "certificates/ca.pem");
    const client = openssl(
      "s_client",
      "-connect",
      `127.0.0.1:${port}`,
      "-servername",
      name,
      "-CAfile",
      ca,
      "-verify_hostname",
      name,
      ...options,
    );
    expect(await client).toContain("Verify return code: 0 (ok)");
    const socket = connect({ port, host: "127.0.0.1", servername: name, ca: certificates.caPem });
    await once(socket, "secureConnect");
    expect(socket.authorized).toBe(true);
    socket.destroy();
  });
});

async function openssl(...args: readonly string[]): Promise<string> {
  const { spawn } = await import("node:child_process");
  const child = spawn("openssl", args, { stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  await once(child, "close");
  return text;
}

describe("the operator's certificate", () => {
  /** Writes a self-signed certificate for a name, as a tool of the operator's would. */
  function write(dir: string, name: string, days = "90"): { certPath: string; keyPath: string } {
    const [certPath, keyPath] = [join(dir, "cert.pem"), join(dir, "key.pem")];
    const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name},DNS:*.${name}`];
    const to = ["-keyout", keyPath, "-out", certPath, "-days", days];
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...subject, ...to], { stdio: "ignore" });
    return { certPath, keyPath };
  }

  it("is shown instead of ours, by the names in it; ca.pem stays ours", async () => {
    const dir = folder();
    const { certificates, told } = await open({ dataDir: dir, operator: { certificate: write(dir, "a.example") } });
    const { certificates: shown, caPem } = certificates.tls();
    expect(shown.map(({ names }) => names)).toEqual([["a.example", "*.a.example"]]);
    expect(caPem).toBe(readFileSync(join(dir, "certificates/ca.pem"), "utf8"));
    expect(told).toEqual([]);
  });

  it("is followed when its files change; a pair that does not fit together is told and not taken", async () => {
    const dir = folder();
    const files = write(dir, "a.example");
    const { certificates, told, changed } = await open({ dataDir: dir, operator: { certificate: files } });
    const before = serials(certificates.tls());
    const next = write(folder(), "b.example");
    writeFileSync(files.certPath, readFileSync(next.certPath));
    while (!told.some(({ event }) => event === "TLS files not taken")) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(serials(certificates.tls())).toEqual(before);
    const change = changed();
    writeFileSync(files.keyPath, readFileSync(next.keyPath));
    expect((await change).certificates[0]?.names).toEqual(["b.example", "*.b.example"]);
    expect(JSON.stringify(told)).not.toContain("PRIVATE KEY");
  });

  it("that ends within 30 days is warned of", async () => {
    const dir = folder();
    const { told } = await open({ dataDir: dir, operator: { certificate: write(dir, "a.example", "20") } });
    expect(told).toMatchObject([{ level: "warn", event: "TLS certificate ends soon" }]);
  });

  it("that cannot be used stops the start with one clear line", async () => {
    const dir = folder();
    const files = write(dir, "a.example");
    const missing = open({ dataDir: dir, operator: { certificate: { ...files, keyPath: "/nowhere.pem" } } });
    await expect(missing).rejects.toThrow(SettingError);
    await expect(missing).rejects.toThrow(/TRUNKLINE_TLS_KEY=\/nowhere.pem: ENOENT/);
    writeFileSync(files.keyPath, readFileSync(write(folder(), "b.example").keyPath));
    await expect(open({ dataDir: dir, operator: { certificate: files } })).rejects.toThrow(
      /the key belongs to another certificate/,
    );
  });
});
