import {
  type CountryCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
} from "libphonenumber-js/max";

type ValidationError =
  | "TOO_SHORT"
  | "TOO_LONG"
  | "INVALID_BUT_POSSIBLE"
  | "INVALID_COUNTRY_CODE"
  | "INVALID_LENGTH"
  | "NOT_A_NUMBER";

/** What the numbering plans say of a number. */
export type Validation =
  | { readonly valid: false; readonly errors: readonly [ValidationError] }
  | {
      readonly valid: true;
      readonly e164: string;
      /** Without +. */
      readonly callingCode: string;
      /** ISO 3166-1; null for networks without a country. */
      readonly isoCountry: string | null;
      readonly nationalFormat: string;
    };

const LENGTH_ERRORS = {
  INVALID_COUNTRY: "INVALID_COUNTRY_CODE",
  NOT_A_NUMBER: "NOT_A_NUMBER",
  TOO_SHORT: "TOO_SHORT",
  TOO_LONG: "TOO_LONG",
  INVALID_LENGTH: "INVALID_LENGTH",
} as const;

/** How a number without + is read when no country is given, as at Twilio. */
const COUNTRY_DEFAULT = "US";

/**
 * Looks a number up in the world's numbering plans. It says what a number could be, not whether anybody has it.
 *
 * @param text international with +, or national
 * @param country that a national number is of (ISO 3166-1, upper case)
 */
export function validate(text: string, country: string = COUNTRY_DEFAULT): Validation {
  const refused = (error: ValidationError): Validation => ({ valid: false, errors: [error] });
  if (!isSupportedCountry(country)) return refused("INVALID_COUNTRY_CODE");
  const home: CountryCode = country;
  const length = validatePhoneNumberLength(text, home);
  if (length !== undefined) return refused(LENGTH_ERRORS[length]);
  const number = parsePhoneNumberFromString(text, home);
  if (number === undefined) return refused("NOT_A_NUMBER");
  if (!number.isValid()) return refused("INVALID_BUT_POSSIBLE");
  return {
    valid: true,
    e164: number.number,
    callingCode: number.countryCallingCode,
    isoCountry: number.country ?? null,
    nationalFormat: number.formatNational(),
  };
}
