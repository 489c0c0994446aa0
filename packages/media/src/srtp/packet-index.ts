/** Sequence numbers in one round of the rollover counter. */
export const ROUND = 65_536;
const HALF = ROUND / 2;

/**
 * The packet index, 2^16 · ROC + SEQ, that a sequence number most likely means next to the highest one known (RFC 3711 §3.3.1,
 * appendix A). Below 0 for one that would lie before the first round.
 */
export function estimateIndex(highest: number, sequence: number): number {
  const latest = highest % ROUND;
  const round = highest - latest;
  if (latest < HALF) return sequence - latest > HALF ? round - ROUND + sequence : round + sequence;
  return latest - HALF > sequence ? round + ROUND + sequence : round + sequence;
}
