import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EdgeNamedCertificates, EdgeTls } from "@trunkline/edge";
import { onTestFinished } from "vitest";
import { type WrittenRow, changes as written } from "../../../../../test/support/lent-fixtures.ts";
import type { AcmeSettings } from "../../config/acme-settings.ts";
import { type CertificateOptions, type Certificates, certificateNames, openCertificates } from "../certificates.ts";

export const ZONE = "sip.example.com";

export function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), "trunkline-acme-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

type Told = {
  readonly level: string;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

/** An installation's certificates and whoever shows them. */
export type Ground = {
  readonly certificates: Certificates;
  readonly told: readonly Told[];
  /** Shown to everybody, as told last. */
  tls(): EdgeTls;
  /** The certificate shown to who asks for a name and has it exactly; undefined: the one for everybody. */
  namedFor(name: string): string | undefined;
  /** Reads the directory anew, with these rows in it. */
  load(...rows: readonly WrittenRow[]): (...more: readonly WrittenRow[]) => void;
  /** Waits until the condition holds; looked at whenever something is told or shown. */
  until(what: string, condition: () => boolean): Promise<void>;
};

const LIMIT_MS = 15_000;

export async function openGround(acme: AcmeSettings, options: Partial<CertificateOptions> = {}): Promise<Ground> {
  const told: Told[] = [];
  const named = new Map<string, EdgeNamedCertificates>();
  const happened = new EventTarget();
  const tell = (): void => void happened.dispatchEvent(new Event("something"));
  let tls: EdgeTls | undefined;
  const show = (changes: readonly EdgeNamedCertificates[]): void => {
    for (const one of changes) named.set(one.key, one);
    tell();
  };
  const certificates = await openCertificates(
    {
      dataDir: folder(),
      names: certificateNames(ZONE, ["paris", "tokyo"], ["192.0.2.1"]),
      zone: ZONE,
      edge: "paris",
      operator: {},
      acme,
      ciphers: undefined,
      log: (level, event, fields = {}) => {
        told.push({ level, event, fields });
        tell();
      },
      acmeRetryMs: 200,
      ...options,
    },
    {
      setTls: (now) => {
        tls = now;
        tell();
      },
      setNamedCertificates: show,
    },
  );
  onTestFinished(() => certificates.close());
  show(certificates.tls().named ?? []);
  return {
    certificates,
    told,
    tls: () => tls ?? certificates.tls(),
    namedFor: (name) =>
      [...named.values()].flatMap((one) => one.certificates).find(({ names }) => names.includes(name))?.certPem,
    load: (...rows) => {
      const follower = certificates.follow();
      follower.changes(written(rows));
      follower.loaded();
      return (...more) => follower.changes(written(more));
    },
    until: async (what, condition) => {
      const limit = AbortSignal.timeout(LIMIT_MS);
      while (!condition()) {
        if (limit.aborted) throw new Error(`${what}: not within ${LIMIT_MS} ms\n${JSON.stringify(told, null, 1)}`);
        await Promise.race([once(happened, "something"), once(limit, "abort")]);
      }
    },
  };
}

/** The API's part: answers at `/.well-known/acme-challenge/`. */
export async function openWeb(answerTo: (token: string) => string | undefined): Promise<number> {
  const server = createServer(({ url = "" }, response) => {
    const answer = answerTo(url.replace("/.well-known/acme-challenge/", ""));
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}
