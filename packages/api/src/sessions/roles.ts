import type { UserRole } from "@trunkline/store";
import type { Language } from "../language.ts";
import { scopeOf } from "../scopes.ts";

type Scoped = Parameters<typeof scopeOf>[0];

/** What the API's resources are about; a role is what may be done in each. */
type Area =
  | "account"
  | "users"
  | "keys"
  | "billing"
  | "permissions"
  | "trunks"
  | "numbers"
  | "calls"
  | "recordings"
  | "audit";

/** Areas by what a scope names (`scopes.ts`), the first that fits; what is not here is of the account itself. */
const AREAS: readonly (readonly [RegExp, Area])[] = [
  [/^\/twilio\/sip\/|\/(trunks|sip-domains|applications)$/, "trunks"],
  [/^\/twilio\/numbers\/|\/(phone-numbers|outgoing-caller-ids|inventory-numbers|number-periods)$/, "numbers"],
  [/\/(keys|signing-keys|auth-tokens|public-keys)$/, "keys"],
  [/\/users$/, "users"],
  [/\/(recordings|transcriptions)$/, "recordings"],
  [/\/(events|audit-events)$/, "audit"],
  [/\/(dialing-permissions|geo-permissions|settings|limits)$/, "permissions"],
  [/^\/twilio\/(usage|pricing)\/|\/(rates|usage|balance|currency)$/, "billing"],
  [/\/(calls|live-calls|simulations|replays|simulated-calls|simulated-key-presses)$/, "calls"],
  [/\/(notifications|alerts|error-codes|debugger-webhook|call-statistics)$/, "calls"],
];

type Rights = { readonly read: ReadonlySet<Area>; readonly change: ReadonlySet<Area> };

const WORK: readonly Area[] = ["trunks", "numbers", "calls", "recordings"];
const EVERYTHING: readonly Area[] = [...WORK, "account", "users", "keys", "billing", "permissions", "audit"];

function rights(read: readonly Area[], change: readonly Area[]): Rights {
  return { read: new Set([...read, ...change]), change: new Set(change) };
}

/** What each role may read and change. Owners differ from admins in what they may do to other users: `user-rights.ts`. */
const RIGHTS: Readonly<Record<UserRole, Rights>> = {
  operator: rights([], EVERYTHING),
  owner: rights([], EVERYTHING),
  admin: rights([], EVERYTHING),
  developer: rights(["account", "permissions", "billing"], WORK),
  billing: rights(["account", "numbers", "calls"], ["billing"]),
  "read-only": rights(["account", "permissions", "billing", ...WORK], []),
};

const WORDS: Readonly<Record<Language, Readonly<Record<Area | "read" | "change", string>>>> = {
  en: {
    read: "reading",
    change: "changing",
    account: "the account and its settings",
    users: "users",
    keys: "keys and secrets",
    billing: "usage and prices",
    permissions: "permissions and limits",
    trunks: "trunks",
    numbers: "phone numbers",
    calls: "calls",
    recordings: "recordings",
    audit: "audit events",
  },
  ja: {
    read: "閲覧",
    change: "変更",
    account: "アカウントと設定",
    users: "ユーザー",
    keys: "キーとシークレット",
    billing: "利用量と料金",
    permissions: "権限と上限",
    trunks: "トランク",
    numbers: "電話番号",
    calls: "通話",
    recordings: "録音",
    audit: "監査イベント",
  },
};

/** Whether a role may use a route. */
export function allows(role: UserRole, route: Scoped): boolean {
  const { area, verb } = neededBy(route);
  return RIGHTS[role][verb].has(area);
}

/** Whether auth tokens are among what a role may read. */
export function seesSecrets(role: UserRole): boolean {
  return RIGHTS[role].read.has("keys");
}

/** Why not, for the person who tried: which right is missing, and which roles have it. */
export function whyNotAllowed(role: UserRole, route: Scoped, language: Language): string {
  const { area, verb } = neededBy(route);
  const words = WORDS[language];
  const roles = Object.entries(RIGHTS)
    .filter(([name, has]) => name !== "operator" && has[verb].has(area))
    .map(([name]) => name)
    .join(", ");
  return language === "ja"
    ? `権限がありません: ロール ${role} には「${words[area]}」の${words[verb]}が含まれていません (${roles} が必要です)。`
    : `Permission Denied: your role, ${role}, does not include ${words[verb]} ${words[area]}. These do: ${roles}.`;
}

function neededBy(route: Scoped): { readonly area: Area; readonly verb: "read" | "change" } {
  const scope = scopeOf(route);
  const at = scope.lastIndexOf("/");
  const [, area] = AREAS.find(([pattern]) => pattern.test(scope.slice(0, at))) ?? [undefined, "account" as const];
  return { area, verb: scope.slice(at) === "/read" ? "read" : "change" };
}
