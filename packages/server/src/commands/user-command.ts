import type { Command } from "commander";
import { readSettings } from "../config/read-settings.ts";
import { type Login, newPassword } from "../console-users.ts";
import { findRunning, type Running } from "../running.ts";
import { UsageError } from "./usage-error.ts";

/** The part of a user that people read; `--json` prints all of it. */
type User = {
  readonly sid: string;
  readonly account_sid: string | null;
  readonly email: string;
  readonly friendly_name: string;
  readonly role: string;
  readonly status: string;
  readonly second_factor: boolean;
};
type Invited = User & { readonly password_token: string };
type AddOptions = { readonly name?: string; readonly role?: string; readonly account?: string };

const EXIT_CODES = "Exit codes: 0 done, 1 failed, 2 wrong usage.";
const ANSWER_LIMIT_MS = 10_000;

/**
 * Adds `trunkline user`: for an administrator who is locked out of the console. Works on the platform that runs on the data directory, as its
 * operator: who can read that directory is one.
 *
 * @param ended told the exit code
 */
export function addUserCommands(program: Command, ended: (code: number) => void): void {
  const user = program.command("user").description("people who sign in to the console of the running platform");
  const add = (name: string, description: string): Command =>
    user
      .command(name)
      .description(description)
      .option("--json", "print one JSON line", false)
      .addHelpText("after", `\n${EXIT_CODES}`)
      .exitOverride();
  const finish = (json: boolean, value: object, words: string): void => {
    process.stdout.write(`${json ? JSON.stringify(value) : words}\n`);
    ended(0);
  };
  add("list", "show all users of the installation").action(async ({ json }: { json: boolean }) => {
    const users = await listUsers(running());
    finish(json, { users }, users.map(describe).join("\n"));
  });
  add("add", "make a user with a new password, which is printed")
    .argument("<email>")
    .option("--account <sid>", "the account that the user is of (default: a user of the operator)")
    .option("--role <role>", "owner, admin, developer, billing or read-only; of the operator: operator")
    .option("--name <name>", "what the user is called")
    .action(async (email: string, options: AddOptions & { json: boolean }) => {
      const login = await addUser(running(), email, options);
      finish(options.json, login, describeLogin(login));
    });
  add("reset-password", "give a user a new password, which is printed; ends all sessions")
    .argument("<email>")
    .action(async (email: string, { json }: { json: boolean }) => {
      const platform = running();
      const { sid } = await findUser(platform, email);
      const login = await choosePassword(platform, await ask<Invited>(platform, "POST", `/Users/${sid}/PasswordLink`));
      finish(json, login, describeLogin(login));
    });
  add("reset-second-factor", "take a user's second factor off, whose device is lost")
    .argument("<email>")
    .action(async (email: string, { json }: { json: boolean }) => {
      const platform = running();
      const { sid } = await findUser(platform, email);
      await ask(platform, "DELETE", `/Users/${sid}/SecondFactor`);
      finish(json, { sid, email }, `${email} signs in with the password alone now.`);
    });
}

function running(): Running {
  const found = findRunning(readSettings(process.env).dataDir);
  if (found?.api) return found;
  throw new Error(
    found
      ? "the running platform has no API (its role is edge); ask one in the role all"
      : "no platform runs on this data directory; start one with npm start (or set TRUNKLINE_DATA_DIR to that of a running one)",
  );
}

async function listUsers(platform: Running): Promise<readonly User[]> {
  const all: User[] = [];
  let path: string | null = "/Users?PageSize=1000";
  while (path !== null) {
    const page: { users: User[]; meta: { next_page_url: string | null } } = await ask(platform, "GET", path);
    all.push(...page.users);
    path = page.meta.next_page_url?.replace(/^.*?\/trunkline\/v1/, "") ?? null;
  }
  return all;
}

async function addUser(platform: Running, email: string, { account, role, name }: AddOptions): Promise<Login> {
  const form = { Email: email, ...(role && { Role: role }), ...(name && { FriendlyName: name }) };
  return choosePassword(platform, await ask<Invited>(platform, "POST", "/Users", form, account));
}

async function findUser(platform: Running, email: string): Promise<User> {
  const path = `/Users?Email=${encodeURIComponent(email)}`;
  const { users } = await ask<{ users: readonly User[] }>(platform, "GET", path);
  const [user] = users;
  if (user) return user;
  throw new Error(`there is no user ${email}; trunkline user list shows all`);
}

async function choosePassword(platform: Running, { email, password_token: token }: Invited): Promise<Login> {
  const password = newPassword();
  await ask(platform, "POST", "/Passwords", { Token: token, Password: password });
  return { email, password };
}

/** Rejects with `UsageError` for what the API calls wrong. */
async function ask<T>(
  { api, operator }: Running,
  method: string,
  path: string,
  form?: Readonly<Record<string, string>>,
  account?: string,
): Promise<T> {
  const response = await fetch(`${api}/trunkline/v1${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${operator.sid}:${operator.token}`).toString("base64")}`,
      ...(account && { "x-trunkline-account": account }),
    },
    ...(form && { body: new URLSearchParams(form) }),
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
  }).catch((cause: unknown) => {
    throw new Error(`the platform does not answer at ${api}`, { cause });
  });
  if (response.status === 204) return undefined as T;
  if (response.ok) return (await response.json()) as T;
  const { message = response.statusText } = (await response.json()) as { readonly message?: string };
  throw response.status === 400 ? new UsageError(message) : new Error(message);
}

function describe({ email, role, status, account_sid: account, second_factor: second }: User): string {
  return `${email}  ${role}  ${status}  ${account ?? "operator"}  ${second ? "second factor" : "password alone"}`;
}

function describeLogin({ email, password }: Login): string {
  return `${email}\n${password}\nThe password is shown this once; change it after signing in.`;
}
