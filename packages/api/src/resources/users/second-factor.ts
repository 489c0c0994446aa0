import { z } from "zod";
import { about, secret, text } from "../../form.ts";
import { forbidden, invalid, Problem } from "../../problem.ts";
import { settle } from "../../resource.ts";
import { type Answer, accepts, type Context, type Route } from "../../route.ts";
import { newRecoveryCodes, readRecoveryCode } from "../../sessions/recovery-codes.ts";
import { asksSecondFactor } from "../../sessions/session-auth.ts";
import { matchingStep, newTotpSecret, otpauthUri } from "../../sessions/totp.ts";
import { answering, asOneself, passwordField, whyWrongPassword } from "./own-user.ts";

const shape = z.strictObject({
  enabled: z.boolean(),
  required: z.boolean(),
  recovery_codes_left: z.int(),
  secret: z.string().nullable(),
  otpauth_uri: z.string().nullable(),
  recovery_codes: z.array(z.string()).nullable(),
  url: z.string(),
});
/** What is shown once. */
type Shown = { readonly secret?: string; readonly uri?: string; readonly recoveryCodes?: readonly string[] };

const IN_FORCE = new Problem(409, 20409, "A second factor is in force. Remove it first to set up another one.");
const passwordForm = { Password: about("Your password once more: a session alone is not enough.", passwordField) };

const begin = accepts(passwordForm, async (at: Context, values): Promise<Answer | Problem> => {
  const { user } = asOneself(at);
  const wrong = await whyWrongPassword(at, "Password", values.Password);
  if (wrong) return wrong;
  const secret = newTotpSecret(at.deps.randomHex);
  const begun = settle(at, await at.deps.store.secondFactors.begin(user.sid, secret), { "second-factor": IN_FORCE });
  if (begun instanceof Problem) return begun;
  return shown(at, 201, { secret, uri: otpauthUri(secret, `Trunkline ${at.deps.zone}`, user.email) });
});

const confirm = accepts(
  { Code: about("Six digits of the authenticator app.", secret(text(16))) },
  async (at: Context, values): Promise<Answer | Problem> => {
    const { user, session } = asOneself(at);
    const { store, nowMs, randomHex } = at.deps;
    const waiting = await store.secondFactors.pendingSecret(user.sid);
    if (waiting === undefined) return invalid("Code: no second factor waits for its confirmation. Begin one first.");
    const step = matchingStep(waiting, values.Code.replaceAll(" ", ""), nowMs());
    if (step === undefined)
      return invalid("Code is not what the app should show now. Is the device's clock right? Try the next code.");
    const recoveryCodes = newRecoveryCodes(randomHex);
    const kept = recoveryCodes.map(readRecoveryCode);
    const confirmed = await store.secondFactors.confirm(user.sid, step, kept, session.sid);
    const row = settle(at, confirmed, { "second-factor": IN_FORCE });
    return row instanceof Problem ? row : shown(at, 200, { recoveryCodes });
  },
);

const renewRecoveryCodes = accepts(passwordForm, async (at: Context, values): Promise<Answer | Problem> => {
  const { user } = asOneself(at);
  const wrong = await whyWrongPassword(at, "Password", values.Password);
  if (wrong) return wrong;
  if (!user.hasSecondFactor) return invalid("There is no second factor that recovery codes could stand in for.");
  const recoveryCodes = newRecoveryCodes(at.deps.randomHex);
  const kept = recoveryCodes.map(readRecoveryCode);
  const row = settle(at, await at.deps.store.secondFactors.setRecoveryCodes(user.sid, kept));
  return row instanceof Problem ? row : shown(at, 201, { recoveryCodes });
});

const remove = accepts(passwordForm, async (at: Context, values): Promise<Answer | Problem> => {
  const { user } = asOneself(at);
  const wrong = await whyWrongPassword(at, "Password", values.Password);
  if (wrong) return wrong;
  if (await isRequired(at)) return forbidden("Permission Denied: the account asks a second factor of all its users.");
  const row = settle(at, await at.deps.store.secondFactors.remove(user.sid));
  return row instanceof Problem ? row : shown(at, 200, {});
});

const PATH = "/Users/me/SecondFactor";
const own = { product: "trunkline", scope: "session" } as const;

/** `/trunkline/v1/Users/me/SecondFactor`: codes of an authenticator app (RFC 6238), set up by who is signed in. */
export const secondFactorRoutes: readonly Route[] = [
  {
    ...own,
    method: "GET",
    path: PATH,
    summary: "Fetch: second factor of the user who is signed in",
    form: {},
    success: { status: 200, schema: shape },
    run: (at) => shown(at, 200, {}),
  },
  {
    ...own,
    method: "POST",
    path: PATH,
    summary: "Create: second factor, which counts once a code has confirmed it",
    success: { status: 201, schema: shape },
    ...answering(begin),
  },
  {
    ...own,
    method: "POST",
    path: `${PATH}/Confirmation`,
    summary: "Confirm a second factor by a code; gives the recovery codes, and ends your other sessions",
    success: { status: 200, schema: shape },
    ...answering(confirm),
  },
  {
    ...own,
    method: "POST",
    path: `${PATH}/RecoveryCodes`,
    summary: "Create: new recovery codes in place of all earlier ones",
    success: { status: 201, schema: shape },
    ...answering(renewRecoveryCodes),
  },
  {
    ...own,
    method: "POST",
    path: `${PATH}/Removal`,
    summary: "Remove one's second factor",
    success: { status: 200, schema: shape },
    ...answering(remove),
  },
];

async function isRequired(at: Context): Promise<boolean> {
  const { accountSid } = asOneself(at).user;
  return accountSid !== null && (await asksSecondFactor(at.deps, accountSid));
}

async function shown(at: Context, status: 200 | 201, { secret, uri, recoveryCodes }: Shown): Promise<Answer> {
  const { store } = at.deps;
  const { sid } = asOneself(at).user;
  const user = await store.users.fetch(sid);
  const body: z.infer<typeof shape> = {
    enabled: user?.hasSecondFactor ?? false,
    required: await isRequired(at),
    recovery_codes_left: await store.secondFactors.countRecoveryCodes(sid),
    secret: secret ?? null,
    otpauth_uri: uri ?? null,
    recovery_codes: recoveryCodes ? [...recoveryCodes] : null,
    url: at.links.absolute("trunkline", PATH),
  };
  return { status, body };
}
