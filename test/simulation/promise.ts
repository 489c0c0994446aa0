import type { CallRecord } from "@trunkline/trunking";
import type { Plan, Target } from "./plan.ts";
import type { Cast } from "./play.ts";

/** ORIG-4, TERM-12: not even a 100 for so long, and the next target is tried. */
const SILENCE_MS = 4_000;
/** What is decided closer together than this may go either way. */
const CROSSING_MS = 2_500;
/** A recording gets so long to begin before the caller hears of the answer. */
const RECORDER_MS = 3_000;
/** ORIG-4: answers after which no other customer's server is tried. */
const DEFINITE_FOR_ORIGINATION: readonly number[] = [400, 404, 405, 410, 416, 482, 484, 486];

/** What has to come of a call in which nothing is lost; `open` when two events cross. */
type Promised =
  | { readonly kind: "answered"; readonly by: number }
  | { readonly kind: "refused"; readonly status: number; readonly by: number }
  | { readonly kind: "cancelled" }
  | { readonly kind: "open" };

type Tried = { readonly target: Target; readonly callee: number };

/** Who is tried, in order: where the first redirection leads comes behind who redirects. Indices of the cast's callees. */
function orderOfTrial({ targets, elsewhere, direction }: Plan): readonly Tried[] {
  const order = targets.map((target, callee): Tried => ({ target, callee }));
  const redirecting = direction === "origination" ? targets.findIndex(({ kind }) => kind === "redirect") : -1;
  if (redirecting < 0) return order;
  return order.toSpliced(redirecting + 1, 0, { target: elsewhere ?? { kind: "absent" }, callee: targets.length });
}

function promisedBy(plan: Plan): Promised {
  const { direction, giveUpAfterMs } = plan;
  // While the recorder is waited for, who has answered may hang up again.
  if (plan.recording && plan.calleeActs.some(({ act, afterMs }) => act === "BYE" && afterMs < RECORDER_MS)) {
    return { kind: "open" };
  }
  let atMs = 0;
  let redirections = 0;
  let last: Promised = { kind: "open" };
  for (const [by, { target }] of orderOfTrial(plan).entries()) {
    atMs += decidedAfterMs(target);
    if (giveUpAfterMs < atMs - CROSSING_MS) return { kind: "cancelled" };
    if (giveUpAfterMs < atMs + CROSSING_MS) return { kind: "open" };
    if (target.kind === "answer") return { kind: "answered", by };
    if (target.kind === "redirect") {
      // A carrier's is a definite answer like others that its rule does not list; a second one of the customer's fails the call (ORIG-9).
      if (direction === "termination" || ++redirections > 1) return { kind: "refused", status: 502, by };
      continue;
    }
    last = { kind: "refused", status: target.kind === "refuse" ? target.status : 408, by };
    if (target.kind === "refuse" && isDefinite(plan, target.status)) return last;
  }
  return last;
}

function decidedAfterMs(target: Target): number {
  switch (target.kind) {
    case "absent":
      return SILENCE_MS;
    case "refuse":
    case "redirect":
      return target.afterMs;
    case "ring":
      return Number.POSITIVE_INFINITY;
    case "answer":
      return target.answerAfterMs;
    default:
      return target satisfies never;
  }
}

function isDefinite({ direction }: Plan, status: number): boolean {
  if (direction === "termination") return status !== 503;
  return status >= 600 || DEFINITE_FOR_ORIGINATION.includes(status);
}

/** Where a calm call came out otherwise than it had to. */
export function promise(cast: Cast, records: readonly CallRecord[]): readonly string[] {
  const promised = promisedBy(cast.plan);
  if (promised.kind === "open") return [];
  const [record] = records;
  const { call } = cast;
  // Who gives up while being challenged has not called anybody yet.
  if (!record) return call.cancelledAtMs !== null && call.status === 407 ? [] : ["no record of a calm call"];
  switch (promised.kind) {
    case "answered":
      return [
        ...(call.answeredAtMs === null
          ? [`target ${promised.by + 1} had to answer, and the caller saw ${call.status}`]
          : []),
        ...(record.status === "completed"
          ? []
          : [`target ${promised.by + 1} had to answer, and the record is ${record.status}`]),
        ...wrongTargets(cast, record, promised.by),
      ];
    case "refused":
      return [
        ...(call.status === promised.status
          ? []
          : [`${promised.status} had to reach the caller, who saw ${call.status}`]),
        ...(record.sipStatus === promised.status
          ? []
          : [`the record says ${record.sipStatus}, not ${promised.status}`]),
        ...wrongTargets(cast, record, promised.by),
      ];
    case "cancelled":
      return call.status === 487 && record.status === "canceled"
        ? []
        : [`the caller gave up, saw ${call.status}, and the record is ${record.status}`];
    default:
      return promised satisfies never;
  }
}

/** Everybody before the one that decided was tried once, and nobody after it; each failed one of a customer is an alert. */
function wrongTargets({ callees, plan, world }: Cast, record: CallRecord, decidedBy: number): readonly string[] {
  const problems: string[] = [];
  const tried = orderOfTrial(plan).slice(0, decidedBy + 1);
  if (record.attempts.length !== tried.length) problems.push(`${record.attempts.length} attempts, not ${tried.length}`);
  for (const [index, callee] of callees.entries()) {
    const due = tried.some((one) => one.callee === index) ? 1 : 0;
    if (callee && callee.calls.length !== due)
      problems.push(`callee ${index + 1} was called ${callee.calls.length} times`);
  }
  const raised = world.platform.alerts.filter(({ errorCode }) => errorCode === 32011).length;
  const due = plan.direction === "origination" ? tried.filter(({ target }) => fails(plan, target)).length : 0;
  if (raised !== due) problems.push(`${raised} alerts 32011, not ${due}`);
  return problems;
}

function fails(plan: Plan, target: Target): boolean {
  return target.kind === "absent" || (target.kind === "refuse" && !isDefinite(plan, target.status));
}
