import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATOR, openTestApi, type TestApi } from "./api.fixture.ts";
import { routes } from "./resources/index.ts";
import { allows, whyNotAllowed } from "./sessions/roles.ts";
import { addPerson, Browser, PASSWORD, signedIn } from "./users.fixture.ts";

const own = "/trunkline/v1";

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

describe("ACC-3: roles", () => {
  const route = (method: string, product: string, path: string) => {
    const found = routes().find((one) => one.method === method && one.product === product && one.path === path);
    if (found === undefined) throw new Error(`no route ${method} ${path}`);
    return found;
  };
  const account = "/Accounts/:accountSid";
  // Owner and admin, developer, billing, read-only.
  it.each([
    ["GET", "trunking", "/Trunks", "y y n y"],
    ["POST", "trunking", "/Trunks", "y y n n"],
    ["DELETE", "trunking", "/Trunks/:trunkSid/OriginationUrls/:sid", "y y n n"],
    ["POST", "api", `${account}/SIP/CredentialLists`, "y y n n"],
    ["POST", "api", `${account}/IncomingPhoneNumbers`, "y y n n"],
    ["GET", "api", `${account}/IncomingPhoneNumbers`, "y y y y"],
    ["GET", "api", `${account}/Calls`, "y y y y"],
    ["DELETE", "api", `${account}/Calls/:sid`, "y y n n"],
    ["GET", "api", `${account}/Recordings`, "y y n y"],
    ["GET", "api", `${account}/Calls/:callSid/Recordings`, "y y n y"],
    ["GET", "api", `${account}/Keys`, "y n n n"],
    ["POST", "api", `${account}/Keys`, "y n n n"],
    ["POST", "accounts", "/AuthTokens/Secondary", "y n n n"],
    ["POST", "api", "/Accounts/:sid", "y n n n"],
    ["GET", "api", "/Accounts/:sid", "y y y y"],
    ["POST", "trunkline", "/AccountSettings", "y n n n"],
    ["POST", "trunkline", "/Limits", "y n n n"],
    ["GET", "trunkline", "/Users", "y n n n"],
    ["POST", "trunkline", "/Users/:sid/PasswordLink", "y n n n"],
    ["GET", "monitor", "/Events", "y n n n"],
    ["GET", "monitor", "/Alerts", "y y y y"],
    ["POST", "voice", "/DialingPermissions/BulkCountryUpdates", "y n n n"],
  ])("%s %s%s: %s", (method, product, path, wanted) => {
    const one = route(method, product, path);
    const found = (["owner", "developer", "billing", "read-only"] as const).map((role) =>
      allows(role, one) ? "y" : "n",
    );
    expect(found.join(" ")).toBe(wanted);
    expect(allows("admin", one)).toBe(allows("owner", one));
  });

  it("no role but the owner's, the admin's and the operator's changes what is not trunks, numbers, calls, recordings or billing", () => {
    const changes = routes().filter(({ method, scope }) => method !== "GET" && ["account", "anyone"].includes(scope));
    expect(changes.filter((one) => allows("read-only", one))).toEqual([]);
    expect(changes.filter((one) => !allows("owner", one) || !allows("operator", one))).toEqual([]);
  });

  it("a refusal names the missing right and who has it, in the reader's language", () => {
    const trunks = route("POST", "trunking", "/Trunks");
    expect(whyNotAllowed("read-only", trunks, "en")).toBe(
      "Permission Denied: your role, read-only, does not include changing trunks. These do: owner, admin, developer.",
    );
    expect(whyNotAllowed("billing", trunks, "ja")).toBe(
      "権限がありません: ロール billing には「トランク」の変更が含まれていません (owner, admin, developer が必要です)。",
    );
  });
});

