import type { NumberCapability, NumberSearch, NumberType, StockedNumber } from "@trunkline/store";
import { countryPrefixes } from "@trunkline/trunking";
import type { FormValues } from "../../form.ts";
import { anyText, coded, flag, given, matching, optional, text, wholeNumber } from "../../form.ts";
import { invalid, Problem } from "../../problem.ts";
import { type At, noParent, type Resource } from "../../resource.ts";
import { accepts, type Context, type Route } from "../../route.ts";
import { nationalForm } from "./number-kind.ts";
import { readContains } from "./number-pattern.ts";
import { viewCapabilities } from "./phone-number-row.ts";

const PATH = "/Accounts/:accountSid/AvailablePhoneNumbers";
const AREA_CODE_INVALID = 21451;
const AREA_CODE_NOT_SUPPORTED = 21457;
const NAMES = new Intl.DisplayNames("en", { type: "region" });
const NOTHING = { rows: [], next: null, previous: null };

/** Twilio's kinds of numbers, and which of ours they are; null: there are none here. */
const KINDS: readonly (readonly [path: string, key: string, type: NumberType | null])[] = [
  ["Local", "local", "local"],
  ["Mobile", "mobile", "mobile"],
  ["TollFree", "toll_free", "toll free"],
  ["National", "national", "national"],
  ["Voip", "voip", null],
  ["SharedCost", "shared_cost", null],
  ["MachineToMachine", "machine_to_machine", null],
];

type Country = { readonly isoCode: string; readonly types: readonly NumberType[] };

/** 2010-04-01 AvailablePhoneNumbers: the countries in which there are numbers to buy, in one piece (contract §3.1, NUM-1). */
export const countryList: Route = {
  product: "api",
  scope: "account",
  method: "GET",
  path: PATH,
  summary: "List: country with available phone numbers",
  form: {},
  success: { status: 200 },
  run: async (at) => {
    const countries = (await countriesOnSale(at)).map((country) => viewCountry(country, at));
    return {
      status: 200,
      body: { countries, uri: at.links.relative(`/Accounts/${at.account.sid}/AvailablePhoneNumbers`) },
    };
  },
};

export const availableCountry: Resource<Country, null> = {
  product: "api",
  noun: "country with available phone numbers",
  path: PATH,
  key: "countries",
  parent: noParent,
  view: viewCountry,
  fetch: async (at, isoCode) =>
    (await countriesOnSale(at)).find((country) => country.isoCode === isoCode.toUpperCase()),
};

const filters = {
  AreaCode: optional(coded(AREA_CODE_INVALID, matching(/^[2-9]\d\d$/, "an area code of three digits such as 202"))),
  Contains: optional(text(32)),
  VoiceEnabled: optional(flag()),
  SmsEnabled: optional(flag()),
  MmsEnabled: optional(flag()),
  FaxEnabled: optional(flag()),
  InRegion: optional(text(64)),
  InLocality: optional(text(64)),
  // No number here asks for an address, and none is on trial: these leave nothing out.
  ExcludeAllAddressRequired: optional(flag()),
  ExcludeLocalAddressRequired: optional(flag()),
  ExcludeForeignAddressRequired: optional(flag()),
  Beta: optional(flag()),
  Distance: optional(wholeNumber(0, 500)),
  NearNumber: optional(anyText()),
  NearLatLong: optional(anyText()),
  InPostalCode: optional(anyText()),
  InRateCenter: optional(anyText()),
  InLata: optional(anyText()),
};
type Filters = FormValues<typeof filters>;

/** What is asked for and not known of the numbers here. */
const UNKNOWN_PLACES = ["NearNumber", "NearLatLong", "InPostalCode", "InRateCenter", "InLata"] as const;

/** The numbers of one country and kind that can be bought. Whose they are in the network, nobody is told. */
export const availableNumbers: readonly Resource<StockedNumber, string>[] = KINDS.map(([name, , type]) => ({
  product: "api",
  noun: `available phone number (${name})`,
  path: `${PATH}/:countryCode/${name}`,
  key: "available_phone_numbers",
  parent: async (at: Context) => countryOfPath(at),
  view: viewAvailable,
  list: accepts(filters, async (at: At<string>, values) => {
    const search = searchOf(at.parent, values);
    if (search instanceof Problem) return search;
    if (type === null) return async () => NOTHING;
    return (page) => at.deps.store.inventory.search({ ...search, type }, page);
  }),
}));

function countryOfPath(at: Context): string | undefined {
  const isoCode = at.param("countryCode").toUpperCase();
  return countryPrefixes().has(isoCode) ? isoCode : undefined;
}

function searchOf(isoCountry: string, values: Filters): Omit<NumberSearch, "type"> | Problem {
  const place = UNKNOWN_PLACES.find((name) => values[name] !== undefined);
  if (place !== undefined) {
    return invalid(
      `${place}: numbers here are known by region and locality only. Use InRegion, InLocality or Contains.`,
    );
  }
  if (values.AreaCode !== undefined && !["US", "CA"].includes(isoCountry)) {
    return invalid(
      "AreaCode is for the US and Canada. Use Contains, such as +4930 for Berlin.",
      AREA_CODE_NOT_SUPPORTED,
    );
  }
  const contains = values.Contains === undefined ? undefined : readContains(values.Contains);
  if (contains && "wrong" in contains)
    return invalid(`Contains ${contains.wrong}, not ${JSON.stringify(values.Contains)}.`);
  const capabilities: { [C in NumberCapability]?: boolean } = given({
    voice: values.VoiceEnabled,
    sms: values.SmsEnabled,
    mms: values.MmsEnabled,
    fax: values.FaxEnabled,
  });
  return {
    isoCountry,
    capabilities,
    ...given({
      prefix: values.AreaCode === undefined ? undefined : `+1${values.AreaCode}`,
      contains: contains?.pattern,
      region: values.InRegion,
      locality: values.InLocality,
    }),
  };
}

async function countriesOnSale(at: Context): Promise<readonly Country[]> {
  const byCountry = Map.groupBy(await at.deps.store.inventory.onSale(), ({ isoCountry }) => isoCountry);
  return [...byCountry].map(([isoCode, kinds]) => ({ isoCode, types: kinds.map(({ type }) => type) }));
}

function viewCountry({ isoCode, types }: Country, at: Context): object {
  const path = `/Accounts/${at.account.sid}/AvailablePhoneNumbers/${isoCode}`;
  const there = KINDS.filter(([, , type]) => type !== null && types.includes(type));
  return {
    country_code: isoCode,
    country: NAMES.of(isoCode) ?? isoCode,
    uri: at.links.relative(path),
    beta: false,
    subresource_uris: Object.fromEntries(there.map(([name, key]) => [key, at.links.relative(`${path}/${name}`)])),
  };
}

function viewAvailable(row: StockedNumber): object {
  return {
    friendly_name: nationalForm(row.e164),
    phone_number: row.e164,
    lata: null,
    locality: row.locality,
    rate_center: null,
    latitude: null,
    longitude: null,
    region: row.region,
    postal_code: null,
    iso_country: row.isoCountry,
    address_requirements: "none",
    beta: false,
    capabilities: viewCapabilities(row.capabilities),
  };
}
