import { countryOf, countryPrefixes, decimalOfMicros, isE164 } from "@trunkline/trunking";
import { anyText, optional } from "../../form.ts";
import { pageOfSorted } from "../../page.ts";
import { notE164, type Problem } from "../../problem.ts";
import { type At, noParent, type Resource } from "../../resource.ts";
import { accepts, type Context, type Route } from "../../route.ts";
import { kindOf } from "../numbers/number-kind.ts";
import { countryName } from "./country-name.ts";
import { type PrefixPrice, pricedCountries, priceOfCall, pricesOfCountry } from "./country-prices.ts";

const TO_INVALID = 21211;
const FROM_INVALID = 21212;
const COUNTRIES = countryPrefixes();

/** Pricing v2 Trunking Countries: what calls to and from a country cost (contract §3.2). Every account has the same prices. */
export const trunkingCountries: Resource<string, null> = {
  product: "pricing",
  noun: "country with prices",
  path: "/Trunking/Countries",
  key: "countries",
  parent: noParent,
  viewListed: viewCountry,
  view: async (isoCountry, at) => {
    const { rates } = at.deps.store;
    const [terminating, originating] = await Promise.all([
      pricesOfCountry(rates, isoCountry),
      rates.ofNumbers("origination", isoCountry),
    ]);
    return {
      ...viewCountry(isoCountry, at),
      terminating_prefix_prices: terminating.map(viewPrefixPrice),
      originating_call_prices: originating.map((rate) => ({ ...viewPrice(rate), number_type: rate.numberType })),
      price_unit: await rates.currency(),
    };
  },
  list: accepts({}, async (at: At<null>) => {
    const countries = await pricedCountries(at.deps.store.rates);
    return async (page) => pageOfSorted(countries, (isoCountry) => isoCountry, page);
  }),
  fetch: async (_at, asked) => {
    const isoCountry = asked.toUpperCase();
    return COUNTRIES.has(isoCountry) ? isoCountry : undefined;
  },
};

const numberForm = accepts(
  { OriginationNumber: optional(anyText()) },
  async (at: Context, { OriginationNumber: given }) => {
    const destination = readNumber("DestinationNumber", at.param("number"), TO_INVALID);
    if (typeof destination !== "string") return destination;
    const origination = given === undefined ? null : readNumber("OriginationNumber", given, FROM_INVALID);
    if (origination !== null && typeof origination !== "string") return origination;
    return { status: 200 as const, body: await viewNumber(at, destination, origination) };
  },
);

/** Pricing v2 Trunking Numbers: what a call to a number costs, and, of a number that could be had here, what a call to it does. */
export const trunkingNumberRoute: Route = {
  method: "GET",
  product: "pricing",
  scope: "account",
  path: "/Trunking/Numbers/:number",
  summary: "Fetch: price of a number",
  form: numberForm.form,
  success: { status: 200 },
  run: (at) => numberForm.run(at, at.query),
};

/** With or without its +, as paths and queries carry it. */
function readNumber(name: string, given: string, code: number): string | Problem {
  const number = given.replace(/^[+ ]?(?=\d)/, "+");
  return isE164(number) ? number : notE164(name, given, code);
}

async function viewNumber(at: Context, destination: string, origination: string | null): Promise<object> {
  const { rates } = at.deps.store;
  const isoCountry = countryOf(destination) ?? null;
  const { type } = kindOf(destination);
  const [price, inbound, unit] = await Promise.all([
    priceOfCall(rates, destination),
    isoCountry === null ? [] : rates.ofNumbers("origination", isoCountry),
    rates.currency(),
  ]);
  const originating = inbound.find(({ numberType }) => numberType === type);
  return {
    destination_number: destination,
    origination_number: origination,
    country: isoCountry && countryName(isoCountry),
    iso_country: isoCountry,
    terminating_prefix_prices: price ? [viewPrefixPrice(price)] : [],
    originating_call_price: originating ? { ...viewPrice(originating), number_type: type } : null,
    price_unit: unit,
    url: at.links.absolute("pricing", `/Trunking/Numbers/${destination}`),
  };
}

function viewCountry(isoCountry: string, at: Context): object {
  return {
    country: countryName(isoCountry),
    iso_country: isoCountry,
    url: at.links.absolute("pricing", `/Trunking/Countries/${isoCountry}`),
  };
}

/** Prices do not depend on where a call comes from. */
function viewPrefixPrice(price: PrefixPrice): object {
  return {
    origination_prefixes: ["ALL"],
    destination_prefixes: price.destinationPrefixes,
    ...viewPrice(price),
    friendly_name: price.friendlyName,
  };
}

/** Decimal text, as Twilio's documents say of these numbers. There are no discounts, so that both are the same. */
function viewPrice({ priceMicros }: { readonly priceMicros: number }) {
  const price = decimalOfMicros(priceMicros);
  return { base_price: price, current_price: price };
}