describe("ACC-3: users of an account", () => {
  it("are invited by a link that works once and for three days; a newer one takes its place", async () => {
    const as = await api.addAccount();
    const form = { Email: "Hanako@Example.com", Role: "developer", Language: "ja", FriendlyName: "花子" };
    const invited = await api.request("POST", `${own}/Users`, { as, form });
    expect(invited.body).toMatchObject({
      email: "hanako@example.com",
      status: "invited",
      language: "ja",
      role: "developer",
      account_sid: as.sid,
      second_factor: false,
    });
    const path = `${own}/Users/${invited.body["sid"]}`;
    expect((await api.request("GET", path, { as })).body["password_token"]).toBeNull();
    const choose = async (token: unknown, password = PASSWORD): Promise<number> =>
      (await api.request("POST", `${own}/Passwords`, { as: null, form: { Token: String(token), Password: password } }))
        .status;
    const renewed = await api.request("POST", `${path}/PasswordLink`, { as });
    expect(await choose(invited.body["password_token"])).toBe(400);
    expect(await choose(renewed.body["password_token"], "too short")).toBe(400);
    expect(await choose(renewed.body["password_token"])).toBe(200);
    expect(await choose(renewed.body["password_token"])).toBe(400);
    expect((await api.request("GET", path, { as })).body["status"]).toBe("active");
    const late = await api.request("POST", `${path}/PasswordLink`, { as });
    nowMs += 72 * 3_600_000;
    expect(await choose(late.body["password_token"])).toBe(400);
    const taken = await api.request("POST", `${own}/Users`, { form: { Email: "hanako@example.com" } });
    expect([taken.status, taken.body["message"]]).toEqual([409, "Email: another user has this address."]);
  });

  it("another account's users are not there", async () => {
    const { person } = await signedIn(api, "owner");
    const path = `${own}/Users/${person.sid}`;
    for (const [method, at] of [
      ["GET", path],
      ["POST", path],
      ["DELETE", path],
      ["POST", `${path}/PasswordLink`],
      ["DELETE", `${path}/SecondFactor`],
      ["GET", `${path}/Sessions`],
      ["DELETE", `${path}/Sessions`],
    ] as const)
      expect([method, at, (await api.request(method, at)).status]).toEqual([method, at, 404]);
    const found = await api.request("GET", `${own}/Users?Email=${person.email}`);
    expect(found.body["users"]).toEqual([]);
  });

  it("nobody raises themselves, and only owners do anything to owners", async () => {
    const { browser: admin, person: self, account } = await signedIn(api, "admin");
    const owner = await addPerson(api, "owner", { as: account });
    const developer = await addPerson(api, "developer", { as: account });
    const status = async (method: string, path: string, form?: Record<string, string>): Promise<number> =>
      (await admin.request(method, `${own}/Users${path}`, form ? { form } : {})).status;
    expect(await status("POST", `/${self.sid}`, { Role: "owner" })).toBe(403);
    expect(await status("POST", `/${self.sid}`, { Role: "developer" })).toBe(403);
    expect(await status("POST", "", { Email: "x1@example.com", Role: "owner" })).toBe(403);
    expect(await status("POST", "", { Email: "x2@example.com", Role: "operator" })).toBe(400);
    expect(await status("POST", `/${developer.sid}`, { Role: "owner" })).toBe(403);
    expect(await status("POST", `/${developer.sid}`, { Role: "operator" })).toBe(400);
    expect(await status("POST", `/${owner.sid}`, { FriendlyName: "x" })).toBe(403);
    expect(await status("POST", `/${owner.sid}/PasswordLink`)).toBe(403);
    expect(await status("DELETE", `/${owner.sid}/SecondFactor`)).toBe(403);
    expect(await status("DELETE", `/${owner.sid}/Sessions`)).toBe(403);
    expect(await status("DELETE", `/${owner.sid}`)).toBe(403);
    expect(await status("DELETE", `/${self.sid}`)).toBe(403);
    expect(await status("POST", `/${self.sid}/PasswordLink`)).toBe(403);
    expect(await status("POST", `/${developer.sid}`, { Role: "billing" })).toBe(200);
    expect(await status("DELETE", `/${developer.sid}`)).toBe(204);
  });

  it("the last active owner stays, whoever asks; an invited one does not count", async () => {
    const { person, account } = await signedIn(api, "owner");
    await api.request("POST", `${own}/Users`, { as: account, form: { Email: `inv-${person.email}`, Role: "owner" } });
    const path = `${own}/Users/${person.sid}`;
    for (const as of [account, OPERATOR])
      for (const [method, form] of [
        ["POST", { Role: "admin" }],
        ["POST", { Status: "suspended" }],
        ["DELETE", {}],
      ] as const)
        expect((await api.request(method, path, { as, ...(method === "POST" && { form }) })).status).toBe(409);
    await addPerson(api, "owner", { as: account });
    expect((await api.request("DELETE", path, { as: account })).status).toBe(204);
  });

  it("everybody changes their own name, language and password; the old one is needed, other sessions end", async () => {
    const { browser, person } = await signedIn(api, "read-only");
    const other = new Browser(api);
    await other.signIn(person.email);
    const named = await browser.request("POST", `${own}/Users/me`, {
      form: { FriendlyName: "Taro", Language: "ja", Role: "owner" },
    });
    expect(named.body).toMatchObject({ friendly_name: "Taro", language: "ja", role: "read-only" });
    const change = (CurrentPassword: string, Password: string): ReturnType<TestApi["request"]> =>
      browser.request("POST", `${own}/Users/me/Password`, { form: { CurrentPassword, Password } });
    const next = "orange bicycle lantern";
    expect((await change("not my password", next)).body["message"]).toBe("CurrentPassword is not your password.");
    const bad = await change(PASSWORD, "password12345");
    expect(bad.body["message"]).toBe("Password is one of those that are tried first: choose a less common one.");
    expect((await change(PASSWORD, next)).status).toBe(200);
    expect((await browser.request("GET", `${own}/Users/me`)).status).toBe(200);
    expect((await other.request("GET", `${own}/Users/me`)).status).toBe(401);
    expect((await other.signIn(person.email)).status).toBe(401);
    expect((await other.signIn(person.email, { Password: next })).status).toBe(201);
  });

  it("what is for people is not for tokens and keys; what is for no role is not theirs", async () => {
    expect((await api.request("GET", `${own}/Users/me`)).status).toBe(403);
    expect((await api.request("GET", `${own}/Sessions`, { as: OPERATOR })).status).toBe(403);
    expect(
      (await api.request("GET", `${own}/Sessions/Current`, { as: null })).headers.get("www-authenticate"),
    ).toBeNull();
    const key = await api.sdk().newKeys.create({});
    const as = { sid: key.sid, token: key.secret };
    expect((await api.request("GET", `${own}/Users`, { as })).status).toBe(403);
  });

  it("ACC-4: who signed in, and what they changed, is told to the audit", async () => {
    const { browser, person, account } = await signedIn(api, "owner");
    await browser.request("POST", "/v1/Trunks", { form: { FriendlyName: "Audited" } });
    const { body } = await api.request("GET", `/v1/Events?ActorSid=${person.sid}`, { as: account });
    const events = body["events"] as { event_type: string; source: string; actor_type: string }[];
    expect(events.map(({ event_type: type, source }) => [type, source])).toEqual(
      expect.arrayContaining([
        ["trunk.created", "web"],
        ["user-session.created", "web"],
      ]),
    );
    expect(JSON.stringify(body)).not.toContain("argon2");
  });
});

