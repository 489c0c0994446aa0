import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readSettings } from "./read-settings.ts";
import { SettingError } from "./settings.ts";

function configFile(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "trunkline-config-")), "trunkline.yaml");
  writeFileSync(path, text);
  return path;
}

const ACME = { TRUNKLINE_ACME_DIRECTORY: "https://ca.example.com/directory" };

describe("settings (interface §2)", () => {
  it("has the documented defaults", () => {
    expect(readSettings({})).toMatchObject({
      dataDir: "./data",
      zone: "trunkline.localhost",
      role: "all",
      http: { host: "127.0.0.1", port: 8080 },
      bind: ["127.0.0.1"],
      advertise: [],
      sipPort: 5060,
      sipsPort: 5061,
      tlsCert: undefined,
      tlsKey: undefined,
      rtpPorts: { min: 10_000, max: 60_000 },
      edge: "local",
      databaseUrl: undefined,
      mediaSilenceSec: 60,
      demo: false,
      pstnPort: 0,
      log: "info",
    });
  });

  it("takes several addresses and IPv6", () => {
    const settings = readSettings({ TRUNKLINE_BIND: "192.0.2.1, 2001:db8::1", TRUNKLINE_HTTP: "[::1]:0" });
    expect(settings.bind).toEqual(["192.0.2.1", "2001:db8::1"]);
    expect(settings.http).toEqual({ host: "::1", port: 0 });
  });

  it("API-3: limits the requests of one account", () => {
    expect(readSettings({})).toMatchObject({ apiRate: 200, apiConcurrency: 100 });
    const settings = readSettings({ TRUNKLINE_API_RATE: "5", TRUNKLINE_API_CONCURRENCY: "999999" });
    expect(settings).toMatchObject({ apiRate: 5, apiConcurrency: 999_999 });
    for (const wrong of ["0", "-1", "1.5", "1000000", "many"]) {
      expect(() => readSettings({ TRUNKLINE_API_RATE: wrong })).toThrow(/TRUNKLINE_API_RATE=.*whole number from 1/);
    }
  });

  it("SEC-1: takes fewer cipher suites, in the operator's order", () => {
    const settings = readSettings({ TRUNKLINE_TLS_CIPHERS: "ECDHE-RSA-AES256-GCM-SHA384, TLS_AES_256_GCM_SHA384" });
    expect(settings.tlsCiphers).toBe("ECDHE-RSA-AES256-GCM-SHA384:TLS_AES_256_GCM_SHA384");
    expect(readSettings({}).tlsCiphers).toBeUndefined();
  });

  it("API-2: takes the proxies whose X-Forwarded headers count", () => {
    expect(readSettings({}).trustedProxies).toEqual([]);
    const settings = readSettings({ TRUNKLINE_TRUSTED_PROXIES: "127.0.0.1, 10.0.0.0/8,2001:db8::/32" });
    expect(settings.trustedProxies).toEqual(["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"]);
  });

  it("ORIG-13: takes private connections by SID and address", () => {
    const [a, b] = ["a", "b"].map((digit) => `TX${digit.repeat(32)}`);
    expect(readSettings({}).interconnects).toEqual([]);
    expect(readSettings({ TRUNKLINE_INTERCONNECTS: `${a}=10.0.0.5, ${b}=fd00::5,` }).interconnects).toEqual([
      { sid: a, address: "10.0.0.5" },
      { sid: b, address: "fd00::5" },
    ]);
  });

  it("MED-7: takes rtpengine servers by name, IPv4 and IPv6 address", () => {
    expect(readSettings({}).media).toEqual({ kind: "embedded" });
    const media = "rtpengine:127.0.0.1:2223, media-2.example.com:22222,[fd00::5]:2223";
    expect(readSettings({ TRUNKLINE_MEDIA: media }).media).toEqual({
      kind: "rtpengine",
      servers: [
        { host: "127.0.0.1", port: 2223 },
        { host: "media-2.example.com", port: 22_222 },
        { host: "fd00::5", port: 2223 },
      ],
    });
  });

  it("reads the YAML file, and lets variables win over it", () => {
    const path = configFile(
      "TRUNKLINE_ZONE: sip.example.com\nTRUNKLINE_SIP_PORT: 5080\nTRUNKLINE_BIND:\n  - 127.0.0.1\n  - 127.0.0.2\n",
    );
    const settings = readSettings({ TRUNKLINE_CONFIG: path, TRUNKLINE_SIP_PORT: "5090" });
    expect(settings).toMatchObject({ zone: "sip.example.com", sipPort: 5090, bind: ["127.0.0.1", "127.0.0.2"] });
  });

  const refused: [environment: Record<string, string>, message: RegExp][] = [
    [{ TRUNKLINE_SIP_PORT: "70000" }, /^TRUNKLINE_SIP_PORT=70000: a port is a number from 0 to 65535$/],
    [{ TRUNKLINE_SIP_PORT: "sip" }, /a port is a number/],
    [{ TRUNKLINE_ROLE: "edgy" }, /choose one of all, edge, control/],
    [{ TRUNKLINE_MEDIA: "rtpengine" }, /write embedded, or rtpengine:host:port/],
    [{ TRUNKLINE_MEDIA: "rtpengine:10.0.0.1" }, /10\.0\.0\.1: write embedded, or rtpengine:host:port/],
    [{ TRUNKLINE_MEDIA: "rtpengine:a:2223,:2223" }, /:2223: write embedded/],
    [{ TRUNKLINE_MEDIA: "rtpengine:a:0" }, /a:0: write embedded/],
    [{ TRUNKLINE_MEDIA: "rtpengine:a:2223,a:2223" }, /a:2223 is there twice/],
    [{ TRUNKLINE_MEDIA_SILENCE: "1m" }, /give whole seconds/],
    [{ TRUNKLINE_MEDIA_SILENCE: "90000" }, /give whole seconds/],
    [{ TRUNKLINE_NUMBER_QUARANTINE_DAYS: "-1" }, /give whole days up to 3650/],
    [{ TRUNKLINE_TRUSTED_PROXIES: "localhost" }, /localhost is no IP address or network/],
    [{ TRUNKLINE_TRUSTED_PROXIES: "10.0.0.0/33" }, /10\.0\.0\.0\/33 is no IP address or network/],
    [{ TRUNKLINE_HTTP: "8080" }, /write host:port/],
    [{ TRUNKLINE_BIND: "localhost" }, /localhost is not an IP address/],
    [{ TRUNKLINE_BIND: "0.0.0.0" }, /say in TRUNKLINE_ADVERTISE which address callers reach/],
    [
      { TRUNKLINE_BIND: "127.0.0.1,127.0.0.2", TRUNKLINE_ADVERTISE: "192.0.2.1" },
      /give one for each, in the same order/,
    ],
    [{ TRUNKLINE_TLS_CERT: "/etc/cert.pem" }, /TRUNKLINE_TLS_KEY belong together/],
    [
      { TRUNKLINE_TLS_CIPHERS: "TLS_AES_256_GCM_SHA384:RC4-SHA" },
      /^TRUNKLINE_TLS_CIPHERS=\S+: RC4-SHA is none of TLS_AES_128_GCM_SHA256, .*, AES256-SHA$/,
    ],
    [{ TRUNKLINE_TLS_CIPHERS: "ECDHE-RSA-AES128-GCM-SHA265" }, /ECDHE-RSA-AES128-GCM-SHA265 is none of/],
    [{ TRUNKLINE_TLS_CIPHERS: "AES128-SHA:@SECLEVEL=0" }, /@SECLEVEL=0 is none of/],
    [{ TRUNKLINE_TLS_CIPHERS: " : " }, /give at least one suite/],
    [{ TRUNKLINE_ACME_DIRECTORY: "http://ca.example.com/dir" }, /give the https URL of an ACME directory/],
    [
      { TRUNKLINE_ACME_DIRECTORY: "https://me:s3cret@ca.example.com/dir" },
      /^TRUNKLINE_ACME_DIRECTORY=https:\/\/…@ca\.example\.com\/dir: give the https URL/,
    ],
    [{ ...ACME, TRUNKLINE_ACME_EMAIL: "a@example.com,b@example.com" }, /give one address/],
    [{ ...ACME, TRUNKLINE_ACME_CHALLENGE: "tls-alpn-01" }, /choose one of http-01, dns-01/],
    [{ ...ACME, TRUNKLINE_ACME_CHALLENGE: "dns-01" }, /dns-01 needs a program in TRUNKLINE_ACME_DNS_HOOK/],
    [{ ...ACME, TRUNKLINE_ACME_DNS_HOOK: "/bin/hook" }, /so set TRUNKLINE_ACME_CHALLENGE=dns-01/],
    [{ ...ACME, TRUNKLINE_TLS_CERT: "/c.pem", TRUNKLINE_TLS_KEY: "/k.pem" }, /choose one of the two/],
    [
      { ...ACME, TRUNKLINE_ROLE: "edge", TRUNKLINE_DATABASE_URL: "postgres://db/trunkline" },
      /^TRUNKLINE_ACME_CHALLENGE: http-01 needs the API's port/,
    ],
    [{ TRUNKLINE_ACME_CA: "/ca.pem" }, /^TRUNKLINE_ACME_CA: does nothing without TRUNKLINE_ACME_DIRECTORY/],
    [{ TRUNKLINE_RTP_PORTS: "60000-10000" }, /too small/],
    [
      { TRUNKLINE_INTERCONNECTS: "TX12=10.0.0.5" },
      /^TRUNKLINE_INTERCONNECTS=TX12=10\.0\.0\.5: TX12=10\.0\.0\.5: write TX and 32/,
    ],
    [{ TRUNKLINE_INTERCONNECTS: `TX${"a".repeat(32)}=eth1` }, /and an address of this machine/],
    [{ TRUNKLINE_INTERCONNECTS: `TX${"a".repeat(32)}=10.0.0.5,TX${"b".repeat(32)}=10.0.0.5` }, /stands twice/],
    [
      { TRUNKLINE_INTERCONNECTS: `TX${"a".repeat(32)}=127.0.0.1` },
      /127\.0\.0\.1 is in TRUNKLINE_BIND too; .* give it an address of its own/,
    ],
    [
      { TRUNKLINE_INTERCONNECTS: `TX${"a".repeat(32)}=127.0.0.2`, TRUNKLINE_MEDIA: "rtpengine:127.0.0.1:2223" },
      /needs TRUNKLINE_MEDIA=embedded/,
    ],
    [{ TRUNKLINE_ZONE: "Example" }, /a zone is a domain name/],
    [{ TRUNKLINE_DEMO: "maybe" }, /write true or false/],
    [{ TRUNKLINE_ROLE: "edge" }, /set TRUNKLINE_DATABASE_URL/],
    [{ TRUNKLINE_CONFIG: "/nowhere/at/all.yaml" }, /TRUNKLINE_CONFIG=\/nowhere\/at\/all.yaml: ENOENT/],
  ];
  it.each(refused)("stops the start with one clear line: %j", (environment, message) => {
    expect(() => readSettings(environment)).toThrow(SettingError);
    expect(() => readSettings(environment)).toThrow(message);
    expect(() => readSettings(environment)).not.toThrow(/\n/);
  });

  it("names the file and the key of a wrong value in the file", () => {
    const path = configFile("TRUNKLINE_LOG: loud\n");
    expect(() => readSettings({ TRUNKLINE_CONFIG: path })).toThrow(`${path}: TRUNKLINE_LOG=loud: choose one of`);
  });

  it("refuses keys it does not know, instead of ignoring a misspelt one", () => {
    expect(() => readSettings({ TRUNKLINE_CONFIG: configFile("TRUNKLINE_ZOEN: a.b\n") })).toThrow(
      /unknown key TRUNKLINE_ZOEN/,
    );
  });

  it("never shows a secret, not even a wrong one", () => {
    expect(() => readSettings({ TRUNKLINE_OPERATOR_TOKEN: "hunter2" })).toThrow(
      "TRUNKLINE_OPERATOR_TOKEN=(hidden): use at least 12",
    );
    const failing = () => readSettings({ TRUNKLINE_DATABASE_URL: "mysql://user:hunter2@db/x" });
    expect(failing).toThrow(/postgres:\/\//);
    expect(failing).not.toThrow(/hunter2/);
  });
});
