import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { hookCalls, writeHook } from "../../../../../test/support/acme-dns.ts";
import { openInstallationCertificates } from "../installation-certificates.ts";
import { folder, openGround, ZONE } from "./acme-ground.fixture.ts";
import { AcmeProblem } from "./acme-problem.ts";
import { Backoff } from "./backoff.ts";
import { dnsHook } from "./dns-hook.ts";
import { retryAtMs } from "./retry-after.ts";

type Answer = { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body: unknown };

/** A server whose answers are all written down here, by path; what it should not be asked is answered with 500. */
async function openScript(dir: string, script: (at: (path: string) => string) => Readonly<Record<string, Answer>>) {
  const own = await openInstallationCertificates(dir, { dns: [], addresses: ["127.0.0.1"] }, Date.now);
  const [https] = own.servers();
  const asked: string[] = [];
  const server = createServer({ cert: https?.certPem, key: https?.keyPem }, ({ url = "", method }, response) => {
    asked.push(`${method} ${url}`);
    const { status = 200, headers = {}, body } = answers[url] ?? { status: 500, body: "not in the script" };
    const text = typeof body === "string" ? body : JSON.stringify(body);
    response.writeHead(status, { "replay-nonce": "bm9uY2U", ...headers }).end(method === "HEAD" ? undefined : text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const at = (path: string): string => `https://127.0.0.1:${port}${path}`;
  const answers = script(at);
  return { directoryUrl: at("/dir"), authorityPath: join(dir, "ca.pem"), asked };
}

const LIMITED = { type: "urn:ietf:params:acme:error:rateLimited", detail: "too many\nnew orders" };
const TOKEN = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA";

/** All that goes well before an authorization is looked at. */
const usual = (at: (path: string) => string): Readonly<Record<string, Answer>> => ({
  "/dir": { body: { newNonce: at("/nonce"), newAccount: at("/account"), newOrder: at("/order") } },
  "/nonce": { body: "" },
  "/account": { status: 201, headers: { location: at("/account/1") }, body: { status: "valid" } },
  "/order": {
    status: 201,
    headers: { location: at("/order/1") },
    body: { status: "pending", authorizations: [at("/authorization")], finalize: at("/finalize") },
  },
});

const authorization = (at: (path: string) => string, name: string, token = TOKEN): Answer => ({
  body: {
    status: "pending",
    identifier: { type: "dns", value: name },
    challenges: [{ type: "dns-01", url: at("/challenge"), status: "pending", token }],
  },
});

describe("SEC-5: what an ACME server may answer", () => {
  const cases: readonly (readonly [
    title: string,
    script: (at: (path: string) => string) => Readonly<Record<string, Answer>>,
    why: RegExp,
  ])[] = [
    [
      "no JSON",
      () => ({ "/dir": { body: "<html>\u001b[2J hello" } }),
      /answered with no JSON object: <html> \[2J hello$/,
    ],
    ["no directory", () => ({ "/dir": { body: {} } }), /answered with a directory without newAccount$/],
    [
      "an address without TLS",
      (at) => ({
        ...usual(at),
        "/dir": { body: { newNonce: "http://127.0.0.1:1/nonce", newAccount: at("/account") } },
      }),
      /gave an address that is not https: http:\/\/127\.0\.0\.1:1\/nonce$/,
    ],
    [
      "nonces that it refuses for ever",
      (at) => ({ ...usual(at), "/account": { status: 400, body: { type: "urn:ietf:params:acme:error:badNonce" } } }),
      /answered 400 \(badNonce\)$/,
    ],
    [
      "more authorizations than names",
      (at) => ({
        ...usual(at),
        "/order": {
          status: 201,
          headers: { location: at("/order/1") },
          body: { status: "pending", authorizations: Array(100).fill(at("/authorization")), finalize: at("/finalize") },
        },
      }),
      /answered with more authorizations than names were ordered$/,
    ],
    [
      "a name that is not ours",
      (at) => ({ ...usual(at), "/authorization": authorization(at, "-rf.example.org") }),
      /asks about a name that was not ordered: -rf\.example\.org$/,
    ],
    [
      "a token that could be guessed",
      (at) => ({ ...usual(at), "/authorization": authorization(at, ZONE, "../../x") }),
      /gave a token that is none$/,
    ],
    ["300 KiB", () => ({ "/dir": { body: "x".repeat(300 * 1024) } }), /^127\.0\.0\.1:\d+: .*size/i],
  ];

  it.each(cases)("%s: is told, and costs nothing else", async (_title, script, why) => {
    const dir = folder();
    const { directoryUrl, authorityPath, asked } = await openScript(dir, script);
    const ground = await openGround(
      { directoryUrl, authorityPath, email: undefined, challenge: "dns-01", dnsHook: writeHook(dir) },
      { acmeRetryMs: 3_600_000 },
    );
    ground.certificates.acme?.start();
    ground.load();
    await ground.until("told", () => ground.told.some(({ event }) => event === "ACME certificate not issued"));
    expect(ground.told.map(({ fields }) => fields["why"])).toEqual([expect.stringMatching(why)]);
    expect(hookCalls(dir)).toEqual([]);
    expect(asked.length).toBeLessThan(30);
    expect(ground.tls().certificates).toHaveLength(2);
  });

  it.each([
    ["at the directory", "/dir"],
    ["at an order", "/order"],
  ])("RFC 8555 §6.6: a limit %s is respected", async (_where, path) => {
    const limited = { status: 429, headers: { "retry-after": "7200" }, body: LIMITED };
    const { directoryUrl, authorityPath, asked } = await openScript(folder(), (at) => ({
      ...usual(at),
      [path]: limited,
    }));
    const ground = await openGround(
      { directoryUrl, authorityPath, email: undefined, challenge: "http-01", dnsHook: undefined },
      { acmeRetryMs: 1 },
    );
    ground.certificates.acme?.start();
    ground.load();
    await ground.until("told", () => ground.told.length > 0);
    const fields = ground.told[0]?.fields ?? {};
    expect(fields["why"]).toBe("the ACME server answered 429 (rateLimited; too many new orders)");
    expect(Date.parse(String(fields["next"])) - Date.now()).toBeGreaterThan(7_100_000);
    expect(
      asked.filter((one) => one.endsWith(path)),
      "the other certificate waits too",
    ).toHaveLength(1);
  });
});

describe("SEC-5: the DNS hook", () => {
  const on = new AbortController().signal;

  it("has its time, and then ends with everything it started; it sees none of our variables", async () => {
    const dir = folder();
    const hook = writeHook(
      dir,
      `echo "$$ \${TRUNKLINE_OPERATOR_TOKEN-none}" >'${join(dir, "pid")}'; sleep 600 & sleep 600`,
    );
    process.env["TRUNKLINE_OPERATOR_TOKEN"] = "secret";
    onTestFinished(() => void delete process.env["TRUNKLINE_OPERATOR_TOKEN"]);
    await expect(dnsHook(hook, on, 500)("add", "_acme-challenge.example.com", "x; touch /tmp/y")).rejects.toThrow(
      "TRUNKLINE_ACME_DNS_HOOK add _acme-challenge.example.com: still running after 0.5 s, ended",
    );
    expect(hookCalls(dir)).toEqual(["add _acme-challenge.example.com x; touch /tmp/y"]);
    const [pid, token] = readFileSync(join(dir, "pid"), "utf8").trim().split(" ");
    expect(token).toBe("none");
    // What is left of them waits for its parent to take note of the end.
    const isRunning = (): boolean =>
      existsSync(`/proc/${pid}`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    while (isRunning()) await new Promise((resolve) => setImmediate(resolve));
  });

  it("ends when the platform stops", async () => {
    const stop = new AbortController();
    const running = dnsHook(writeHook(folder(), "sleep 600"), stop.signal)("add", "a", "b");
    stop.abort();
    await expect(running).rejects.toThrow(/ended, as the platform stops$/);
  });
});

describe("SEC-5: when what failed is tried again", () => {
  const ABOUT_ONE = new AcmeProblem("dns", "no address");
  const ABOUT_ALL = new AcmeProblem("unreachable", "nobody there");
  const minutes = (ms: number): number => ms / 60_000;

  it("four times later each time, at most a day; others are tried as if nothing had happened", () => {
    const backoff = new Backoff(
      60_000,
      () => 0,
      () => 0.5,
    );
    const waits = Array.from({ length: 8 }, () => minutes(backoff.failed("a", ABOUT_ONE)));
    expect(waits).toEqual([1, 4, 16, 64, 256, 1_024, 1_440, 1_440]);
    expect(backoff.notBeforeMs("b")).toBe(0);
    backoff.succeeded("a", 5_000);
    expect(minutes(backoff.failed("a", ABOUT_ONE))).toBe(1);
  });

  it("each wait is somewhere around that, so that installations do not come together", () => {
    const [early, late] = [0, 0.999].map((random) =>
      new Backoff(
        60_000,
        () => 0,
        () => random,
      ).failed("a", ABOUT_ONE),
    );
    expect([early, late]).toEqual([30_000, 89_940]);
  });

  it("what would fail alike for all keeps all waiting, an hour at most; a success ends that", () => {
    const backoff = new Backoff(
      60_000,
      () => 0,
      () => 0.5,
    );
    backoff.failed("a", ABOUT_ALL);
    expect(minutes(backoff.notBeforeMs("b"))).toBe(1);
    for (const id of ["b", "c", "d", "e", "f"]) backoff.failed(id, ABOUT_ALL);
    expect(minutes(backoff.notBeforeMs("z"))).toBe(60);
    backoff.succeeded("z", 0);
    expect(backoff.notBeforeMs("y")).toBe(0);
  });

  it("not before the server wants it", () => {
    const backoff = new Backoff(
      60_000,
      () => 0,
      () => 0.5,
    );
    const nextMs = backoff.failed("a", new AcmeProblem("rateLimited", "", { retryAtMs: 48 * 3_600_000 }));
    expect([nextMs, backoff.notBeforeMs("b")]).toEqual([48 * 3_600_000, 3_600_000]);
  });

  it.each<[header: string | undefined, atMs: number | undefined]>([
    [undefined, undefined],
    ["120", 121_000],
    ["Thu, 01 Jan 1970 00:02:00 GMT", 120_000],
    ["Wed, 31 Dec 1969 00:00:00 GMT", 1_000],
    ["999999999", 7 * 86_400_000 + 1_000],
    ["soon", undefined],
  ])("RFC 9110 §10.2.3: Retry-After %s", (header, atMs) => {
    expect(retryAtMs(header, 1_000)).toBe(atMs);
  });
});
