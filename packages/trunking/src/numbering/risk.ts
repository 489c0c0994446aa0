/**
 * How risky a call to a number is for the account that pays for it. The three are switched on one by one, per country (TERM-13), as in
 * Twilio's dialing permissions.
 */
export type NumberRisk =
  | "low"
  /** Premium rate, shared cost, personal and satellite numbers: dear by design. */
  | "high-special"
  /** Destinations whose ranges fraudsters rent for a share of what calls to them cost. */
  | "high-toll-fraud";

/** Prefixes (digits after `+`) of numbers that are dear by design. From the national numbering plans; not complete, and need not be. */
const SPECIAL = prefixes(`
  1900 1976 2712 2786 3090 31900 31906 31909 3290 33891 33892 33897 33899 34803 34806 34807 34905 35176 353152 353153 353154 353155 353156 353157 353158
  353159 3581 358600 358700 3690 39144 39178 39199 39892 39893 39894 39895 39899 4084 4190 43900 43901 43930 43931 43939 4470 44871 44872 44873
  449 4590 46900 46939 46944 47820 47829 4870 49137 49180 49900 6119 648 6590 81570 81990 8521 80820
  808 870 878 881 882 883 888 979 991`);

/** Prefixes of destinations with many numbers rented out for fraud, by the public reports of the carriers' fraud forums. */
const TOLL_FRAUD = prefixes(`
  220 224 232 235 239 243 245 247 252 253 257 261 263 269 290 291 37190 37281 37282 37840 500 53 670 672 674 675 677 678 681 682 683 685
  686 688 690 692 850 960 99237 993 1264 1268 1284 1473 1649 1664 1767 1784 1809 1829 1849 1876`);

const LONGEST_PREFIX = Math.max(...[...SPECIAL, ...TOLL_FRAUD].map((prefix) => prefix.length));

/** What kind of number an E.164 number is; the longest prefix known decides, `low` when none is. */
export function riskOf(e164: string): NumberRisk {
  for (let end = Math.min(e164.length, LONGEST_PREFIX + 1); end > 1; end--) {
    const prefix = e164.slice(1, end);
    if (SPECIAL.has(prefix)) return "high-special";
    if (TOLL_FRAUD.has(prefix)) return "high-toll-fraud";
  }
  return "low";
}

/** The special-number prefixes that begin with one of a country's own, for the list that Twilio's API gives of them. */
export function specialPrefixesUnder(countryPrefixes: readonly string[]): readonly string[] {
  return [...SPECIAL].filter((prefix) => countryPrefixes.some((start) => prefix.startsWith(start)));
}

function prefixes(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
