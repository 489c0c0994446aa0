import type { ApiKey } from "@trunkline/store";
import type { Route } from "./route.ts";

/** What a scope is read from. */
type Addressed = Pick<Route, "method" | "product" | "path" | "success">;

/** Areas of the 2010-04-01 resources; those of the other products are the products. */
const AREAS_OF_2010: Readonly<Record<string, string>> = {
  Calls: "voice",
  Recordings: "voice",
  OutgoingCallerIds: "voice",
  Applications: "voice",
  IncomingPhoneNumbers: "numbers",
  AvailablePhoneNumbers: "numbers",
  Addresses: "numbers",
  Notifications: "monitor",
  SIP: "sip",
  Usage: "usage",
  Balance: "usage",
};
/** First segments that hold families and are none. */
const NAMESPACES: ReadonlySet<string> = new Set(["SIP", "Usage", "Credentials"]);
/** What is made by a POST that Twilio answers 200 (contract §1.4). */
const MADE_WITH_200: ReadonlySet<string> = new Set(["OutgoingCallerIds"]);

/**
 * What a restricted key needs for a route, in Twilio's form: `/twilio/trunking/trunks/read`, `/trunkline/simulations/create`. Read from
 * the route alone, so that a new route has its scope by itself.
 *
 * The family is the first collection of the path. What hangs below one of its members belongs to that member: to add an origination
 * URL is to update the trunk. But recordings are their own family wherever they are, since hearing a call is more than knowing of it.
 */
export function scopeOf(route: Addressed): string {
  const segments = segmentsOf(route);
  const [family = ""] = segments;
  const origin = route.product === "trunkline" ? "/trunkline" : `/twilio/${areaOf(route)}`;
  return `${origin}/${kebab(family)}/${actionOf(route, segments)}`;
}

/** The path's segments below the account, if it is below one. */
function inAccount({ product, path }: Addressed): readonly string[] {
  const all = path.split("/").filter((segment) => segment !== "");
  return product === "api" && all[0] === "Accounts" && all.length > 2 ? all.slice(2) : all;
}

function segmentsOf(route: Addressed): readonly string[] {
  const all = inAccount(route);
  const named = NAMESPACES.has(all[0] ?? "") && all.length > 1 ? all.slice(1) : all;
  const recordings = named.indexOf("Recordings");
  return recordings > 0 ? named.slice(recordings) : named;
}

function areaOf(route: Addressed): string {
  return route.product === "api" ? (AREAS_OF_2010[inAccount(route)[0] ?? ""] ?? "account") : route.product;
}

function actionOf(
  { method, success }: Addressed,
  segments: readonly string[],
): "read" | "create" | "update" | "delete" {
  if (method === "GET") return "read";
  const isBelowOne = segments.slice(0, -1).some((segment) => segment.startsWith(":"));
  if (method === "DELETE") return isBelowOne ? "update" : "delete";
  const isOnOne = segments.some((segment) => segment.startsWith(":"));
  const makes = success.status === 201 || MADE_WITH_200.has(segments[0] ?? "");
  return makes && !isOnOne ? "create" : "update";
}

/** `Calls.csv` → `calls`, `IncomingPhoneNumbers` → `incoming-phone-numbers`. */
function kebab(segment: string): string {
  return segment
    .replace(/\..*$/, "")
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-")
    .toLowerCase();
}

/** Accounts, and everything that lets somebody in: what only an auth token, a main key or the operator manages. */
const MANAGEMENT: ReadonlySet<string> = new Set([
  "/twilio/account/accounts",
  "/twilio/account/keys",
  "/twilio/account/signing-keys",
  "/twilio/iam/keys",
  "/twilio/accounts/auth-tokens",
  "/trunkline/users",
  "/trunkline/sessions",
]);

/** What an account has decided about its security among them; to read it is nobody's secret. */
const MANAGEMENT_SCOPES: ReadonlySet<string> = new Set(["/trunkline/account-settings/update"]);

function isManagement(scope: string): boolean {
  return MANAGEMENT_SCOPES.has(scope) || MANAGEMENT.has(scope.slice(0, scope.lastIndexOf("/")));
}

/** The scopes that a restricted key can have, in order: those of every route that an account may use and that manages nothing. */
export function grantableScopes(routes: readonly Route[]): readonly string[] {
  const scopes = routes.filter(({ scope }) => scope === "account" || scope === "anyone").map(scopeOf);
  return [...new Set(scopes)].filter((scope) => !isManagement(scope)).sort();
}

/** Why a key may not use a route: a sentence for its owner; undefined when it may. */
export function whyNotForKey({ kind, scopes }: ApiKey, route: Route): string | undefined {
  if (kind === "main") return undefined;
  const scope = scopeOf(route);
  if (isManagement(scope))
    return `a ${kind} API key cannot manage accounts, their settings, keys or users; use the auth token or a main key`;
  if (kind === "standard" || scopes?.includes(scope)) return undefined;
  return `this API key lacks the scope ${scope}`;
}
