import { pass, type Ruling, refuse } from "./ruling.ts";

/** What TERM-6 asks clients to send at least. */
const ADVISED_MAX_FORWARDS = 20;

/** TERM-6, RFC 3261 §16.3 step 3: a request that may not be forwarded any more is refused (483, 32006). */
export function checkMaxForwards(maxForwards: number): Ruling {
  const input = `Max-Forwards ${maxForwards}`;
  if (maxForwards <= 0)
    return refuse(32006, input, `Max-Forwards is used up. Send ${ADVISED_MAX_FORWARDS} or more, and look for a loop.`);
  if (maxForwards >= ADVISED_MAX_FORWARDS) return pass(input, "There are hops left.");
  return pass(input, `There are hops left, but fewer than the ${ADVISED_MAX_FORWARDS} that a client should send.`);
}
