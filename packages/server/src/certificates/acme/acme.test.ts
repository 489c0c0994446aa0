import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { hookCalls, openWorldDns, writeHook } from "../../../../../test/support/acme-dns.ts";
import { makeCa, sid, trunk, type WrittenRow } from "../../../../../test/support/lent-fixtures.ts";
import type { AcmeSettings } from "../../config/acme-settings.ts";
import { SettingError } from "../../config/settings.ts";
import { folder, type Ground, openGround, openWeb, ZONE } from "./acme-ground.fixture.ts";
import { type Pebble, type PebbleOptions, pebbleMissing, startPebble } from "./pebble.fixture.ts";

async function pebble(options: PebbleOptions): Promise<Pebble> {
  const started = await startPebble(options);
  onTestFinished(() => started.stop());
  return started;
}

const settingsFor = ({ directoryUrl, caPath }: Pebble, more: Partial<AcmeSettings> = {}): AcmeSettings => ({
  directoryUrl,
  email: "hostmaster@example.com",
  challenge: "http-01",
  dnsHook: undefined,
  authorityPath: caPath,
  ...more,
});

/** An ACME server that looks for proofs where the API would answer. */
async function httpGround(
  { validitySec }: Pick<PebbleOptions, "validitySec"> = {},
  options: Parameters<typeof openGround>[1] = {},
): Promise<{ server: Pebble; ground: Ground; dataDir: string }> {
  let ground: Ground | undefined;
  const dataDir = options.dataDir ?? folder();
  const httpPort = await openWeb((token) => ground?.certificates.acme?.answerTo(token));
  const dns = await openWorldDns(dataDir);
  const server = await pebble({ httpPort, dns, ...(validitySec === undefined ? {} : { validitySec }) });
  ground = await openGround(settingsFor(server), { ...options, dataDir });
  return { server, ground, dataDir };
}

async function dnsGround(more = "", options: Parameters<typeof openGround>[1] = {}) {
  const dataDir = options.dataDir ?? folder();
  const server = await pebble({ dns: await openWorldDns(dataDir) });
  const dnsHook = writeHook(dataDir, more);
  const ground = await openGround(settingsFor(server, { challenge: "dns-01", dnsHook }), { ...options, dataDir });
  return { server, ground, dataDir };
}

const named = (domainName: string | null, n = 1): WrittenRow => [
  "trunk",
  sid("TK", n),
  trunk({ sid: sid("TK", n), domainName }),
];
const asks = (ownCertificate: boolean, n = 1): WrittenRow => [
  "trunkTls",
  sid("TK", n),
  { trunkSid: sid("TK", n), ownCertificate, clientNames: [] },
];
const DEMO = `demo.pstn.${ZONE}`;
const DEMO_HERE = `demo.pstn.paris.${ZONE}`;

const isBy = (root: string, pem: string | undefined): boolean => {
  if (pem === undefined) return false;
  const [leaf, intermediate] = pem.split(/(?<=-----END CERTIFICATE-----\n)/).map((one) => new X509Certificate(one));
  return (
    leaf !== undefined &&
    intermediate !== undefined &&
    leaf.verify(intermediate.publicKey) &&
    intermediate.verify(new X509Certificate(root).publicKey)
  );
};
const failures = ({ told }: Ground): readonly string[] =>
  told.filter(({ event }) => event === "ACME certificate not issued").map(({ fields }) => String(fields["why"]));

