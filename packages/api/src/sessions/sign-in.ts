import { actingAsUser, type KnownUser, type SignInFacts, type UserSession } from "@trunkline/store";
import { mintSid } from "@trunkline/trunking";
import type { AttemptLimit } from "../attempt-limit.ts";
import type { ApiDeps } from "../deps.ts";
import { Problem, tooMany } from "../problem.ts";
import { passwordHasher } from "./password-hasher.ts";
import { readRecoveryCode } from "./recovery-codes.ts";
import { SESSIONS_MOST, sessionBounds } from "./session-times.ts";
import { matchingStep } from "./totp.ts";
import { accountOfUser, notSignedIn } from "./user-account.ts";

/** Code of the problem that tells a page to ask for a code (Twilio's "invalid passcode", which says the same to a person). */
const CODE_NEEDED = 60022;
const HOUR_MS = 3_600_000;
const TOO_MANY = "Too many failed attempts to sign in";
/** Kept of a browser's description of itself. */
const USER_AGENT_MAX_LENGTH = 256;

export type SignInRequest = {
  readonly email: string;
  readonly password: string;
  /** Of the authenticator app, or a recovery code. */
  readonly code: string | undefined;
  readonly source: string;
  readonly userAgent: string;
};
type SignInParts = Pick<ApiDeps, "store" | "nowMs" | "randomHex" | "onFailure"> & { readonly attempts: AttemptLimit };
type Opened = { readonly user: KnownUser; readonly session: UserSession; readonly token: string };

/**
 * Opens a session for who knows a user's password and, where there is one, has the second factor. An unknown address, a user without a
 * password, a suspended user and a wrong password look the same and cost the same. An attempt counts as failed from its beginning, so that
 * many at once gain nothing.
 */
export async function signIn(parts: SignInParts, request: SignInRequest): Promise<Opened | Problem> {
  const { store, attempts } = parts;
  const email = request.email.toLowerCase();
  const waitSec = attempts.waitSec(request.source, email);
  if (waitSec !== null) return tooMany(TOO_MANY, waitSec);
  const { facts, fits } = await attempts.failedUnless(request.source, email, async () => {
    const facts = await store.users.signInFacts({ email });
    return { facts, fits: await passwordHasher.verify(facts?.passwordHash ?? null, request.password) };
  });
  if (facts && !fits) noteFailure(parts, facts.user);
  if (!fits || facts?.user.status !== "active") return notSignedIn("The e-mail address or the password is wrong.");
  const account = await accountOfUser(store, facts.user);
  if (account instanceof Problem) return account;
  const wrong = await whyNotSecondFactor(parts, facts, request.code);
  if (wrong === "no code") attempts.succeededAfterAll(request.source, email);
  if (wrong === "no code")
    return new Problem(401, CODE_NEEDED, "Code is needed too: that of the authenticator app, or a recovery code.");
  if (wrong) return wrong;
  attempts.succeededAfterAll(request.source, email);
  return actingAsUser(facts.user.sid, () => open(parts, facts.user, request));
}

/**
 * Holds a code against a user's second factor, and uses it up. Tries are counted for the user, wherever they come from: whoever gets here
 * knows the password, and six digits are soon guessed from many addresses.
 */
async function whyNotSecondFactor(
  { store, attempts, nowMs }: SignInParts,
  { user, totpSecret }: SignInFacts,
  code: string | undefined,
): Promise<Problem | "no code" | undefined> {
  if (totpSecret === null) return undefined;
  if (code === undefined) return "no code";
  const anywhere = `second factor of ${user.sid}`;
  const waitSec = attempts.waitSec(anywhere, user.sid);
  if (waitSec !== null) return tooMany(TOO_MANY, waitSec);
  attempts.failed(anywhere, user.sid);
  const digits = code.replaceAll(" ", "");
  const step = matchingStep(totpSecret, digits, nowMs());
  const fits =
    step === undefined
      ? await store.secondFactors.takeRecoveryCode(user.sid, readRecoveryCode(code))
      : await store.secondFactors.takeStep(user.sid, step);
  if (!fits) return new Problem(401, CODE_NEEDED, "Code is wrong, or was used before. Wait for the next one.");
  attempts.succeededAfterAll(anywhere, user.sid);
  return undefined;
}

async function open(parts: SignInParts, user: KnownUser, request: SignInRequest): Promise<Opened | Problem> {
  const { store, nowMs, randomHex } = parts;
  const token = randomHex(32);
  const session: UserSession = {
    sid: mintSid("SN", randomHex(16)),
    userSid: user.sid,
    source: request.source,
    userAgent: request.userAgent.slice(0, USER_AGENT_MAX_LENGTH).toWellFormed(),
    createdAtMs: nowMs(),
    usedAtMs: nowMs(),
  };
  const opened = await store.sessions.open(session, token, sessionBounds(nowMs()), SESSIONS_MOST);
  // Deleted at this very moment.
  if (opened.kind !== "ok") return notSignedIn("The e-mail address or the password is wrong.");
  await noteSession(parts, "created", user, session);
  return { user, session, token };
}

/** Tells the audit of a session that began or ended (ACC-4). */
export function noteSession(
  { store }: Pick<ApiDeps, "store">,
  action: "created" | "deleted",
  user: Pick<KnownUser, "sid" | "accountSid">,
  session: Pick<UserSession, "sid">,
): Promise<void> {
  const { sid: parentKey, accountSid } = user;
  return store.audit.note({ accountSid, resourceType: "user-session", action, resourceKey: session.sid, parentKey });
}

/** Once an hour, so that a stranger fills no table; not waited for, so that time does not tell that there is such a user. */
function noteFailure({ store, nowMs, onFailure }: SignInParts, { sid, accountSid }: KnownUser): void {
  const once = `failed to sign in ${sid} ${Math.floor(nowMs() / HOUR_MS)}`;
  store.audit
    .note({ accountSid, resourceType: "user-session", action: "failed", resourceKey: sid, once })
    .catch((error: unknown) => onFailure?.(error, sid));
}