describe("ACC-3: the operator's users", () => {
  it("have an area of their own: the whole installation, and no account's user reaches them", async () => {
    const operator = await addPerson(api, "operator", { as: OPERATOR });
    const browser = new Browser(api);
    expect((await browser.signIn(operator.email)).body["user"]).toMatchObject({ account_sid: null, role: "operator" });
    expect((await browser.request("GET", `${own}/Carriers`)).status).toBe(200);
    const headers = { "x-trunkline-account": api.account.sid };
    expect((await browser.request("GET", "/v1/Trunks", { headers })).status).toBe(200);
    expect((await api.request("GET", `${own}/Users/${operator.sid}`)).status).toBe(404);
    const all = (await browser.request("GET", `${own}/Users`)).body["users"] as { account_sid: string | null }[];
    expect(new Set(all.map(({ account_sid: sid }) => sid === null))).toEqual(new Set([true, false]));
    const { browser: owner } = await signedIn(api, "owner");
    expect((await owner.request("GET", `${own}/Carriers`)).status).toBe(403);
    expect(
      (await owner.request("POST", `${own}/Users`, { form: { Email: "o@example.com", Role: "operator" } })).status,
    ).toBe(400);
    expect((await api.request("DELETE", `${own}/Users/${operator.sid}`, { as: OPERATOR })).status).toBe(409);
  });
});