describe.skipIf(pebbleMissing())("SEC-5: certificates from an ACME server, by http-01", () => {
  it("are for exact names of this edge, and shown by name; everybody else is shown ours", async () => {
    const { ground, server, dataDir } = await httpGround();
    const { certificates } = ground;
    certificates.acme?.start();
    ground.load(named(DEMO), asks(true), named("other.pstn.sip.example.com", 2));
    const names = [`sip.${ZONE}`, `paris.${ZONE}`, DEMO, DEMO_HERE];
    await ground.until("all issued", () => names.every((name) => isBy(server.rootPem, ground.namedFor(name))));
    expect(ground.namedFor(`demo.pstn.tokyo.${ZONE}`), "leads to another node").not.toBe(ground.namedFor(DEMO));
    for (const name of names) {
      const certificate = new X509Certificate(ground.namedFor(name) ?? "");
      expect(certificate.subjectAltName).toBe(`DNS:${name}`);
      expect(certificate.publicKey.asymmetricKeyType).toBe("rsa");
    }
    expect(ground.tls().certificates.map(({ names: [first] }) => first)).toEqual([`*.pstn.${ZONE}`, `*.pstn.${ZONE}`]);
    expect(certificates.acme?.health()).toMatchObject({
      acmeCertificates: 4,
      acmeCertificatesDue: 0,
      acmeOrdersFailed: 0,
    });
    expect(JSON.stringify(ground.told)).not.toMatch(/PRIVATE KEY|"token"/);
    const dir = join(dataDir, "certificates/acme");
    const [own = ""] = readdirSync(dir);
    for (const file of readdirSync(join(dir, own)))
      expect(statSync(join(dir, own, file)).mode & 0o777, file).toBe(0o600);
    expect(statSync(join(dir, own)).mode & 0o777).toBe(0o700);
  });

  it("stay over a restart without an order, and go with what wanted them", async () => {
    const { ground, server, dataDir } = await httpGround();
    ground.certificates.acme?.start();
    ground.load(named(DEMO), asks(true));
    await ground.until("issued", () => isBy(server.rootPem, ground.namedFor(DEMO_HERE)));
    ground.certificates.close();
    const again = await openGround(settingsFor(server), { dataDir });
    await server.stop();
    again.certificates.acme?.start();
    expect(again.namedFor(DEMO)).toBe(ground.namedFor(DEMO));
    const change = again.load(named(DEMO), asks(true));
    expect(again.namedFor(DEMO)).toBe(ground.namedFor(DEMO));
    change(asks(false));
    await again.until("none of its own", () => again.namedFor(DEMO) === undefined);
    expect(failures(again)).toEqual([]);
    const dir = join(dataDir, "certificates/acme");
    const files = readdirSync(join(dir, readdirSync(dir)[0] ?? ""));
    expect(files.sort()).toEqual(["account.key", `paris.${ZONE}.pem`, `sip.${ZONE}.pem`]);
  });

  it("a name that does not lead here fails alone, is told, and tried again later", async () => {
    const { ground, server } = await httpGround({}, { edge: "nowhere", acmeRetryMs: 60_000 });
    ground.certificates.acme?.start();
    ground.load();
    await ground.until("one failed", () => failures(ground).length > 0);
    await ground.until("the other issued", () => isBy(server.rootPem, ground.namedFor(`sip.${ZONE}`)));
    expect(failures(ground)).toEqual([
      expect.stringMatching(/^nowhere\.sip\.example\.com is not proven by http-01: connection; /),
    ]);
    expect(ground.certificates.acme?.health()).toMatchObject({
      acmeCertificates: 1,
      acmeCertificatesDue: 1,
      acmeOrdersFailed: 1,
    });
  });

  it("are renewed after two thirds of their lifetime; one that ends is shown no more", async () => {
    const { ground, server } = await httpGround({ validitySec: 8 }, { edge: "local" });
    ground.certificates.acme?.start();
    ground.load();
    const shown = (): string | undefined => ground.namedFor(`sip.${ZONE}`);
    await ground.until("issued", () => isBy(server.rootPem, shown()));
    const first = shown();
    await ground.until("renewed", () => shown() !== first && isBy(server.rootPem, shown()));
    await server.stop();
    await ground.until("ended", () => shown() === undefined);
    expect(failures(ground).at(-1)).toContain("ECONNREFUSED");
  });
});

describe.skipIf(pebbleMissing())("SEC-5: certificates from an ACME server, by dns-01", () => {
  it("cover every name of the server, wildcards too, and are shown instead of ours; a trunk may have its own", async () => {
    const { ground, server, dataDir } = await dnsGround();
    ground.certificates.acme?.start();
    ground.load(named(DEMO), asks(true));
    await ground.until("the server's", () => isBy(server.rootPem, ground.tls().certificates[0]?.certPem));
    await ground.until("the trunk's", () => isBy(server.rootPem, ground.namedFor(DEMO)));
    const names = [`*.pstn.${ZONE}`, ZONE, `sip.${ZONE}`, `*.pstn.paris.${ZONE}`, `*.pstn.tokyo.${ZONE}`];
    expect([...(ground.tls().certificates[0]?.names ?? [])].sort()).toEqual(names.sort());
    expect(ground.tls().certificates).toHaveLength(1);
    const calls = hookCalls(dataDir).map((call) => call.replace(/ [\w-]{43}$/, " VALUE"));
    expect(calls.filter((call) => call === `add _acme-challenge.pstn.${ZONE} VALUE`)).toHaveLength(1);
    expect(calls.filter((call) => call.startsWith("remove"))).toHaveLength(calls.length / 2);
  });

  it.each([
    ["fails", "echo 'no such zone\nkey refused' >&2; exit 3", /add _acme-challenge\.\S+: exit code 3 key refused$/],
    ["went away", "", /add _acme-challenge\.\S+: spawn \S+ ENOENT$/],
    ["sets nothing", `sed -i d "$(dirname "$0")/records"`, /is not proven by dns-01: (unauthorized|dns); /],
  ])("a hook that %s is told", async (_what, more, want) => {
    const { ground, dataDir } = await dnsGround(more);
    if (more === "") rmSync(join(dataDir, "dns-hook"));
    ground.certificates.acme?.start();
    ground.load();
    await ground.until("failed", () => failures(ground).length > 1);
    expect(failures(ground)[0]).toMatch(want);
    expect(ground.tls().certificates).toHaveLength(2);
  });
});

