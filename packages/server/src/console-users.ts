import { randomBytes } from "node:crypto";
import { passwordHasher } from "@trunkline/api";
import type { Outcome, Store, User } from "@trunkline/store";
import { mintSid } from "@trunkline/trunking";

/** What a person signs in to the console with. */
export type Login = { readonly email: string; readonly password: string };

/** What a link would offer is used up by the password that follows it. */
const NO_TIME_MS = 0;

/** A password that nobody guesses and everybody can type. */
export function newPassword(): string {
  return randomBytes(15)
    .toString("base64url")
    .replaceAll(/[-_]/g, "x")
    .replaceAll(/(.{5})(?=.)/g, "$1-");
}

/**
 * Makes the operator's first user, where there is none. Its password is shown once and kept nowhere: who loses it has
 * `trunkline user reset-password`.
 *
 * @returns the login that was made; undefined when the operator has users
 */
export async function ensureOperatorUser(store: Store, zone: string): Promise<Login | undefined> {
  const { rows } = await store.users.list({ accountSid: null }, { limit: 1 });
  if (rows.length > 0) return undefined;
  const login = { email: `operator@${zone}`, password: newPassword() };
  const made = await addUser(
    store,
    { accountSid: null, email: login.email, friendlyName: "Operator", role: "operator" },
    login.password,
  );
  // A process beside us was first.
  if (made.kind === "conflict") return undefined;
  return login;
}

/** Makes the owner of the demo account. As with the demo trunk, the password follows the setting, and all else stays as it was changed. */
export async function ensureDemoUser(store: Store, zone: string, accountSid: string, password: string): Promise<Login> {
  const email = `demo@${zone}`;
  const facts = await store.users.signInFacts({ email });
  if (facts === undefined) {
    await addUser(store, { accountSid, email, friendlyName: "Demo", role: "owner" }, password);
  } else if (!(await passwordHasher.verify(facts.passwordHash, password))) {
    await store.users.setPassword(facts.user.sid, await passwordHasher.hash(password));
  }
  return { email, password };
}

async function addUser(
  store: Store,
  fields: Pick<User, "accountSid" | "email" | "friendlyName" | "role">,
  password: string,
): Promise<Outcome<User>> {
  const sid = mintSid("US", randomBytes(16).toString("hex"));
  const hash = await passwordHasher.hash(password);
  const link = { token: randomBytes(32).toString("hex"), untilMs: NO_TIME_MS };
  const made = await store.users.create({ ...fields, sid, language: "en", status: "invited" }, link);
  return made.kind === "ok" ? store.users.setPassword(sid, hash) : made;
}
