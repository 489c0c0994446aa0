import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Platform, startPlatform } from "../support/platform.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const PASSWORD = "violet tractor onion";
const OWN = "/trunkline/v1";

type Json = Readonly<Record<string, unknown>>;
type Answer = { readonly status: number; readonly body: Json; readonly headers: Headers };

const dataDir = mkdtempSync(join(tmpdir(), "trunkline-sign-in-"));
let platform: Platform;
/** Every answer's text, in which no secret may be. */
const answers: string[] = [];
beforeAll(async () => {
  platform = await startPlatform({ dataDir, env: { TRUNKLINE_DEMO_PASSWORD: "Demo-Password-of-the-tests-1" } });
});
afterAll(async () => {
  await platform.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A browser that is signed in. */
class Session {
  cookie = "";
  csrf = "";

  async signIn(form: Readonly<Record<string, string>>): Promise<Answer> {
    const answer = await ask("POST", `${OWN}/Sessions`, { form });
    this.cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
    this.csrf = String(answer.body["csrf_token"] ?? "");
    return answer;
  }

  ask(method: string, path: string, form?: Readonly<Record<string, string>>, headers: Json = {}): Promise<Answer> {
    const own = { cookie: this.cookie, "x-trunkline-csrf": this.csrf, ...(headers as Record<string, string>) };
    return ask(method, path, { headers: own, ...(form && { form }) });
  }
}

async function ask(
  method: string,
  path: string,
  { form, headers = {} }: { form?: Readonly<Record<string, string>>; headers?: Readonly<Record<string, string>> } = {},
): Promise<Answer> {
  const body = form && { body: new URLSearchParams(form) };
  const response = await fetch(`${platform.api}${path}`, { method, headers, ...body });
  const text = await response.text();
  answers.push(text);
  return { status: response.status, headers: response.headers, body: text === "" ? {} : (JSON.parse(text) as Json) };
}

async function person(
  role: string,
): Promise<{ readonly session: Session; readonly email: string; readonly sid: string }> {
  const email = `${role}@customer.example`;
  const invited = await platform.post<Json>(`${OWN}/Users`, { Email: email, Role: role });
  await ask("POST", `${OWN}/Passwords`, { form: { Token: String(invited["password_token"]), Password: PASSWORD } });
  const session = new Session();
  expect((await session.signIn({ Email: email, Password: PASSWORD })).status).toBe(201);
  return { session, email, sid: String(invited["sid"]) };
}

function trunkline(...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const node = join(root, "node_modules", ".bin", "node");
  const env = { ...process.env, TRUNKLINE_DATA_DIR: dataDir };
  return promisify(execFile)(node, [join(root, "packages/server/bin/trunkline.js"), ...args], { env });
}

describe("ACC-3: signing in to a running platform", () => {
  it("the ready block's logins are good: the demo's owner at every start, the operator at the first", async () => {
    const owner = new Session();
    const { email: Email, password: Password } = platform.demo.console;
    expect([Email, Password]).toEqual([`demo@${platform.zone}`, "Demo-Password-of-the-tests-1"]);
    const signed = await owner.signIn({ Email, Password });
    expect(signed.body["user"]).toMatchObject({ role: "owner", account_sid: platform.demo.accountSid });
    const operator = new Session();
    const login = platform.operatorLogin ?? { email: "", password: "" };
    expect((await operator.signIn({ Email: login.email, Password: login.password })).status).toBe(201);
    expect((await operator.ask("GET", `${OWN}/Carriers`)).status).toBe(200);
    expect((await owner.ask("GET", `${OWN}/Carriers`)).status).toBe(403);
  });

  it("roles hold across the products", async () => {
    const { session: reader } = await person("read-only");
    const { session: developer } = await person("developer");
    const calls = `/2010-04-01/Accounts/${platform.demo.accountSid}/Calls.json`;
    const keys = `/2010-04-01/Accounts/${platform.demo.accountSid}/Keys.json`;
    const cases: readonly (readonly [Session, string, string, number])[] = [
      [reader, "GET", "/v1/Trunks", 200],
      [reader, "GET", calls, 200],
      [reader, "POST", "/v1/Trunks", 403],
      [reader, "GET", keys, 403],
      [reader, "GET", `${OWN}/Users`, 403],
      [developer, "POST", "/v1/Trunks", 201],
      [developer, "POST", keys, 403],
      [developer, "POST", `${OWN}/AccountSettings`, 403],
      [developer, "GET", `${OWN}/Carriers`, 403],
    ];
    for (const [session, method, path, status] of cases)
      expect([method, path, (await session.ask(method, path, method === "POST" ? {} : undefined)).status]).toEqual([
        method,
        path,
        status,
      ]);
    const account = await developer.ask("GET", `/2010-04-01/Accounts/${platform.demo.accountSid}.json`);
    expect([account.status, account.body["auth_token"]]).toEqual([200, null]);
    const refused = await reader.ask("POST", "/v1/Trunks", {}, { "accept-language": "ja" });
    expect(refused.body["message"]).toContain("権限がありません: ロール read-only");
  });

  it("another site's page gets nothing done, and reads nothing", async () => {
    const { session } = await person("admin");
    for (const headers of [
      { "x-trunkline-csrf": "" },
      { origin: "https://evil.example" },
      { "sec-fetch-site": "cross-site" },
    ])
      expect((await session.ask("POST", "/v1/Trunks", {}, headers)).status).toBe(403);
    const read = await session.ask("GET", "/v1/Trunks", undefined, { origin: "https://evil.example" });
    expect([read.status, read.headers.get("access-control-allow-credentials")]).toEqual([403, null]);
  });

  it("sessions and passwords outlive a restart, a revoked session does not, and no password is anywhere", async () => {
    const { session, email, sid } = await person("billing");
    const revoked = new Session();
    await revoked.signIn({ Email: email, Password: PASSWORD });
    const listed = (await session.ask("GET", `${OWN}/Sessions`)).body["sessions"] as {
      sid: string;
      current: boolean;
    }[];
    const other = listed.find(({ current }) => !current)?.sid;
    expect((await session.ask("DELETE", `${OWN}/Sessions/${other}`)).status).toBe(204);
    const operatorPassword = platform.operatorLogin?.password ?? "";
    const logs = platform.log();
    await platform.stop();
    const kept = filesBelow(dataDir).map((path) => readFileSync(path, "latin1"));
    const cookie = session.cookie.split("=")[1] ?? "";
    for (const secret of [PASSWORD, operatorPassword, cookie, "argon2id"]) {
      expect(secret.length).toBeGreaterThan(7);
      expect(kept.some((text) => text.includes(secret))).toBe(false);
      expect(logs).not.toContain(secret);
    }
    expect(answers.some((text) => text.includes(PASSWORD) || text.includes("argon2id"))).toBe(false);
    platform = await startPlatform({ dataDir, env: { TRUNKLINE_DEMO_PASSWORD: "Demo-Password-of-the-tests-1" } });
    expect(platform.operatorLogin).toBeUndefined();
    expect((await session.ask("GET", `${OWN}/Sessions/Current`)).body["user_sid"]).toBe(sid);
    expect((await revoked.ask("GET", `${OWN}/Sessions/Current`)).status).toBe(401);
    expect((await new Session().signIn({ Email: email, Password: PASSWORD })).status).toBe(201);
  });

  it("trunkline user helps who is locked out: a new password, and no second factor", async () => {
    const { session, email } = await person("owner");
    const path = `${OWN}/Users/me/SecondFactor`;
    const begun = await session.ask("POST", path, { Password: PASSWORD });
    const code = totp(String(begun.body["secret"]));
    expect((await session.ask("POST", `${path}/Confirmation`, { Code: code })).body["enabled"]).toBe(true);
    expect((await new Session().signIn({ Email: email, Password: PASSWORD })).body["code"]).toBe(60022);
    const reset = JSON.parse((await trunkline("user", "reset-password", email, "--json")).stdout) as Json;
    await trunkline("user", "reset-second-factor", email);
    expect((await session.ask("GET", `${OWN}/Sessions/Current`)).status).toBe(401);
    expect((await new Session().signIn({ Email: email, Password: String(reset["password"]) })).status).toBe(201);
    const added = JSON.parse((await trunkline("user", "add", "second@operator.example", "--json")).stdout) as Json;
    expect(
      (await new Session().signIn({ Email: "second@operator.example", Password: String(added["password"]) })).status,
    ).toBe(201);
    expect((await trunkline("user", "list")).stdout).toContain("second@operator.example  operator  active");
    await expect(trunkline("user", "reset-password", "nobody@x.example")).rejects.toMatchObject({ code: 1 });
    await expect(trunkline("user", "add", "no address")).rejects.toMatchObject({ code: 2 });
  });
});

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** RFC 6238, as an authenticator app does it. */
function totp(secret: string): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const at = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
