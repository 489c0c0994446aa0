import { Malformed } from "../malformed.ts";
import type { MessageBase, SipRequest } from "../message/message.ts";
import { parseParams } from "../message/params.ts";
import { parseNumber } from "../message/text.ts";
import type { HeaderLine } from "../message/write.ts";
import type { UserAgentOptions } from "./user-agent.types.ts";

/** "The absolute minimum": RFC 4028 §5. */
export const LEAST_INTERVAL_SEC = 90;

/** "It is RECOMMENDED that this value be 30 minutes" (§4). */
const DEFAULT_INTERVAL_SEC = 1_800;

/** Longest interval that still protects anybody: a day, which is also the longest call of most carriers. A longer one is none. */
const MAX_INTERVAL_SEC = 86_400;

type Refresher = "uac" | "uas";

export type SessionExpires = { readonly intervalSec: number; readonly refresher: Refresher | undefined };

/** How we deal with session timers; see `SessionTimerOptions`. */
export type TimerPolicy = { readonly intervalSec: number; readonly minimumSec: number; readonly ask: boolean };

/** A timer that runs: how long, and who refreshes. */
export type AgreedTimer = { readonly intervalSec: number; readonly weRefresh: boolean };

/** What a 2xx of ours says about the session timer. */
export type TimerAnswer = {
  readonly timer: AgreedTimer | undefined;
  readonly headers: readonly HeaderLine[];
};

/** Undefined when `supported` does not list `timer`: then the extension is not spoken at all. */
export function timerPolicyOf({ supported, sessionTimer = {} }: UserAgentOptions): TimerPolicy | undefined {
  if (!supported.includes("timer")) return undefined;
  const minimumSec = Math.max(LEAST_INTERVAL_SEC, sessionTimer.minimumSec ?? LEAST_INTERVAL_SEC);
  const intervalSec = Math.max(minimumSec, sessionTimer.intervalSec ?? DEFAULT_INTERVAL_SEC);
  return { intervalSec: Math.min(MAX_INTERVAL_SEC, intervalSec), minimumSec, ask: sessionTimer.ask ?? true };
}

/** Reads a Session-Expires value such as `1800;refresher=uac` (RFC 4028 §4). An unknown refresher is none. */
export function parseSessionExpires(value: string): SessionExpires | Malformed {
  const semicolon = value.indexOf(";");
  const digits = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
  const intervalSec = parseNumber(digits, MAX_INTERVAL_SEC, "Session-Expires");
  if (intervalSec instanceof Malformed) return intervalSec;
  const params = semicolon < 0 ? undefined : parseParams(value, semicolon);
  if (params instanceof Malformed) return params;
  const refresher = params?.get("refresher")?.toLowerCase();
  return { intervalSec, refresher: refresher === "uac" || refresher === "uas" ? refresher : undefined };
}

/** Min-SE of a message, s; 90 when it has none that can be read (§5). */
export function minimumOf(message: MessageBase): number {
  const digits = (message.header("min-se") ?? "").split(";", 1)[0]?.trim() ?? "";
  const minimumSec = parseNumber(digits, MAX_INTERVAL_SEC, "Min-SE");
  return minimumSec instanceof Malformed ? LEAST_INTERVAL_SEC : Math.max(LEAST_INTERVAL_SEC, minimumSec);
}

/**
 * The Min-SE to refuse a session refresh request with (422, §9), or undefined when its interval will do. Only a client that
 * speaks the extension can be told: for another one a proxy has asked.
 */
export function tooSmall(request: SipRequest, policy: TimerPolicy | undefined): readonly HeaderLine[] | undefined {
  const asked = sessionExpiresOf(request);
  if (policy === undefined || asked === undefined || !speaksTimer(request)) return undefined;
  return asked.intervalSec < policy.minimumSec ? [["Min-SE", String(policy.minimumSec)]] : undefined;
}

