import {
  type Continent,
  continentOf,
  countryPermission,
  countryPrefixes,
  type PermissionReader,
  type RiskPermission,
  specialPrefixesUnder,
} from "@trunkline/trunking";
import type { Context } from "../../route.ts";

/** A country as Twilio's dialing permissions have it. */
export type DialingCountry = {
  readonly isoCode: string;
  readonly name: string;
  readonly continent: Continent | null;
  /** Prefixes of its numbers, such as `+81`. */
  readonly countryCodes: readonly string[];
  /** ISO codes of everything that is switched together under this one. */
  readonly covers: readonly string[];
};

const PREFIXES = countryPrefixes();
const NAMES = new Intl.DisplayNames("en", { type: "region" });
/** Contract §4.1: `US` stands for both; `XW` is no country of ISO's. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  US: "United States/Canada",
  XW: "Satellite and worldwide networks",
};
const UNDER: Readonly<Record<string, string>> = { CA: "US" };

const COUNTRIES: ReadonlyMap<string, DialingCountry> = new Map(
  [...PREFIXES]
    .filter(([isoCode]) => UNDER[isoCode] === undefined)
    .map(([isoCode, prefixes]) => [
      isoCode,
      {
        isoCode,
        name: OWN_NAMES[isoCode] ?? NAMES.of(isoCode) ?? isoCode,
        continent: continentOf(isoCode) ?? null,
        countryCodes: prefixes.map((prefix) => `+${prefix}`),
        covers: [isoCode, ...Object.keys(UNDER).filter((other) => UNDER[other] === isoCode)],
      },
    ]),
);

/** Every country, by ISO code. */
export function dialingCountries(): Iterable<DialingCountry> {
  return COUNTRIES.values();
}

/** By ISO code in any case; undefined for what has no entry of its own. */
export function dialingCountry(isoCode: string): DialingCountry | undefined {
  return COUNTRIES.get(isoCode.toUpperCase());
}

/** Why there is no such entry, and what to do. */
export function whyNoCountry(isoCode: string): string {
  const under = UNDER[isoCode.toUpperCase()];
  if (under === undefined) return `"${isoCode}" is no country with telephone numbers. Write its ISO 3166-1 code.`;
  return `${isoCode.toUpperCase()} is part of ${under} here. Use ${under}, or /trunkline/v1/GeoPermissions to tell them apart.`;
}

/** Prefixes of numbers in the country that are dear by design, such as `+1900`. */
export function specialPrefixes({ covers }: DialingCountry): readonly string[] {
  const own = covers.flatMap((isoCode) => PREFIXES.get(isoCode) ?? []);
  return specialPrefixesUnder(own).map((prefix) => `+${prefix}`);
}

/** What an account may call in the country: of two that are switched together, what both allow. */
export function permissionFor(
  { covers }: DialingCountry,
  accountSid: string,
  permissions: PermissionReader,
): RiskPermission {
  const each = covers.map((isoCode) => countryPermission(isoCode, accountSid, permissions));
  return {
    lowRisk: each.every(({ lowRisk }) => lowRisk),
    highRiskSpecial: each.every(({ highRiskSpecial }) => highRiskSpecial),
    highRiskTollFraud: each.every(({ highRiskTollFraud }) => highRiskTollFraud),
  };
}

/** The permissions that may decide for the account of a request: its own and its parent's. */
export async function readPermissions({ account, deps: { store } }: Context): Promise<PermissionReader> {
  const sids = [account.sid, ...(account.parentSid === null ? [] : [account.parentSid])];
  const [settings, ...lists] = await Promise.all([
    store.accountSettings.fetchAll(sids),
    ...sids.map((sid) => store.dialingPermissions.list(sid)),
  ]);
  const permissions = new Map(lists.flat().map((row) => [`${row.accountSid}/${row.destination}`, row]));
  return {
    account: (sid) => (sid === account.sid ? account : undefined),
    accountSettings: (sid) => settings.get(sid),
    dialingPermission: (sid, destination) => permissions.get(`${sid}/${destination}`),
  };
}
