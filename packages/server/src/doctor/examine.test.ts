import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSettings } from "../config/read-settings.ts";
import { examine } from "./examine.ts";
import type { Finding } from "./finding.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "trunkline-doctor-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const QUIET = { TRUNKLINE_HTTP: "127.0.0.1:0", TRUNKLINE_SIP_PORT: "0", TRUNKLINE_SIPS_PORT: "0" };

function examined(environment: Readonly<Record<string, string>>): Promise<readonly Finding[]> {
  const settings = readSettings({ TRUNKLINE_DATA_DIR: dataDir, ...QUIET, ...environment });
  return examine({ settings, running: undefined });
}

const of = (findings: readonly Finding[], check: string): readonly Finding[] =>
  findings.filter((finding) => finding.check === check && finding.level !== "ok");

describe("API-5: trunkline doctor", () => {
  it("finds nothing to fix where a platform could start", async () => {
    const findings = await examined({});
    expect(findings.filter(({ level }) => level === "fail")).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(["node", "platform", "disk", "database", "address", "port", "media ports", "certificate"]),
    );
    for (const { level, remedy } of findings) expect(remedy === null).toBe(level === "ok");
  });

  it("tells which port is taken, and what to set", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    const findings = await examined({ TRUNKLINE_HTTP: `127.0.0.1:${port}` });
    expect(of(findings, "port")).toEqual([
      expect.objectContaining({ level: "fail", detail: `tcp 127.0.0.1:${port} for API: EADDRINUSE` }),
    ]);
    expect(of(findings, "port")[0]?.remedy).toContain("TRUNKLINE_HTTP");
    taken.close();
  });

  const cases: [title: string, environment: Record<string, string>, check: string, level: string, detail: RegExp][] = [
    [
      "an address of another machine",
      { TRUNKLINE_BIND: "192.0.2.77" },
      "address",
      "fail",
      /192\.0\.2\.77 is no address/,
    ],
    ["few media ports", { TRUNKLINE_RTP_PORTS: "20000-20099" }, "media ports", "warn", /20000-20099: 25 calls/],
    [
      "a SIP port among the media ports",
      { TRUNKLINE_RTP_PORTS: "20000-29999", TRUNKLINE_SIP_PORT: "20500" },
      "media ports",
      "warn",
      /port 20500 for SIP is in the range/,
    ],
    [
      "a database that does not answer",
      { TRUNKLINE_DATABASE_URL: "postgres://u:hunter2@127.0.0.1:1/trunkline" },
      "database",
      "fail",
      /^127\.0\.0\.1:1 cannot be used \(ECONNREFUSED\)$/,
    ],
    [
      "a certificate that is not there",
      { TRUNKLINE_TLS_CERT: "/nowhere.pem", TRUNKLINE_TLS_KEY: "/k.pem" },
      "certificate",
      "fail",
      /ENOENT/,
    ],
    [
      "an rtpengine that does not answer",
      { TRUNKLINE_MEDIA: "rtpengine:127.0.0.1:1" },
      "media",
      "fail",
      /does not answer/,
    ],
    ["a zone for this machine alone", {}, "dns", "warn", /for this machine alone/],
  ];
  it.each(cases)("%s", async (_title, environment, check, level, detail) => {
    const found = of(await examined(environment), check);
    expect(found.map((finding) => finding.level)).toContain(level);
    expect(found.map((finding) => finding.detail).join("\n")).toMatch(detail);
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });

  it("an embedded database that is none, and secrets that others can read", async () => {
    mkdirSync(join(dataDir, "store"));
    writeFileSync(join(dataDir, "secrets.json"), "{}", { mode: 0o644 });
    const findings = await examined({});
    expect(of(findings, "database")).toMatchObject([{ level: "fail" }]);
    expect(of(findings, "data directory")).toMatchObject([
      { level: "fail", remedy: `chmod 600 ${dataDir}/secrets.json` },
    ]);
  });

  it("an rtpengine that answers", async () => {
    const server = createSocket("udp4");
    server.on("message", (message, peer) => {
      const [cookie = ""] = message.toString("latin1").split(" ");
      server.send(`${cookie} d6:result4:ponge`, peer.port, peer.address);
    });
    server.bind(0, "127.0.0.1");
    await once(server, "listening");
    const findings = await examined({ TRUNKLINE_MEDIA: `rtpengine:127.0.0.1:${server.address().port}` });
    expect(findings).toContainEqual(expect.objectContaining({ check: "media", level: "ok" }));
    server.close();
  });
});
