import { readSettings } from "../config/read-settings.ts";
import { type Client, createClient } from "../declarative/client.ts";
import type { Terminal } from "../declarative/terminal.ts";
import { findRunning } from "../running.ts";
import { UsageError } from "./usage-error.ts";

/** Which API a command talks to, and about which account. */
export type ConnectionOptions = { readonly api?: string; readonly account?: string };

export const CONNECTION_HELP = [
  "",
  "Which platform and account: without --api and TRUNKLINE_API, the one that runs on the data directory, as its operator, and its demo account.",
  "  TRUNKLINE_API          address of the API, such as https://sip.example.com",
  "  TRUNKLINE_ACCOUNT_SID  who asks: an account, the operator, or an API key; with --api or TRUNKLINE_API",
  "  TRUNKLINE_AUTH_TOKEN   its auth token or secret",
  "",
].join("\n");

/**
 * A client of the API that the options, the environment or else the data directory name.
 *
 * @param needsAccount false where only the installation itself is asked about
 */
export function connect(options: ConnectionOptions, terminal: Terminal, needsAccount = true): Client {
  const { TRUNKLINE_API, TRUNKLINE_ACCOUNT_SID: username, TRUNKLINE_AUTH_TOKEN: password } = process.env;
  const baseUrl = options.api ?? TRUNKLINE_API;
  if (options.account !== undefined && !/^AC[0-9a-f]{32}$/.test(options.account)) {
    throw new UsageError(`--account ${options.account}: an account SID is AC and 32 hexadecimal digits`);
  }
  const access = baseUrl === undefined ? localAccess() : { baseUrl: originOf(baseUrl), ...given(username, password) };
  const own = /^AC/.test(access.username) && baseUrl !== undefined ? access.username : undefined;
  const demo = "demo" in access ? access.demo : undefined;
  const accountSid = options.account ?? own ?? demo ?? (needsAccount ? undefined : access.username);
  if (accountSid === undefined) throw new UsageError("say which account: --account AC…");
  const onWait = (seconds: number, why: string): void => terminal.progress(`${why}; trying again in ${seconds} s`);
  return createClient({ ...access, accountSid }, { onWait });
}

function given(username: string | undefined, password: string | undefined) {
  if (username && password) return { username, password };
  throw new UsageError("set TRUNKLINE_ACCOUNT_SID and TRUNKLINE_AUTH_TOKEN: who asks, and the auth token");
}

function localAccess() {
  const running = findRunning(readSettings(process.env).dataDir);
  if (!running?.api) {
    throw new Error(
      running
        ? "the running platform has no API (its role is edge); name one with --api"
        : "no platform runs on this data directory; start one with npm start, set TRUNKLINE_DATA_DIR to that of a running one, or name one with --api",
    );
  }
  const { api: baseUrl, operator, demo } = running;
  return { baseUrl, username: operator.sid, password: operator.token, demo: demo?.accountSid };
}

/** @throws UsageError for what is no address; credentials in it are refused, because an address is shown */
export function originOf(address: string): string {
  const url = URL.parse(address);
  if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw new UsageError("the address of an API is scheme and host alone, such as https://sip.example.com");
}
