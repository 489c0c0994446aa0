import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HashName } from "../host.ts";
import { isMalformed } from "../malformed.ts";
import { answerChallenges } from "./answer.ts";
import {
  type DigestCredentials,
  parseChallenge,
  parseCredentials,
  writeChallenge,
  writeCredentials,
} from "./auth-params.ts";
import { digestResponse, type Hash, ha1 } from "./digest.ts";
import { NonceMint } from "./nonce-mint.ts";
import { type DigestCheck, findCredentials, verifyDigest } from "./verify.ts";

const hash: Hash = (name, text) =>
  createHash(name === "MD5" ? "md5" : "sha256")
    .update(text, "latin1")
    .digest("hex");

type Vector = {
  readonly source: string;
  readonly algorithm: HashName;
  readonly qop: string;
  readonly cnonce: string;
  readonly nonceCount: number;
} & Readonly<Record<"username" | "realm" | "password" | "method" | "uri" | "nonce" | "opaque" | "response", string>>;

const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL("../../../../test/vectors/sip/digest.json", import.meta.url), "utf8"),
);

describe("digest arithmetic", () => {
  it.each(vectors.map((vector) => [vector.source, vector] as const))("%s", (_source, vector) => {
    const key = ha1(hash, vector.algorithm, vector.username, vector.realm, vector.password);
    const { qop, cnonce, nonceCount } = vector;
    expect(digestResponse(hash, key, vector.method, { ...vector, protection: { qop, cnonce, nonceCount } })).toBe(
      vector.response,
    );
  });

  it("RFC 2069 form: without qop only HA1, nonce and HA2 are hashed", () => {
    const want = hash("MD5", `${hash("MD5", "a:r:p")}:n:${hash("MD5", "INVITE:sip:b")}`);
    const key = ha1(hash, "MD5", "a", "r", "p");
    expect(digestResponse(hash, key, "INVITE", { algorithm: "MD5", nonce: "n", uri: "sip:b" })).toBe(want);
  });
});

describe("header lines", () => {
  it("reads a challenge with every part", () => {
    const line =
      'digest realm="a \\"b\\", c" , qop="auth,auth-int", NONCE="n=1",opaque="", stale=TRUE, algorithm=sha-256';
    expect(parseChallenge(line)).toEqual({
      realm: 'a "b", c',
      nonce: "n=1",
      opaque: "",
      algorithm: "SHA-256",
      qop: ["auth", "auth-int"],
      stale: true,
    });
  });

  it("writes a challenge as the old clients like it, and reads it back", () => {
    const challenge = { realm: "sip.example", nonce: "n", algorithm: "MD5", qop: ["auth"], stale: false } as const;
    expect(writeChallenge(challenge)).toBe('Digest realm="sip.example",qop="auth",nonce="n"');
    const strong = { ...challenge, algorithm: "SHA-256", opaque: "o", stale: true } as const;
    expect(parseChallenge(writeChallenge(strong))).toEqual(strong);
  });

  it.each([
    ["another scheme (RFC 4475 §3.3.7)", "NoOneKnowsThisScheme opaque-data=here"],
    ["no parameters", "Digest "],
    ["an algorithm we do not speak", 'Digest realm="r", nonce="n", algorithm=SHA-512-256'],
    ["a session algorithm", 'Digest realm="r", nonce="n", algorithm=MD5-sess'],
    ["no nonce", 'Digest realm="r"'],
    ["a parameter twice", 'Digest realm="r", realm="s", nonce="n"'],
    ["an open quote", 'Digest realm="r, nonce="n"'],
    ["a trailing comma", 'Digest realm="r", nonce="n",'],
    ["a qop that is no token (RFC 7616 §3.3)", 'Digest realm="r", nonce="n", qop="auth,\\""'],
  ])("refuses a challenge with %s", (_title, line) => {
    expect(isMalformed(parseChallenge(line))).toBe(true);
  });

  const right = `username="u", realm="r", nonce="n", uri="sip:b", response="${"a".repeat(32)}"`;
  it.each([
    ["no user name", `Digest ${right.replace("username", "nobody")}`],
    ["a short response", `Digest ${right.replace(/a{32}/, "abc")}`],
    ["qop without nc", `Digest ${right}, qop=auth, cnonce="c"`],
    ["nc that is not eight digits", `Digest ${right}, qop=auth, cnonce="c", nc=1`],
    ["a qop that is no token", `Digest ${right}, qop="au;th", cnonce="c", nc=00000001`],
    ["basic authentication", "Basic dTpw"],
  ])("refuses credentials with %s", (_title, line) => {
    expect(isMalformed(parseCredentials(line))).toBe(true);
  });

  it("reads back the credentials it writes, whatever is in them", () => {
    const text = fc.string({ unit: "grapheme-ascii" });
    fc.assert(
      fc.property(text, text, text, fc.option(fc.nat()), (username, realm, nonce, nonceCount) => {
        const credentials: DigestCredentials = {
          username,
          realm,
          nonce,
          uri: "sip:b@c;x=1,2",
          response: "0f".repeat(32),
          algorithm: "SHA-256",
          ...(nonceCount === null ? {} : { protection: { qop: "auth", cnonce: "c", nonceCount } }),
        };
        expect(parseCredentials(writeCredentials(credentials))).toEqual(credentials);
      }),
    );
  });

  it("picks the credentials for our realm, SHA-256 first, and overlooks the rest", () => {
    const other = `Digest ${right.replace('realm="r"', 'realm="elsewhere"')}`;
    const strong = `Digest ${right}, algorithm=SHA-256`;
    const lines = ["Basic dTpw", other, `Digest ${right}`, strong];
    expect(findCredentials(lines, "r")?.algorithm).toBe("SHA-256");
    expect(findCredentials(lines.slice(0, 3), "r")?.algorithm).toBe("MD5");
    expect(findCredentials(lines.slice(0, 2), "r")).toBeUndefined();
  });
});

