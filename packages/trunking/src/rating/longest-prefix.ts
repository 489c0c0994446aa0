/** The digits of an E.164 number from all of them down to none: where a rate for it may stand, the best first. */
export function prefixesOf(e164: string): readonly string[] {
  const digits = e164.replace(/^\+/, "");
  return Array.from({ length: digits.length + 1 }, (_none, dropped) => digits.slice(0, digits.length - dropped));
}

/**
 * What stands at the longest prefix of a number; undefined when nothing stands at any. The work depends on the number's digits alone, not on
 * how many prefixes there are.
 *
 * @param at what stands at a prefix (digits without +; none: every number)
 */
export function atLongestPrefix<T>(e164: string, at: (prefix: string) => T | undefined): T | undefined {
  for (const prefix of prefixesOf(e164)) {
    const found = at(prefix);
    if (found !== undefined) return found;
  }
  return undefined;
}