/**
 * What our 2xx to a session refresh request says, by §9 and its table 2. What the client asks for is taken; when it asks for
 * nothing a running timer goes on, and one of our own wish begins.
 */
export function answerTimer(
  request: SipRequest,
  policy: TimerPolicy | undefined,
  running: AgreedTimer | undefined,
): TimerAnswer {
  if (policy === undefined) return NO_TIMER;
  const asked = sessionExpiresOf(request);
  if (asked !== undefined && asked.intervalSec < LEAST_INTERVAL_SEC) return NO_TIMER;
  const wanted = running?.intervalSec ?? (policy.ask ? policy.intervalSec : undefined);
  if (asked === undefined && wanted === undefined) return NO_TIMER;
  const intervalSec = asked?.intervalSec ?? Math.max(wanted ?? 0, minimumOf(request));
  const isSpoken = speaksTimer(request);
  const usual = running === undefined ? asked !== undefined : !running.weRefresh;
  const refresher = isSpoken ? (asked?.refresher ?? (usual ? "uac" : "uas")) : "uas";
  const headers: HeaderLine[] = [["Session-Expires", `${intervalSec};refresher=${refresher}`]];
  // MUST for a refreshing client, RECOMMENDED for one that only has to know (§9).
  if (isSpoken) headers.push(["Require", "timer"]);
  return { timer: { intervalSec, weRefresh: refresher === "uas" }, headers };
}

/**
 * What a session refresh request of ours says (§7.1, §7.4). The first one leaves it to the server who refreshes, the later ones
 * keep it as it is.
 *
 * @param minimumSec the highest Min-SE we were told
 */
export function askTimer(
  policy: TimerPolicy | undefined,
  running: AgreedTimer | undefined,
  minimumSec: number,
): readonly HeaderLine[] {
  const intervalSec = wantedInterval(policy, running, minimumSec);
  if (intervalSec === undefined) return [];
  const refresher = running === undefined ? "" : `;refresher=${running.weRefresh ? "uac" : "uas"}`;
  const headers: HeaderLine[] = [["Session-Expires", `${intervalSec}${refresher}`]];
  if (minimumSec > LEAST_INTERVAL_SEC) headers.push(["Min-SE", String(minimumSec)]);
  return headers;
}

/**
 * The timer after a 2xx to a session refresh request of ours (§7.2). A server that says nothing does not speak the extension: we
 * refresh if the wish is ours, else there is no timer any more.
 */
export function agreedTimer(
  response: MessageBase,
  policy: TimerPolicy | undefined,
  running: AgreedTimer | undefined,
  minimumSec: number,
): AgreedTimer | undefined {
  const said = sessionExpiresOf(response);
  if (policy === undefined) return undefined;
  if (said !== undefined) {
    const intervalSec = Math.max(LEAST_INTERVAL_SEC, said.intervalSec);
    return { intervalSec, weRefresh: said.refresher !== "uas" };
  }
  const intervalSec = wantedInterval(policy, running, minimumSec);
  return policy.ask && intervalSec !== undefined ? { intervalSec, weRefresh: true } : undefined;
}

const NO_TIMER: TimerAnswer = { timer: undefined, headers: [] };

function wantedInterval(
  policy: TimerPolicy | undefined,
  running: AgreedTimer | undefined,
  minimumSec: number,
): number | undefined {
  if (policy === undefined || (running === undefined && !policy.ask)) return undefined;
  return Math.max(running?.intervalSec ?? policy.intervalSec, minimumSec);
}

function sessionExpiresOf(message: MessageBase): SessionExpires | undefined {
  const value = message.header("session-expires");
  const parsed = value === undefined ? undefined : parseSessionExpires(value);
  return parsed instanceof Malformed ? undefined : parsed;
}

function speaksTimer(message: MessageBase): boolean {
  return [...message.values("supported"), ...message.values("require")].some((tag) => tag.toLowerCase() === "timer");
}