describe.skipIf(pebbleMissing())(
  "SEC-5: when the ACME server or the disk fails, the platform keeps what it has",
  () => {
    it("a server that nobody vouches for", async () => {
      const { ground, server } = await httpGround();
      const other = join(folder(), "other.pem");
      writeFileSync(other, makeCa("other").caPem);
      const strict = await openGround(settingsFor(server, { authorityPath: other }));
      strict.certificates.acme?.start();
      await strict.until("failed", () => failures(strict).length > 0);
      expect(failures(strict)[0]).toMatch(/certificate cannot be trusted .*TRUNKLINE_ACME_CA/);
      expect(ground.tls().certificates).toHaveLength(2);
    });

    it("a server that refuses the account", async () => {
      const server = await pebble({ dns: "127.0.0.1:1", externalAccounts: true });
      const ground = await openGround(settingsFor(server));
      ground.certificates.acme?.start();
      await ground.until("failed", () => failures(ground).length > 0);
      expect(failures(ground)[0]).toMatch(/\(EAB\), which is not supported/);
      const refused = await openGround(settingsFor(await pebble({ dns: "127.0.0.1:1" }), { email: "no address" }));
      refused.certificates.acme?.start();
      await refused.until("failed", () => failures(refused).length > 0);
      expect(failures(refused)[0]).toMatch(/^the ACME server answered 400 \(\w+; .*contact/i);
    });

    it("a certificate that cannot be written is shown all the same, and written later", async () => {
      const dataDir = folder();
      const first = await httpGround({}, { dataDir, edge: "local" });
      const dir = join(dataDir, "certificates/acme");
      const file = join(dir, readdirSync(dir)[0] ?? "", `sip.${ZONE}.pem`);
      mkdirSync(`${file}.new`, { recursive: true });
      first.ground.certificates.acme?.start();
      const change = first.ground.load();
      await first.ground.until("shown", () => isBy(first.server.rootPem, first.ground.namedFor(`sip.${ZONE}`)));
      await first.ground.until("told", () =>
        first.ground.told.some(({ event }) => event === "ACME certificate not kept"),
      );
      expect(existsSync(file)).toBe(false);
      rmSync(`${file}.new`, { recursive: true });
      change(named(`nowhere.pstn.${ZONE}`), asks(true));
      expect(readFileSync(file, "utf8")).toContain("BEGIN CERTIFICATE");
    });
  },
);

describe("SEC-5: the operator's ACME files", () => {
  const settings: AcmeSettings = {
    directoryUrl: "https://127.0.0.1:1/dir",
    email: undefined,
    challenge: "dns-01",
    dnsHook: "/nowhere/hook",
    authorityPath: undefined,
  };

  it.each<[Partial<AcmeSettings>, RegExp]>([
    [{}, /^TRUNKLINE_ACME_DNS_HOOK=\/nowhere\/hook: cannot be run \(ENOENT\)/],
    [{ authorityPath: "/nowhere/ca.pem" }, /^TRUNKLINE_ACME_CA=\/nowhere\/ca.pem: ENOENT/],
    [{ authorityPath: "/etc/hostname" }, /^TRUNKLINE_ACME_CA=\/etc\/hostname: there is no certificate in it/],
  ])("that cannot be used stop the start: %o", async (more, message) => {
    const opened = openGround({ ...settings, ...more });
    await expect(opened).rejects.toThrow(SettingError);
    await expect(opened).rejects.toThrow(message);
  });
});
