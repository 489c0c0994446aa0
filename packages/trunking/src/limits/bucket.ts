/**
 * A token bucket as one number: the moment at which it will be full again (the generic cell rate algorithm, ITU-T I.371). A bucket that
 * is full needs no state at all, so only those in use cost memory.
 */
export type Bucket = { readonly fullAtMs: number };

/** @property burst tokens in a full bucket, at least 1: how many calls may start at the same moment */
export type BucketRate = { readonly perSecond: number; readonly burst: number };

export type Draw =
  | { readonly kind: "taken"; readonly bucket: Bucket }
  /** Nothing is taken; in `afterMs` there will be a token, if nobody else takes it. */
  | { readonly kind: "empty"; readonly afterMs: number };

/** What a rate of zero answers: there will be no token, and a caller must be told something. */
const NEVER_MS = 3_600_000;

/**
 * Takes one token. Pure; time is the caller's and never goes backwards.
 *
 * A bucket made under another rate is read under the present one: a raised limit helps at once.
 */
export function drawToken(bucket: Bucket | undefined, rate: BucketRate, nowMs: number): Draw {
  if (rate.perSecond <= 0) return { kind: "empty", afterMs: NEVER_MS };
  const tokenMs = 1_000 / rate.perSecond;
  const burst = Math.max(1, rate.burst);
  const emptiestMs = nowMs + burst * tokenMs;
  const fullAtMs = Math.min(Math.max(bucket?.fullAtMs ?? nowMs, nowMs), emptiestMs);
  const afterMs = fullAtMs - nowMs - (burst - 1) * tokenMs;
  if (afterMs > ROUNDING_MS) return { kind: "empty", afterMs };
  return { kind: "taken", bucket: { fullAtMs: fullAtMs + tokenMs } };
}

/** Thirds and sevenths of a second do not add up exactly in binary. */
const ROUNDING_MS = 0.001;
