import { type Dated, NUMBER_TYPES, type Rate } from "@trunkline/store";
import { countryPrefixes, decimalOfMicros, mintSid } from "@trunkline/trunking";
import { z } from "zod";
import { isoDate } from "../../dates.ts";
import { about, decimal, given, matching, oneOf, optional, text } from "../../form.ts";
import { invalid, Problem } from "../../problem.ts";
import { type At, noParent, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import { countryName } from "./country-name.ts";

type RateRow = Rate & Dated;

const MICROS = 1_000_000;
/** How all numbers are written. */
const ALL = "*";
const COUNTRIES = countryPrefixes();

const shape = z.strictObject({
  sid: z.string(),
  kind: z.enum(["termination", "origination", "number"]),
  prefix: z.string().nullable(),
  iso_country: z.string().nullable(),
  number_type: z.string().nullable(),
  friendly_name: z.string(),
  price: z.string(),
  date_created: z.string(),
  date_updated: z.string(),
  url: z.string(),
});

const kind = about(
  "termination: a minute to a called number; origination: a minute of a call to a number of ours; number: a month of having one.",
  oneOf("termination", "origination", "number"),
);
const country = matching(/^[A-Za-z]{2}$/, "the ISO 3166-1 code of a country such as US");
const price = about(
  "Of a minute, or of a month for a number; in the currency of the installation.",
  decimal(0, 1_000_000, 6),
);
const name = about("What a price list calls it.", text(128));

const conflicts = { prefix: new Problem(409, 20409, "There is a rate for the same already. Change that one.") };

/** `/trunkline/v1/Rates`: what calls and numbers cost (interface §3). The longest prefix of a called number is its price. */
export const rates: Resource<RateRow, null> = {
  product: "trunkline",
  scope: "operator",
  noun: "rate",
  path: "/Rates",
  key: "rates",
  parent: noParent,
  shape,
  view: viewRate,
  list: accepts({ Kind: optional(kind), IsoCountry: optional(country) }, async (at: At<null>, values) => {
    const filter = given({ kind: values.Kind, isoCountry: values.IsoCountry?.toUpperCase() });
    return (page) => at.deps.store.rates.list(filter, page);
  }),
  fetch: (at, sid) => at.deps.store.rates.fetch(sid),
  create: accepts(
    {
      Kind: kind,
      // A form writes a blank where nobody encoded the +; nothing else can be meant by it.
      Prefix: optional(
        about(
          "Of a termination: beginning of the called numbers, such as +81; * for all.",
          matching(/^(\*|[+ ]?[1-9]\d{0,14})$/, "+ and up to 15 digits, or * for all numbers"),
        ),
      ),
      IsoCountry: optional(about("Of the others: where the number is.", country)),
      NumberType: optional(about("Of the others: what kind of number it is.", oneOf(...NUMBER_TYPES))),
      FriendlyName: optional(name),
      Price: price,
    },
    async (at: At<null>, values) => {
      const place = placeOf(values.Kind, values.Prefix, values.IsoCountry?.toUpperCase(), values.NumberType);
      if (place instanceof Problem) return place;
      const sid = mintSid("RT", at.deps.randomHex(16));
      const row = {
        sid,
        friendlyName: values.FriendlyName ?? nameOf(place),
        priceMicros: micros(values.Price),
        ...place,
      };
      return settle(at, await at.deps.store.rates.create(row), conflicts);
    },
  ),
  update: accepts(
    { FriendlyName: optional(name), Price: optional(price) },
    async (at: At<null> & { readonly row: RateRow }, { FriendlyName: friendlyName, Price: asked }) => {
      const change = given({ friendlyName, priceMicros: asked === undefined ? undefined : micros(asked) });
      return settle(at, await at.deps.store.rates.update(at.row.sid, change));
    },
  ),
  remove: async (at, row) => settleRemoval(at, await at.deps.store.rates.delete(row.sid)),
};

type Place = Rate extends infer Each
  ? Each extends Rate
    ? Omit<Each, "sid" | "friendlyName" | "priceMicros">
    : never
  : never;

/** A termination has a prefix, everything else a country and a type of number: what is missing or too much is said. */
function placeOf(
  kind: Rate["kind"],
  prefix: string | undefined,
  isoCountry: string | undefined,
  numberType: (typeof NUMBER_TYPES)[number] | undefined,
): Place | Problem {
  if (kind === "termination") {
    if (prefix === undefined) return invalid("Prefix is required for Kind=termination: give * for all numbers.");
    if (isoCountry ?? numberType) return invalid("Kind=termination has a Prefix, and no IsoCountry and NumberType.");
    return { kind, prefix: prefix.replace(/\D/g, ""), isoCountry: null, numberType: null };
  }
  if (prefix !== undefined) return invalid(`Kind=${kind} has IsoCountry and NumberType, and no Prefix.`);
  if (isoCountry === undefined || numberType === undefined) {
    return invalid(`IsoCountry and NumberType are required for Kind=${kind}.`);
  }
  if (!COUNTRIES.has(isoCountry)) return invalid(`IsoCountry: "${isoCountry}" is no country with telephone numbers.`);
  return { kind, prefix: null, isoCountry, numberType };
}

/** In the words of Twilio's own price lists. */
function nameOf(place: Place): string {
  if (place.kind !== "termination") {
    const what = place.kind === "origination" ? "Inbound Trunking Minute" : "Phone Number";
    return `${what} - ${countryName(place.isoCountry)} - ${place.numberType}`;
  }
  return `Outbound Trunking Minute - ${place.prefix === "" ? "Everywhere" : `+${place.prefix}`}`;
}

function micros(price: number): number {
  return Math.round(price * MICROS);
}

function viewRate(row: RateRow, at: Context): z.infer<typeof shape> {
  return {
    sid: row.sid,
    kind: row.kind,
    prefix: row.prefix === "" ? ALL : row.prefix && `+${row.prefix}`,
    iso_country: row.isoCountry,
    number_type: row.numberType,
    friendly_name: row.friendlyName,
    price: decimalOfMicros(row.priceMicros),
    date_created: isoDate(row.createdAtMs),
    date_updated: isoDate(row.updatedAtMs),
    url: at.links.absolute("trunkline", `/Rates/${row.sid}`),
  };
}
