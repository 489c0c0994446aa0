import { anyText, matching, optional } from "../../form.ts";
import type { CallerNamePort } from "../../ports.ts";
import { invalid } from "../../problem.ts";
import { accepts, type Context, type Route } from "../../route.ts";
import { type Validation, validate } from "./validation.ts";

/** The packages of Lookup v2 (contract §3.2), and the fields of each with nothing in them. */
const PACKAGES = {
  caller_name: { caller_name: null, caller_type: null },
  sim_swap: {
    last_sim_swap: null,
    carrier_name: null,
    mobile_country_code: null,
    mobile_network_code: null,
  },
  call_forwarding: { call_forwarding_enabled: null },
  line_type_intelligence: { mobile_country_code: null, mobile_network_code: null, carrier_name: null, type: null },
  line_status: { status: null },
  identity_match: {
    first_name_match: null,
    last_name_match: null,
    address_lines_match: null,
    city_match: null,
    state_match: null,
    postal_code_match: null,
    address_country_match: null,
    national_id_match: null,
    date_of_birth_match: null,
    summary_score: null,
    error_message: null,
  },
  reassigned_number: { last_verified_date: null, is_number_reassigned: null },
  sms_pumping_risk: {
    carrier_risk_category: null,
    number_blocked: null,
    number_blocked_date: null,
    number_blocked_last_3_months: null,
    sms_pumping_risk_score: null,
  },
  phone_number_quality_score: {},
  pre_fill: {},
} as const;
type Package = keyof typeof PACKAGES;
const NAMES = Object.keys(PACKAGES) as Package[];
/** Twilio asks for it, and answers as for all the others. */
const VALIDATION = "validation";

/** Lookup's own codes: the package is not to be had here; it has no numbers of that country; nobody can have the number. */
const NOT_ENABLED = 60606;
const COUNTRY_UNSUPPORTED = 60607;
const OUT_OF_COVERAGE = 60610;
/** CNAM is a service of the North American network. */
const CNAM_COUNTRIES: ReadonlySet<string | null> = new Set(["US", "CA"]);

/** What the package of identity needs, and nothing here looks at. */
const IDENTITY = [
  "FirstName",
  "LastName",
  "AddressLine1",
  "AddressLine2",
  "City",
  "State",
  "PostalCode",
  "AddressCountryCode",
  "NationalId",
  "DateOfBirth",
  "LastVerifiedDate",
  "VerificationSid",
  "PartnerSubId",
] as const;
const ignored = Object.fromEntries(IDENTITY.map((name) => [name, optional(anyText())]));

const lookup = accepts(
  {
    Fields: optional(anyText()),
    CountryCode: optional(matching(/^[A-Za-z]{2}$/, "the ISO 3166-1 code of a country such as US")),
    ...ignored,
  },
  async (at: Context, values: { readonly Fields: string | undefined; readonly CountryCode: string | undefined }) => {
    const given = at.param("number");
    if (given === "") return at.missing();
    const asked = new Set(
      (values.Fields ?? "")
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== ""),
    );
    const unknown = [...asked].find((name) => name !== VALIDATION && !NAMES.some((known) => known === name));
    if (unknown !== undefined) {
      return invalid(`Fields: there is no package "${unknown.slice(0, 64)}". There are ${NAMES.join(", ")}.`);
    }
    const found = validate(given.replace(/^ (?=\d)/, "+"), values.CountryCode?.toUpperCase());
    return { status: 200 as const, body: await viewLookup(at, given, found, asked) };
  },
);

/** Lookups v2: what a number is, and whose (contract §3.2). */
export const lookupRoute: Route = {
  method: "GET",
  product: "lookups",
  scope: "account",
  path: "/PhoneNumbers/:number",
  summary: "Fetch: what a number is",
  form: lookup.form,
  success: { status: 200 },
  run: (at) => lookup.run(at, at.query),
};

async function viewLookup(at: Context, given: string, found: Validation, asked: ReadonlySet<string>): Promise<object> {
  const packages = await Promise.all(
    NAMES.map(async (name) => [name, asked.has(name) ? await viewPackage(at, name, found) : null] as const),
  );
  const number = found.valid ? found.e164 : given;
  return {
    calling_country_code: found.valid ? found.callingCode : null,
    country_code: found.valid ? found.isoCountry : null,
    phone_number: number,
    national_format: found.valid ? found.nationalFormat : null,
    valid: found.valid,
    validation_errors: found.valid ? [] : found.errors,
    ...Object.fromEntries(packages),
    url: at.links.absolute("lookups", `/PhoneNumbers/${found.valid ? number : encodeURIComponent(number)}`),
  };
}

async function viewPackage(at: Context, name: Package, found: Validation): Promise<object> {
  if (name !== "caller_name") return { ...PACKAGES[name], error_code: NOT_ENABLED };
  if (!found.valid) return { ...PACKAGES[name], error_code: OUT_OF_COVERAGE };
  if (!CNAM_COUNTRIES.has(found.isoCountry)) return { ...PACKAGES[name], error_code: COUNTRY_UNSUPPORTED };
  const source: CallerNamePort = at.deps.callerNames ?? at.deps.store.callerNames;
  const known = await source.fetch(found.e164);
  return { caller_name: known?.callerName ?? null, caller_type: known?.callerType ?? null, error_code: null };
}
