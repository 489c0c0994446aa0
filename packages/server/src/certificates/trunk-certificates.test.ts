import { X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EdgeNamedCertificates } from "@trunkline/edge";
import type { DirectoryChange } from "@trunkline/trunking";
import { describe, expect, it, onTestFinished } from "vitest";
import { changes, sid, trunk, type WrittenRow } from "../../../../test/support/lent-fixtures.ts";
import { type InstallationCertificates, openInstallationCertificates } from "./installation-certificates.ts";
import { DAY_MS } from "./lifetimes.ts";
import { TrunkCertificates, type TrunkCertificatesOptions } from "./trunk-certificates.ts";

const ZONE = "sip.example.com";
const NAMES = { dns: [`*.pstn.${ZONE}`], addresses: [] };

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), "trunkline-trunks-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

type Ground = {
  readonly trunks: TrunkCertificates;
  readonly told: EdgeNamedCertificates[];
  readonly logged: string[];
  /** Reads the directory from its beginning; gives a way to change it. */
  load(...rows: readonly WrittenRow[]): Promise<(...more: readonly WrittenRow[]) => Promise<void>>;
};

let issuer: InstallationCertificates | undefined;

async function open(options: Partial<TrunkCertificatesOptions> = {}): Promise<Ground> {
  issuer ??= await openInstallationCertificates(mkdtempSync(join(tmpdir(), "trunkline-issuer-")), NAMES, Date.now);
  const told: EdgeNamedCertificates[] = [];
  const logged: string[] = [];
  const trunks = new TrunkCertificates({
    dir: folder(),
    zone: ZONE,
    edge: "paris",
    issuer,
    coversDeepNames: true,
    log: (level, event, fields) => logged.push(`${level} ${event} ${JSON.stringify(fields)}`),
    wallClockMs: Date.now,
    onChange: (some) => void told.push(...some),
    ...options,
  });
  const load: Ground["load"] = async (...rows) => {
    const follower = trunks.follow();
    const apply = async (...more: readonly WrittenRow[]): Promise<void> => {
      follower.changes(changes(more) as readonly DirectoryChange[]);
      await trunks.settled();
    };
    await apply(...rows);
    follower.loaded();
    await trunks.settled();
    return apply;
  };
  return { trunks, told, logged, load };
}

const TRUNK = sid("TK", 1);
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
const tokyo: WrittenRow = ["edgeLocation", "tokyo", { name: "tokyo", aliases: ["jp1"] }];
const ACME = `acme.pstn.${ZONE}`;

const leaf = (of: EdgeNamedCertificates | undefined, i = 0): X509Certificate =>
  new X509Certificate(of?.certificates[i]?.certPem ?? "");
const shown = (told: readonly EdgeNamedCertificates[]): string[] =>
  told.map(({ key, certificates }) => `${key.slice(-1)} ${certificates[0]?.names.join(" ") ?? "none"}`);

