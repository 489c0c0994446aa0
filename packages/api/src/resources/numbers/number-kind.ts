import type { NumberType } from "@trunkline/store";
import { countryOf } from "@trunkline/trunking";
import { type NumberType as MetadataType, parsePhoneNumberFromString } from "libphonenumber-js/max";

type Kind = { readonly isoCountry: string; readonly type: NumberType };

/** ISO 3166's code for "unknown": the number begins with no country's code. */
const COUNTRY_UNKNOWN = "ZZ";
const BY_METADATA: { readonly [T in Exclude<MetadataType, undefined>]?: NumberType } = {
  FIXED_LINE: "local",
  FIXED_LINE_OR_MOBILE: "local",
  MOBILE: "mobile",
  TOLL_FREE: "toll free",
  SHARED_COST: "national",
  UAN: "national",
  VOIP: "national",
  PERSONAL_NUMBER: "national",
  PREMIUM_RATE: "national",
};

/** What a number is by its digits alone; a range that nobody knows is taken for a local one. */
export function kindOf(e164: string): Kind {
  const parsed = parsePhoneNumberFromString(e164);
  const type = parsed?.getType();
  return {
    isoCountry: parsed?.country ?? countryOf(e164) ?? COUNTRY_UNKNOWN,
    type: (type && BY_METADATA[type]) ?? "local",
  };
}

/** As people of its country write it, such as (202) 555-0100. */
export function nationalForm(e164: string): string {
  return parsePhoneNumberFromString(e164)?.formatNational() ?? e164;
}
