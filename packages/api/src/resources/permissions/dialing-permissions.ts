import type { RiskPermission } from "@trunkline/trunking";
import { anyText, flag, optional } from "../../form.ts";
import { pageOfSorted } from "../../page.ts";
import { type At, noParent, type Resource } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import {
  type DialingCountry,
  dialingCountries,
  dialingCountry,
  permissionFor,
  readPermissions,
  specialPrefixes,
} from "./dialing-countries.ts";

type CountryRow = DialingCountry & RiskPermission;

const filters = {
  IsoCode: optional(anyText()),
  Continent: optional(anyText()),
  CountryCode: optional(anyText()),
  LowRiskNumbersEnabled: optional(flag()),
  HighRiskSpecialNumbersEnabled: optional(flag()),
  HighRiskTollfraudNumbersEnabled: optional(flag()),
};

/** Voice v1 dialing permissions: every country with what the account may call there (contract §3.2, TERM-13). */
export const dialingPermissionCountries: Resource<CountryRow, null> = {
  product: "voice",
  noun: "dialing permissions for a country",
  path: "/DialingPermissions/Countries",
  key: "content",
  parent: noParent,
  view: (row, at) => {
    const url = at.links.absolute("voice", `/DialingPermissions/Countries/${row.isoCode}`);
    return {
      iso_code: row.isoCode,
      name: row.name,
      continent: row.continent,
      country_codes: row.countryCodes,
      low_risk_numbers_enabled: row.lowRisk,
      high_risk_special_numbers_enabled: row.highRiskSpecial,
      high_risk_tollfraud_numbers_enabled: row.highRiskTollFraud,
      url,
      links: { highrisk_special_prefixes: `${url}/HighRiskSpecialPrefixes` },
    };
  },
  list: accepts(filters, async (at: At<null>, filter) => {
    const permissions = await readPermissions(at);
    const digits = filter.CountryCode?.replace(/\D/g, "");
    const wanted = (given: boolean | undefined, has: boolean): boolean => given === undefined || given === has;
    const rows = [...dialingCountries()]
      .filter(({ isoCode }) => filter.IsoCode === undefined || filter.IsoCode.toUpperCase() === isoCode)
      .filter(({ continent }) => filter.Continent === undefined || filter.Continent.toUpperCase() === continent)
      .filter(({ countryCodes }) => digits === undefined || countryCodes.includes(`+${digits}`))
      .map((country) => ({ ...country, ...permissionFor(country, at.account.sid, permissions) }))
      .filter((row) => wanted(filter.LowRiskNumbersEnabled, row.lowRisk))
      .filter((row) => wanted(filter.HighRiskSpecialNumbersEnabled, row.highRiskSpecial))
      .filter((row) => wanted(filter.HighRiskTollfraudNumbersEnabled, row.highRiskTollFraud));
    return async (page) => pageOfSorted(rows, (row) => row.isoCode, page);
  }),
  fetch: async (at, isoCode) => {
    const country = dialingCountry(isoCode);
    return country && { ...country, ...permissionFor(country, at.account.sid, await readPermissions(at)) };
  },
};

/** Voice v1 high-risk special prefixes of a country: what `HighRiskSpecialNumbersEnabled` switches there. */
export const highRiskSpecialPrefixes: Resource<string, DialingCountry> = {
  product: "voice",
  noun: "high-risk special prefix of a country",
  path: "/DialingPermissions/Countries/:isoCode/HighRiskSpecialPrefixes",
  key: "content",
  parent: async (at: Context) => dialingCountry(at.param("isoCode")),
  view: (prefix) => ({ prefix }),
  list: accepts({}, async (at: At<DialingCountry>) => {
    const prefixes = specialPrefixes(at.parent);
    return async (page) => pageOfSorted(prefixes, (prefix) => prefix, page);
  }),
};
