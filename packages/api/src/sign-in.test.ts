import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATOR, openTestApi, type TestApi } from "./api.fixture.ts";
import { totpCode, totpStep } from "./sessions/totp.ts";
import { addPerson, Browser, PASSWORD, signedIn } from "./users.fixture.ts";

const own = "/trunkline/v1";
const HOUR_MS = 3_600_000;

let nowMs = Date.now();
let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({ nowMs: () => nowMs });
});
afterAll(async () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
  await api.close();
});

describe("ACC-3: sessions", () => {
  it("a session's cookie is out of scripts' reach, and is good for every product of the account", async () => {
    const { browser, person, account } = await signedIn(api, "owner");
    const answer = await browser.signIn(person.email.toUpperCase());
    expect(answer.headers.get("set-cookie")).toMatch(
      /^trunkline-session=[0-9a-f]{64}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/,
    );
    expect(answer.body["user"]).toMatchObject({ sid: person.sid, role: "owner", status: "active" });
    const paths = ["/v1/Trunks", `/2010-04-01/Accounts/${account.sid}/Calls.json`, `${own}/LiveCalls`, "/v1/Alerts"];
    for (const path of paths.filter((path) => path !== `${own}/LiveCalls`))
      expect([path, (await browser.request("GET", path)).status]).toEqual([path, 200]);
    const made = await browser.request("POST", "/v1/Trunks", { form: { FriendlyName: "Office" } });
    expect([made.status, made.body["account_sid"]]).toEqual([201, account.sid]);
    const sub = await api.addAccount({ parentSid: account.sid });
    const headers = { "x-trunkline-account": sub.sid };
    const below = await browser.request("POST", "/v1/Trunks", { headers });
    expect([below.status, below.body["account_sid"]]).toEqual([201, sub.sid]);
    expect(
      (await browser.request("GET", "/v1/Trunks", { headers: { "x-trunkline-account": api.account.sid } })).status,
    ).toBe(403);
  });

  it("over TLS the cookie is Secure and for this host alone", async () => {
    const behind = await openTestApi({ trustedProxies: ["127.0.0.1"] });
    const { email } = await addPerson(behind, "owner");
    const headers = { "x-forwarded-proto": "https" };
    const form = { Email: email, Password: PASSWORD };
    const answer = await behind.request("POST", `${own}/Sessions`, { as: null, form, headers });
    const cookie = answer.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^__Host-trunkline-session=\w+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict; Secure$/);
    const sent = { cookie: cookie.split(";")[0] ?? "" };
    expect((await behind.request("GET", "/v1/Trunks", { as: null, headers: { ...sent, ...headers } })).status).toBe(
      200,
    );
    expect((await behind.request("GET", "/v1/Trunks", { as: null, headers: sent })).status).toBe(401);
    await behind.close();
  });

  it("a change needs the page's CSRF token, and nothing is answered to another site", async () => {
    const { browser } = await signedIn(api, "owner");
    const host = new URL(api.origin).host;
    const cases: readonly (readonly [method: string, headers: Record<string, string>, status: number])[] = [
      ["POST", {}, 201],
      ["POST", { "x-trunkline-csrf": "" }, 403],
      ["POST", { "x-trunkline-csrf": "0".repeat(64) }, 403],
      ["POST", { origin: "https://evil.example" }, 403],
      ["POST", { origin: "null" }, 403],
      ["POST", { origin: `http://${host}` }, 201],
      ["POST", { "sec-fetch-site": "cross-site" }, 403],
      ["POST", { "sec-fetch-site": "same-site" }, 403],
      ["POST", { "sec-fetch-site": "same-origin" }, 201],
      ["GET", { "sec-fetch-site": "cross-site" }, 403],
      ["GET", { "sec-fetch-site": "none" }, 200],
      ["GET", { "x-trunkline-csrf": "" }, 200],
    ];
    for (const [method, headers, status] of cases)
      expect([method, headers, (await browser.request(method, "/v1/Trunks", { headers })).status]).toEqual([
        method,
        headers,
        status,
      ]);
    const cross = await browser.request("GET", "/v1/Trunks", { headers: { origin: `http://${host}` } });
    expect(cross.headers.get("access-control-allow-credentials")).toBeNull();
    const form = { Email: "a@example.com", Password: PASSWORD };
    const forced = await api.request("POST", `${own}/Sessions`, {
      as: null,
      form,
      headers: { origin: "https://evil.example" },
    });
    expect(forced.status).toBe(403);
    expect((await api.request("POST", "/v1/Trunks", { headers: { origin: "https://other.example" } })).status).toBe(
      201,
    );
  });

  it("ends when it was not used for 12 hours, and 7 days after the sign-in in any case", async () => {
    const { browser } = await signedIn(api, "owner");
    const isIn = async (): Promise<boolean> => (await browser.request("GET", `${own}/Sessions/Current`)).status === 200;
    for (let n = 0; n < 15; n++) {
      nowMs += 11 * HOUR_MS;
      expect([n, await isIn()]).toEqual([n, true]);
    }
    nowMs += 4 * HOUR_MS;
    expect(await isIn()).toBe(false);
    const idle = await signedIn(api, "owner");
    nowMs += 12 * HOUR_MS + 1;
    const over = await idle.browser.request("GET", "/v1/Trunks");
    expect([over.status, over.body["message"]]).toEqual([401, "The session is over. Sign in again."]);
    expect(over.headers.get("www-authenticate")).toBeNull();
  });

  it("are listed, ended one by one, and by signing out; others' are not there", async () => {
    const { browser, person } = await signedIn(api, "developer");
    const second = new Browser(api);
    await second.signIn(person.email);
    const stranger = await signedIn(api, "developer");
    const listed = await browser.request("GET", `${own}/Sessions`);
    const sessions = listed.body["sessions"] as { sid: string; current: boolean; source: string }[];
    expect(sessions.map(({ current, source }) => [current, source])).toEqual([
      [true, "127.0.0.1"],
      [false, "127.0.0.1"],
    ]);
    const other = sessions[1]?.sid;
    expect((await stranger.browser.request("DELETE", `${own}/Sessions/${other}`)).status).toBe(404);
    expect((await browser.request("DELETE", `${own}/Sessions/${other}`)).status).toBe(204);
    expect((await second.request("GET", `${own}/Sessions/Current`)).status).toBe(401);
    const out = await browser.request("DELETE", `${own}/Sessions/Current`);
    expect([out.status, out.headers.get("set-cookie")]).toEqual([204, expect.stringContaining("Max-Age=0")]);
    expect((await browser.request("GET", "/v1/Trunks")).status).toBe(401);
  });

  it("of one user there are 20 at most: the oldest goes", async () => {
    const { browser, person } = await signedIn(api, "owner");
    const others = Array.from({ length: 20 }, () => new Browser(api));
    for (const one of others) await one.signIn(person.email);
    expect((await browser.request("GET", "/v1/Trunks")).status).toBe(401);
    expect((await others[0]?.request("GET", "/v1/Trunks"))?.status).toBe(200);
  });

  it("end with the user, with the account's suspension, and by an admin", async () => {
    const { browser, person, account } = await signedIn(api, "developer");
    const admin = await signedIn(api, "admin", account);
    const path = `${own}/Users/${person.sid}`;
    const state = async (): Promise<number> => (await browser.request("GET", "/v1/Trunks")).status;
    expect((await admin.browser.request("GET", `${path}/Sessions`)).body["sessions"]).toHaveLength(1);
    expect((await admin.browser.request("DELETE", `${path}/Sessions`)).status).toBe(204);
    expect(await state()).toBe(401);
    await browser.signIn(person.email);
    await admin.browser.request("POST", path, { form: { Status: "suspended" } });
    expect([await state(), (await browser.signIn(person.email)).status]).toEqual([401, 401]);
    await admin.browser.request("POST", path, { form: { Status: "active" } });
    expect((await browser.signIn(person.email)).status).toBe(201);
    const at = `/2010-04-01/Accounts/${account.sid}.json`;
    await api.request("POST", at, { as: OPERATOR, form: { Status: "suspended" } });
    expect([await state(), (await browser.signIn(person.email)).body["code"]]).toEqual([401, 20005]);
    await api.request("POST", at, { as: OPERATOR, form: { Status: "active" } });
    expect(await state()).toBe(200);
    expect((await admin.browser.request("DELETE", path)).status).toBe(204);
    expect(await state()).toBe(401);
  });
});

