import type { Flow, Host, SipResponse } from "@trunkline/sip";
import { MAX_TARGETS_PER_ATTEMPT, MIN_SILENCE_SHARE_MS } from "../limits.ts";
import type { Located, Locator, Target } from "../locate/locator.ts";
import type { TargetHealth } from "../locate/target-health.ts";

export type WayParts = { readonly host: Host; readonly locator: Locator; readonly health: TargetHealth };

/** The addresses of a URI in the order in which they are tried; at once when nothing has to be asked of DNS. */
export function locateInOrder({ locator, health }: WayParts, uri: string, found: (located: Located) => void): void {
  const tell = ({ targets, why }: Located): void =>
    found({ targets: health.inOrderOfTrial(targets).slice(0, MAX_TARGETS_PER_ATTEMPT), why });
  const located = locator.locate(uri);
  if (located instanceof Promise) {
    located.then(tell, (error: unknown) => found({ targets: [], why: String(error) }));
  } else tell(located);
}

/** A question to a server behind a URI, which may have several addresses. */
export type Question = {
  readonly uri: string;
  /** All its addresses together may be silent for so long. */
  readonly patienceMs: number;
  flowTo(target: Target): Flow | undefined;
  send(flow: Flow, done: (response: SipResponse | undefined) => void): void;
  /** An answer, once, or undefined with the reason. An answer that comes after that is told as another one. */
  done(response: SipResponse | undefined, why: string): void;
};

/**
 * Asks one address after the other until one answers with something else than 503 (RFC 3263 §4.3), and keeps account of who did. The
 * addresses share the patience, as those of a call's target do.
 */
export function ask(parts: WayParts, question: Question): void {
  locateInOrder(parts, question.uri, ({ targets, why }) => {
    if (targets.length === 0) question.done(undefined, why || "the host has no address");
    else askNext(parts, question, targets, Math.max(MIN_SILENCE_SHARE_MS, question.patienceMs / targets.length));
  });
}

function askNext(parts: WayParts, question: Question, targets: readonly Target[], shareMs: number): void {
  const [target, ...rest] = targets;
  const flow = target && question.flowTo(target);
  const { host, health } = parts;
  let isWaiting = true;
  const settle = (response: SipResponse | undefined, why: string): void => {
    isWaiting = false;
    host.clearTimer(limit);
    if (rest.length > 0 && (response === undefined || response.status === 503)) askNext(parts, question, rest, shareMs);
    else question.done(response, why);
  };
  const limit = host.setTimer(shareMs, () => {
    if (target) health.failed(target);
    settle(undefined, "no response");
  });
  if (!target || !flow) {
    settle(undefined, target ? `no ${target.transport} listener reaches ${target.address}` : "no address");
    return;
  }
  question.send(flow, (response) => {
    if (response === undefined && !isWaiting) return;
    if (response === undefined) health.failed(target);
    else health.heard(target);
    if (isWaiting) settle(response, response ? "" : "no response");
    else question.done(response, "");
  });
}
