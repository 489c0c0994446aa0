import type { RateRepository, TerminationRate } from "@trunkline/store";
import { atLongestPrefix, countryOf, countryPrefixes, prefixesOf } from "@trunkline/trunking";

const COUNTRIES = countryPrefixes();
const LONGEST = Math.max(...[...COUNTRIES.values()].flat().map((prefix) => prefix.length));

/** Called numbers of one price. */
export type PrefixPrice = {
  /** Digits without +; `ALL` for a rate of every number. */
  readonly destinationPrefixes: readonly string[];
  readonly priceMicros: number;
  readonly friendlyName: string;
};

/**
 * What calls to a country cost: rates within it, and, for those of its prefixes that have none of their own, the broader rate that holds
 * there (a rate for 1 is Canada's too until there is one for its area codes). The most specific first.
 */
export async function pricesOfCountry(repository: RateRepository, isoCountry: string): Promise<readonly PrefixPrice[]> {
  const prefixes = COUNTRIES.get(isoCountry) ?? [];
  const within = (await repository.underPrefixes(prefixes)).filter(
    ({ prefix }) => countryOf(`+${prefix}`) === isoCountry,
  );
  const broader = await repository.atPrefixes([...new Set(prefixes.flatMap(prefixesOf))]);
  const byPrefix = new Map(broader.map((rate) => [rate.prefix, rate]));
  const own = new Set(within.map(({ prefix }) => prefix));
  const inherited = prefixes
    .filter((prefix) => !own.has(prefix))
    .flatMap((prefix) => {
      const rate = atLongestPrefix(prefix, (each) => byPrefix.get(each));
      return rate === undefined ? [] : [{ ...rate, prefix }];
    });
  return grouped([...within, ...inherited]);
}

/** Rates of one name and price stand together, as in a price list. */
function grouped(rates: readonly TerminationRate[]): readonly PrefixPrice[] {
  const groups = Map.groupBy(rates, ({ priceMicros, friendlyName }) => `${priceMicros} ${friendlyName}`);
  return [...groups.values()]
    .flatMap(([first, ...others]) => (first === undefined ? [] : [[first, ...others] as const]))
    .map((group) => ({
      destinationPrefixes: group.map(({ prefix }) => prefix).sort(),
      priceMicros: group[0].priceMicros,
      friendlyName: group[0].friendlyName,
    }))
    .sort((a, b) => specificity(b) - specificity(a) || (firstOf(a) < firstOf(b) ? -1 : 1));
}

function firstOf({ destinationPrefixes }: PrefixPrice): string {
  return destinationPrefixes[0] ?? "";
}

function specificity(price: PrefixPrice): number {
  return firstOf(price).length;
}

/** What a call to a number costs: the rate of its longest prefix; undefined when none fits. */
export async function priceOfCall(repository: RateRepository, e164: string): Promise<PrefixPrice | undefined> {
  const candidates = await repository.atPrefixes(prefixesOf(e164));
  const byPrefix = new Map(candidates.map((rate) => [rate.prefix, rate]));
  const rate = atLongestPrefix(e164, (prefix) => byPrefix.get(prefix));
  return rate && { ...rate, destinationPrefixes: [rate.prefix || "ALL"] };
}

/** Countries that anything has a price for, in the order of their codes. */
export async function pricedCountries(repository: RateRepository): Promise<readonly string[]> {
  const heads = new Set(await repository.prefixHeads(LONGEST));
  const within = new Set([...heads].map((head) => countryOf(`+${head}`)));
  const numbers = new Set((await repository.ofNumbers("origination")).map(({ isoCountry }) => isoCountry));
  const isReached = (prefix: string): boolean => prefixesOf(prefix).some((each) => heads.has(each));
  return [...COUNTRIES]
    .filter(([code, prefixes]) => within.has(code) || numbers.has(code) || prefixes.some(isReached))
    .map(([code]) => code);
}
