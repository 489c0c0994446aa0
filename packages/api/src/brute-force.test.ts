import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTestApi, type TestApi } from "./api.fixture.ts";
import { AttemptLimit } from "./attempt-limit.ts";

let nowMs = 1_000_000;
let attempts: AttemptLimit;
beforeEach(() => {
  attempts = new AttemptLimit(() => nowMs);
});

function fail(times: number, source: string, name: string | ((i: number) => string)): void {
  for (let i = 0; i < times; i++) attempts.failed(source, typeof name === "string" ? name : name(i));
}

describe("ACC-3: who guesses is slowed down", () => {
  it("five failures cost nothing; each one more doubles the wait, up to a quarter of an hour", () => {
    const waits = Array.from({ length: 17 }, () => {
      fail(1, "192.0.2.1", "ann");
      return attempts.waitSec("192.0.2.1", "ann");
    });
    expect(waits).toEqual([null, null, null, null, null, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
  });

  it("the name is free from everywhere else: no stranger locks anybody out", () => {
    fail(100, "192.0.2.1", "ann");
    expect(attempts.waitSec("192.0.2.2", "ann")).toBeNull();
  });

  it("many names from one address make that address wait, but for those who have been let in from there", () => {
    attempts.succeeded("192.0.2.1", "ann");
    fail(31, "192.0.2.1", (i) => `name ${i}`);
    expect(attempts.waitSec("192.0.2.1", "bob")).toBe(1);
    expect(attempts.waitSec("192.0.2.1", "ann")).toBeNull();
    expect(attempts.waitSec("192.0.2.2", "bob")).toBeNull();
  });

  it("what we were too busy to look at is no failure; what was looked at is one until it succeeds", async () => {
    const busy = () => attempts.failedUnless("192.0.2.1", "ann", () => Promise.reject(new Error("busy")));
    for (let i = 0; i < 50; i++) await expect(busy()).rejects.toThrow("busy");
    expect(attempts.waitSec("192.0.2.1", "ann")).toBeNull();
    for (let i = 0; i < 6; i++) await attempts.failedUnless("192.0.2.1", "ann", async () => false);
    expect(attempts.waitSec("192.0.2.1", "ann")).toBe(1);
  });

  it("one's own account does not wash the address's failures off", () => {
    for (let i = 0; i < 31; i++) {
      fail(1, "192.0.2.1", `name ${i}`);
      attempts.succeeded("192.0.2.1", "mine");
    }
    expect(attempts.waitSec("192.0.2.1", "bob")).toBe(1);
  });

  it("failures are forgotten with time, and at once by a success", () => {
    fail(6, "192.0.2.1", "ann");
    expect(attempts.waitSec("192.0.2.1", "ann")).toBe(1);
    nowMs += 1_000;
    expect(attempts.waitSec("192.0.2.1", "ann")).toBeNull();
    nowMs += 3_600_000;
    fail(5, "192.0.2.1", "ann");
    expect(attempts.waitSec("192.0.2.1", "ann")).toBeNull();
    attempts.succeeded("192.0.2.1", "ann");
    fail(5, "192.0.2.1", "ann");
    expect(attempts.waitSec("192.0.2.1", "ann")).toBeNull();
  });

  const same: [a: string, b: string, isSame: boolean][] = [
    ["2001:db8:1:2::1", "2001:db8:1:2:ffff:1:2:3", true],
    ["2001:db8:1:2::1", "2001:db8:1:3::1", false],
    ["2001:db8::1", "2001:0db8:0:0:9::", true],
    ["::ffff:192.0.2.1", "192.0.2.1", true],
    ["::ffff:192.0.2.1", "192.0.2.2", false],
    ["::1", "::2", true],
    ["fe80::1%eth0", "fe80::2", true],
    ["1::192.0.2.1", "1::192.0.2.2", true],
  ];
  it.each(same)("%s and %s are one source: %s", (a, b, isSame) => {
    fail(6, a, "ann");
    expect(attempts.waitSec(b, "ann") !== null).toBe(isSame);
  });

  it("remembers a bounded number, whatever strangers send", () => {
    fail(6, "192.0.2.1", "ann");
    fail(10_001, "198.51.100.1", (i) => `${i} ${"x".repeat(1_000)}`);
    expect(attempts.waitSec("192.0.2.1", "ann"), "the longest unseen is forgotten first").toBeNull();
    expect(attempts.waitSec("198.51.100.1", "new"), "but not the address that sends").toBe(900);
  });
});

describe("ACC-3: over HTTP", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await openTestApi({ nowMs: () => nowMs });
  });
  afterAll(() => api.close());

  it("the sixth wrong token in a row is followed by 429 with Retry-After, even for the right one, until the wait is over", async () => {
    const account = await api.addAccount();
    const get = async (token: string) => {
      const { status, body, headers } = await api.request("GET", "/v1/Trunks", { as: { sid: account.sid, token } });
      return [status, body["code"], headers.get("retry-after")];
    };
    for (let i = 0; i < 6; i++) expect(await get(`guess ${i}`)).toEqual([401, 20003, null]);
    expect(await get("guess 7")).toEqual([429, 20429, "1"]);
    expect((await get(account.token))[0]).toBe(429);
    expect((await api.request("GET", "/v1/Trunks")).status, "others are not hindered").toBe(200);
    nowMs += 1_000;
    expect((await get(account.token))[0]).toBe(200);
    expect((await get("guess 8"))[0]).toBe(401);
  });

  it("requests without credentials are no guesses", async () => {
    for (let i = 0; i < 40; i++) expect((await api.request("GET", "/v1/Trunks", { as: null })).status).toBe(401);
    expect((await api.request("GET", "/v1/Trunks", { as: { sid: "AC0", token: "x" } })).status).toBe(401);
  });
});