describe("NonceMint", () => {
  const secret = "0123456789abcdef";
  const mint = (options: Partial<ConstructorParameters<typeof NonceMint>[0]> = {}): NonceMint =>
    new NonceMint({ secret, hash, maxAgeMs: 1000, ...options });

  it("knows its own nonces, their age, and nobody else's", () => {
    const ours = mint();
    const nonce = ours.make(5000);
    const forged = nonce.replace(/^.{12}/, "0".repeat(11).concat("f"));
    expect(ours.check(nonce, 6000)).toBe("fresh");
    expect(ours.check(nonce, 6001)).toBe("stale");
    expect(ours.check(nonce, 3999)).toBe("stale");
    expect(mint({ secret: "another" }).check(nonce, 5000)).toBe("foreign");
    expect([forged, "", "n", `${nonce}0`].map((text) => ours.check(text, 5000))).toEqual(Array(4).fill("foreign"));
  });

  it("never makes the same nonce twice", () => {
    const ours = mint();
    expect(new Set(Array.from({ length: 1000 }, () => ours.make(7))).size).toBe(1000);
  });

  it("takes each count once, also out of order within 31 (TERM-3)", () => {
    const ours = mint();
    const nonce = ours.make(0);
    const counts = [1, 1, 3, 2, 2, 3, 40, 9, 8, 9, 41, 10, 10, 200, 168, 169];
    const want = [1, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 1];
    expect(counts.map((count) => Number(ours.spend(nonce, count, 1)))).toEqual(want);
  });

  it("takes a nonce once when there is no count", () => {
    const ours = mint();
    const nonce = ours.make(0);
    expect([undefined, undefined, 1, 2].map((count) => ours.spend(nonce, count, 1))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it("remembers a bounded number, and forgetting lets no replay in", () => {
    const ours = mint({ maxTracked: 10 });
    const nonces = Array.from({ length: 30 }, (_, at) => ours.make(at));
    const spentOnce = nonces.map((nonce) => ours.spend(nonce, 1, 30));
    expect(spentOnce.every(Boolean)).toBe(true);
    expect(ours.tracked).toBe(10);
    expect(nonces.some((nonce) => ours.spend(nonce, 1, 31))).toBe(false);
    expect(ours.spend(ours.make(31), 1, 31)).toBe(true);
  });

  it("forgets expired nonces first, at no cost to the others", () => {
    const ours = mint({ maxTracked: 2 });
    ours.spend(ours.make(0), 1, 0);
    ours.spend(ours.make(1), 1, 1);
    const waiting = ours.make(500);
    ours.spend(ours.make(1400), 1, 1400);
    expect(ours.check(waiting, 1400)).toBe("fresh");
  });

  it("takes no nonce from before a restart when told so", () => {
    const nonce = mint().make(100);
    expect(mint().check(nonce, 300)).toBe("fresh");
    expect(mint({ notBeforeMs: 200 }).check(nonce, 300)).toBe("stale");
  });
});

describe("our challenge, their answer", () => {
  const realm = "sip.trunkline.localhost";
  const uri = "sip:+15005552300@demo.pstn.trunkline.localhost";
  const login = { username: "demo", password: "s3cret", realm };
  const key = {
    ha1Md5: ha1(hash, "MD5", login.username, realm, login.password),
    ha1Sha256: ha1(hash, "SHA-256", login.username, realm, login.password),
  };

  function exchange(
    algorithms: readonly HashName[],
    change: Partial<DigestCheck> & { qop?: string[]; password?: string; named?: string },
  ) {
    const mint = change.mint ?? new NonceMint({ secret: "x", hash });
    const challenge = { realm, nonce: mint.make(0), qop: change.qop ?? ["auth"], stale: false };
    const lines = algorithms.map((algorithm) => writeChallenge({ ...challenge, algorithm }));
    const password = change.password ?? login.password;
    const [answer] = answerChallenges(hash, lines, { ...login, password }, "INVITE", change.named ?? uri, "c0");
    const credentials = answer ? findCredentials([answer.value], realm) : undefined;
    if (!credentials) return "no answer";
    const check = { credentials, method: "INVITE", requestUri: uri, realm, ha1: key, hash, mint, nowMs: 1, ...change };
    const outcome = verifyDigest(check);
    return `${credentials.algorithm} ${outcome.kind === "wrong" ? outcome.why : outcome.kind}`;
  }

  const own = (host: string): boolean => host === "192.0.2.1";

  it.each([
    ["the strongest of several challenges", ["MD5", "SHA-256"], {}, "SHA-256 valid"],
    ["MD5 alone", ["MD5"], {}, "MD5 valid"],
    ["the old form without qop", ["MD5"], { qop: [] }, "MD5 valid"],
    ["qop=auth-int alone cannot be answered", ["MD5"], { qop: ["auth-int"] }, "no answer"],
    ["a wrong password", ["MD5"], { password: "guess" }, "MD5 response does not match"],
    ["another method", ["SHA-256"], { method: "REGISTER" }, "SHA-256 response does not match"],
    ["another Request-URI", ["MD5"], { requestUri: "sip:+1900@demo.example" }, "MD5 uri is not the Request-URI"],
    ["the same URI spelled otherwise (§19.1.4)", ["MD5"], { requestUri: uri.replace("demo", "DEMO") }, "MD5 valid"],
    ["a uri that names the server", ["MD5"], { named: "sip:192.0.2.1:5060", isOwnHost: own }, "MD5 valid"],
    [
      "a uri that names another server",
      ["MD5"],
      { named: "sip:192.0.2.9", isOwnHost: own },
      "MD5 uri is not the Request-URI",
    ],
    [
      "another user at the server",
      ["MD5"],
      { named: "sip:+1900@192.0.2.1", isOwnHost: own },
      "MD5 uri is not the Request-URI",
    ],
    ["an old nonce", ["MD5"], { nowMs: 400_000 }, "MD5 stale"],
    ["an old nonce and a wrong password", ["MD5"], { nowMs: 400_000, password: "g" }, "MD5 response does not match"],
  ] as const)("%s", (_title, algorithms, change, want) => {
    expect(exchange(algorithms, change as Parameters<typeof exchange>[1])).toBe(want);
  });

  it("refuses the same answer twice as stale (TERM-3 nc replay)", () => {
    const mint = new NonceMint({ secret: "x", hash });
    const nonce = mint.make(0);
    const line = writeChallenge({ realm, nonce, qop: ["auth"], stale: false, algorithm: "MD5" });
    const [answer] = answerChallenges(hash, [line], login, "INVITE", uri, "c0");
    const credentials = findCredentials([answer?.value ?? ""], realm);
    if (!credentials) throw new Error("no credentials");
    const check = { credentials, method: "INVITE", requestUri: uri, realm, ha1: key, hash, mint, nowMs: 1 };
    expect([verifyDigest(check), verifyDigest(check)]).toEqual([{ kind: "valid" }, { kind: "stale" }]);
  });

  it("a wrong answer costs no memory and spends nothing", () => {
    const mint = new NonceMint({ secret: "x", hash });
    for (let guess = 0; guess < 100; guess++) exchange(["MD5"], { mint, password: String(guess) });
    expect(mint.tracked).toBe(0);
  });

  it("answers only the realm the password is for", () => {
    const line = writeChallenge({ realm: "evil.example", nonce: "n", qop: ["auth"], stale: false, algorithm: "MD5" });
    expect(answerChallenges(hash, [line], login, "INVITE", uri, "c")).toEqual([]);
    const anyRealm = { username: login.username, password: login.password };
    const realms = answerChallenges(hash, [line], anyRealm, "INVITE", uri, "c").map(({ challenge }) => challenge.realm);
    expect(realms).toEqual(["evil.example"]);
  });
});