describe("ACC-3: signing in", () => {
  it("an unknown address, a wrong password, no password yet: the same answer", async () => {
    const { email } = await addPerson(api, "owner", { as: await api.addAccount() });
    const waiting = `waiting-${email}`;
    await api.request("POST", `${own}/Users`, { form: { Email: waiting, Role: "owner" } });
    const answers = [];
    for (const Email of [email, waiting, "nobody@example.com"])
      answers.push(
        await api.request("POST", `${own}/Sessions`, { as: null, form: { Email, Password: "not the password" } }),
      );
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(answers.map(({ headers }) => headers.get("www-authenticate"))).toEqual([null, null, null]);
  });

  it("who guesses is slowed down, and others are not", async () => {
    const limited = await openTestApi({ nowMs: () => nowMs });
    const { email } = await addPerson(limited, "owner");
    const colleague = await addPerson(limited, "owner");
    const guess = (): Promise<Awaited<ReturnType<TestApi["request"]>>> =>
      limited.request("POST", `${own}/Sessions`, { as: null, form: { Email: email, Password: "not the password" } });
    const statuses = [];
    for (let n = 0; n < 8; n++) statuses.push((await guess()).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429, 429]);
    const told = await guess();
    expect(Number(told.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await new Browser(limited).signIn(email)).status).toBe(429);
    expect((await new Browser(limited).signIn(colleague.email)).status).toBe(201);
    nowMs += 2_000;
    expect((await new Browser(limited).signIn(email)).status).toBe(201);
    await limited.close();
  });

  it("hostile values are refused in words, and never repeated where they are secret", async () => {
    const secret = "s3cret".repeat(60);
    const answer = await api.request("POST", `${own}/Sessions`, { as: null, form: { Email: "", Password: secret } });
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([400, expect.not.stringContaining("s3cret")]);
    for (const cookie of ["trunkline-session=x", `trunkline-session=${"a".repeat(64)}`, ";;=;", "a".repeat(15_000)]) {
      const refused = await api.request("GET", "/v1/Trunks", { as: null, headers: { cookie } });
      expect(refused.status).toBe(401);
    }
  });
});