describe("SEC-6: certificates of single trunks", () => {
  it("bear the trunk's exact names in every form (TERM-1), of both kinds, under the installation's root", async () => {
    const { told, load } = await open();
    await load(named(ACME), asks(true), tokyo);
    const names = [ACME, `acme.pstn.jp1.${ZONE}`, `acme.pstn.paris.${ZONE}`, `acme.pstn.tokyo.${ZONE}`];
    expect(told).toMatchObject([{ key: TRUNK, certificates: [{ names }, { names }] }]);
    const root = new X509Certificate(issuer?.caPem ?? "");
    for (const [i, kind] of ["ec", "rsa"].entries()) {
      const certificate = leaf(told[0], i);
      expect(certificate.publicKey.asymmetricKeyType).toBe(kind);
      expect([certificate.verify(root.publicKey), certificate.checkIssued(root)]).toEqual([true, true]);
      expect(certificate.subjectAltName).toBe(names.map((name) => `DNS:${name}`).join(", "));
    }
  });

  it.each<[title: string, rows: readonly WrittenRow[], then: readonly WrittenRow[], want: readonly string[]]>([
    ["nobody asked", [named(ACME)], [], []],
    ["asked before there is a name", [asks(true)], [named(ACME)], [`1 ${ACME} acme.pstn.paris.${ZONE}`]],
    ["asked afterwards", [named(ACME)], [asks(true)], [`1 ${ACME} acme.pstn.paris.${ZONE}`]],
    ["asks no more", [named(ACME), asks(true)], [asks(false)], [`1 ${ACME} acme.pstn.paris.${ZONE}`, "1 none"]],
    [
      "the trunk goes",
      [named(ACME), asks(true)],
      [
        ["trunk", TRUNK, null],
        ["trunkTls", TRUNK, null],
      ],
      [`1 ${ACME} acme.pstn.paris.${ZONE}`, "1 none"],
    ],
    ["the name goes", [named(ACME), asks(true)], [named(null)], [`1 ${ACME} acme.pstn.paris.${ZONE}`, "1 none"]],
    [
      "another name",
      [named(ACME), asks(true)],
      [named(`b.pstn.${ZONE}`)],
      [`1 ${ACME} acme.pstn.paris.${ZONE}`, `1 b.pstn.${ZONE} b.pstn.paris.${ZONE}`],
    ],
    [
      "something else changes",
      [named(ACME), asks(true)],
      [named(ACME), asks(true), named("x.pstn.y", 2)],
      [`1 ${ACME} acme.pstn.paris.${ZONE}`],
    ],
    [
      "a name below another trunk's, which no wildcard covers",
      [named(`a.b.pstn.${ZONE}`)],
      [],
      [`1 a.b.pstn.${ZONE} a.b.pstn.paris.${ZONE}`],
    ],
    [
      "another edge",
      [named(ACME), asks(true)],
      [["edgeLocation", "oslo", { name: "oslo", aliases: [] }]],
      [`1 ${ACME} acme.pstn.paris.${ZONE}`, `1 ${ACME} acme.pstn.oslo.${ZONE} acme.pstn.paris.${ZONE}`],
    ],
  ])("%s", async (_title, rows, then, want) => {
    const { told, load } = await open();
    const apply = await load(...rows);
    await apply(...then);
    expect(shown(told)).toEqual(want);
  });

  it("with a certificate of the operator's, only those who ask have one", async () => {
    const { told, load } = await open({ coversDeepNames: false });
    const apply = await load(named(`a.b.pstn.${ZONE}`));
    expect(told).toEqual([]);
    await apply(asks(true));
    expect(shown(told)).toEqual([`1 a.b.pstn.${ZONE} a.b.pstn.paris.${ZONE}`]);
  });

  it("a name too long for a common name stands among the alternatives only (RFC 5280 appendix A)", async () => {
    const long = `${"x".repeat(60)}.pstn.${ZONE}`;
    const { told, load } = await open();
    await load(named(long), asks(true));
    expect([leaf(told[0]).subject, leaf(told[0]).checkHost(long)]).toEqual(["CN=trunkline", long]);
  });

  it("are kept over a restart, in files without keys; what is not wanted any more goes with its file", async () => {
    const dir = folder();
    const first = await open({ dir });
    await first.load(named(ACME), asks(true), named(`b.pstn.${ZONE}`, 2), asks(true, 2));
    const path = join(dir, `${TRUNK}.pem`);
    expect(readFileSync(path, "utf8")).not.toContain("PRIVATE KEY");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const again = await open({ dir });
    expect(again.trunks.current()).toEqual(first.trunks.current());
    await again.load(named(ACME), asks(true));
    expect(shown(again.told)).toEqual(["2 none"]);
    expect(readdirSync(dir)).toEqual([`${TRUNK}.pem`]);
  });

  it("a directory that is read again takes nothing back before it is read whole", async () => {
    const { told, trunks, load } = await open();
    await load(named(ACME), asks(true));
    const follower = trunks.follow();
    trunks.check();
    follower.changes(changes([named(ACME)]));
    await trunks.settled();
    follower.changes(changes([asks(true)]));
    follower.loaded();
    await trunks.settled();
    expect(shown(told)).toEqual([`1 ${ACME} acme.pstn.paris.${ZONE}`]);
    expect(trunks.current().length).toBe(1);
  });

  it("SEC-5: are renewed when 30 days are left, and with the server's keys", async () => {
    let nowMs = Date.now();
    const issuerDir = folder();
    const own = await openInstallationCertificates(issuerDir, NAMES, () => nowMs);
    const { told, trunks, load } = await open({ issuer: own, wallClockMs: () => nowMs });
    await load(named(ACME), asks(true));
    nowMs += 334 * DAY_MS;
    trunks.check();
    await trunks.settled();
    expect(told.length).toBe(1);
    nowMs += 2 * DAY_MS;
    expect(await own.renew()).toBe(true);
    trunks.check();
    await trunks.settled();
    expect(told.length).toBe(2);
    expect(leaf(told[1]).checkPrivateKey(own.servers()[0]?.privateKey as never)).toBe(true);
    expect(leaf(told[1]).validToDate.getTime()).toBeGreaterThan(nowMs + 364 * DAY_MS);
  });

  it.each([
    ["cut off", (text: string) => text.slice(0, 200)],
    ["empty", () => ""],
    [
      "of other keys",
      () =>
        issuer
          ?.servers()
          .map(({ certPem }) => certPem)
          .reverse()
          .join("") ?? "",
    ],
  ])("a file that is %s is issued anew", async (_title, damage) => {
    const dir = folder();
    const first = await open({ dir });
    await first.load(named(ACME), asks(true));
    const path = join(dir, `${TRUNK}.pem`);
    writeFileSync(path, damage(readFileSync(path, "utf8")));
    writeFileSync(join(dir, "notes.txt"), "no concern of ours");
    const again = await open({ dir });
    await again.load(named(ACME), asks(true));
    expect(shown(again.told)).toEqual([`1 ${ACME} acme.pstn.paris.${ZONE}`]);
    expect(readdirSync(dir).sort()).toEqual([`${TRUNK}.pem`, "notes.txt"]);
  });

  it("one that cannot be kept is told of, and tried again", async () => {
    const dir = folder();
    const { told, logged, trunks, load } = await open({ dir });
    rmSync(dir, { recursive: true });
    await load(named(ACME), asks(true));
    expect([told, logged]).toEqual([[], [expect.stringMatching(/^error trunk certificates not issued .*ENOENT/)]]);
    const { mkdirSync } = await import("node:fs");
    mkdirSync(dir);
    trunks.check();
    await trunks.settled();
    expect(told.length).toBe(1);
  });
});
