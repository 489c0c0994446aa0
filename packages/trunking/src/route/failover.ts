import type { Trunk } from "../model.ts";
import type { Attempt } from "./types.ts";

/** ORIG-4: how long one target may stay silent, unless the trunk says otherwise. */
export const NO_RESPONSE_MS = 4_000;

/** ORIG-4: the final answers after which no other target is tried: those that say something about the call, not about the target. */
export const DEFAULT_FINAL_STATUSES: readonly number[] = [
  ...[400, 404, 405, 410, 416, 482, 484, 486],
  ...Array.from({ length: 100 }, (_, index) => 600 + index),
];

/**
 * CAR-1: the final answers of a carrier after which the next one is tried, where an operator names none: those that say something about the
 * carrier, or about us as its customer, and nothing about the called party.
 */
export const DEFAULT_RETRY_STATUSES: readonly number[] = [401, 402, 407, 408, 500, 501, 502, 503, 504, 505, 513, 580];

/** A trunk's failover rule; a list of its own replaces the default whole, 6xx included. */
export function failoverOf(trunk: Trunk): Pick<Attempt, "noResponseMs" | "retry"> {
  return {
    noResponseMs: trunk.failoverTimeoutMs ?? NO_RESPONSE_MS,
    retry: { kind: "unless", statuses: trunk.failoverFinalStatuses ?? DEFAULT_FINAL_STATUSES },
  };
}