describe("ACC-3: the second factor", () => {
  it("is begun with the password, counts once a code confirmed it, and is asked for from then on", async () => {
    const { browser, person } = await signedIn(api, "developer");
    const other = new Browser(api);
    await other.signIn(person.email);
    const path = `${own}/Users/me/SecondFactor`;
    expect((await browser.request("POST", path, { form: { Password: "not my password" } })).status).toBe(400);
    const begun = await browser.request("POST", path, { form: { Password: PASSWORD } });
    const secret = String(begun.body["secret"]);
    expect(begun.body).toMatchObject({ enabled: false, otpauth_uri: expect.stringContaining(secret) });
    expect((await new Browser(api).signIn(person.email)).status).toBe(201);
    const code = (): string => totpCode(secret, totpStep(nowMs));
    const wrong = await browser.request("POST", `${path}/Confirmation`, { form: { Code: "000000" } });
    expect(wrong.status).toBe(400);
    const confirmed = await browser.request("POST", `${path}/Confirmation`, { form: { Code: code() } });
    const codes = confirmed.body["recovery_codes"] as string[];
    expect([confirmed.status, codes.length, confirmed.body["secret"]]).toEqual([200, 10, null]);
    expect((await other.request("GET", "/v1/Trunks")).status).toBe(401);
    expect((await browser.request("GET", "/v1/Trunks")).status).toBe(200);
    expect((await browser.request("GET", path)).body).toMatchObject({
      enabled: true,
      secret: null,
      recovery_codes: null,
    });

    const without = await other.signIn(person.email);
    expect([without.status, without.body["code"]]).toEqual([401, 60022]);
    expect((await other.signIn(person.email, { Password: "wrong password", Code: code() })).body["code"]).toBe(20003);
    const again = await other.signIn(person.email, { Code: code() });
    expect([again.status, again.body["message"]]).toEqual([
      401,
      "Code is wrong, or was used before. Wait for the next one.",
    ]);
    nowMs += 30_000;
    expect((await other.signIn(person.email, { Code: `${code().slice(0, 3)} ${code().slice(3)}` })).status).toBe(201);
    expect((await other.signIn(person.email, { Code: code() })).status).toBe(401);
    expect((await other.signIn(person.email, { Code: codes[0] ?? "" })).status).toBe(201);
    expect((await other.signIn(person.email, { Code: codes[0] ?? "" })).status).toBe(401);
    expect((await browser.request("GET", path)).body["recovery_codes_left"]).toBe(9);
    const renewed = await browser.request("POST", `${path}/RecoveryCodes`, { form: { Password: PASSWORD } });
    expect(renewed.body["recovery_codes"]).toHaveLength(10);
    expect((await other.signIn(person.email, { Code: codes[1] ?? "" })).status).toBe(401);
    expect((await browser.request("POST", `${path}/Removal`, { form: { Password: PASSWORD } })).body["enabled"]).toBe(
      false,
    );
    expect((await new Browser(api).signIn(person.email)).status).toBe(201);
  });

  it("guesses of a code are counted for the user, wherever they come from", async () => {
    const guarded = await openTestApi({ nowMs: () => nowMs, trustedProxies: ["127.0.0.1"] });
    const { browser, person } = await signedIn(guarded, "owner");
    const path = `${own}/Users/me/SecondFactor`;
    const begun = await browser.request("POST", path, { form: { Password: PASSWORD } });
    await browser.request("POST", `${path}/Confirmation`, {
      form: { Code: totpCode(String(begun.body["secret"]), totpStep(nowMs)) },
    });
    const statuses = [];
    for (let n = 1; n <= 8; n++) {
      const headers = { "x-forwarded-for": `198.51.100.${n}` };
      const form = { Email: person.email, Password: PASSWORD, Code: "000000" };
      statuses.push((await guarded.request("POST", `${own}/Sessions`, { as: null, form, headers })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429, 429]);
    await guarded.close();
  });

  it("an account can ask it of everybody: without one nothing else can be done", async () => {
    const { browser, person, account } = await signedIn(api, "owner");
    const required = { form: { SecondFactorRequired: "true" } };
    expect((await browser.request("POST", `${own}/AccountSettings`, required)).body["second_factor_required"]).toBe(
      true,
    );
    const refused = await browser.request("GET", "/v1/Trunks");
    expect([refused.status, refused.body["message"]]).toEqual([
      403,
      expect.stringContaining("/trunkline/v1/Users/me/SecondFactor"),
    ]);
    expect((await browser.signIn(person.email)).body["second_factor_needed"]).toBe(true);
    const path = `${own}/Users/me/SecondFactor`;
    const begun = await browser.request("POST", path, { form: { Password: PASSWORD } });
    await browser.request("POST", `${path}/Confirmation`, {
      form: { Code: totpCode(String(begun.body["secret"]), totpStep(nowMs)) },
    });
    expect((await browser.request("GET", "/v1/Trunks")).status).toBe(200);
    expect((await browser.request("POST", `${path}/Removal`, { form: { Password: PASSWORD } })).status).toBe(403);
    expect((await api.request("GET", "/v1/Trunks", { as: account })).status).toBe(200);
    const admin = await api.request("DELETE", `${own}/Users/${person.sid}/SecondFactor`, { as: account });
    expect(admin.status).toBe(204);
    expect((await browser.request("GET", "/v1/Trunks")).status).toBe(403);
  });
});
