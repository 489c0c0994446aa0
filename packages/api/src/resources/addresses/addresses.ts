import type { Address, Dated } from "@trunkline/store";
import { countryPrefixes, mintSid } from "@trunkline/trunking";
import { rfc2822Date } from "../../dates.ts";
import type { FormValues } from "../../form.ts";
import { anyText, clearable, coded, flag, given, matching, optional, text } from "../../form.ts";
import { invalid, Problem } from "../../problem.ts";
import { type At, noParent, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";

type AddressRow = Address & Dated;

const ADDRESS_INVALID = 21628;
/** Twilio's, in bytes of UTF-8: 16 characters of four bytes each. */
const CUSTOMER_NAME_MAX_BYTES = 64;
const COUNTRIES = countryPrefixes();

const part = coded(ADDRESS_INVALID, text(255));
const country = coded(ADDRESS_INVALID, matching(/^[A-Za-z]{2}$/, "the ISO 3166-1 code of a country such as US"));

const fields = {
  FriendlyName: clearable(coded(20002, text(64))),
  EmergencyEnabled: optional(flag()),
  AutoCorrectAddress: optional(flag()),
  StreetSecondary: clearable(part),
};

const conflicts = {
  limit: (most: number) => invalid(`This account has ${most} addresses, the most there can be. Delete one first.`),
  "in-use": new Problem(
    409,
    20409,
    "A phone number has this address: see its DependentPhoneNumbers. Give those another AddressSid first.",
  ),
};

/** 2010-04-01 Addresses: where customers are (contract §3.1). They are kept as they are given: nothing here knows the streets of the world. */
export const addresses: Resource<AddressRow, null> = {
  product: "api",
  noun: "address",
  path: "/Accounts/:accountSid/Addresses",
  key: "addresses",
  parent: noParent,
  view: viewAddress,
  list: accepts(
    {
      CustomerName: optional(anyText()),
      FriendlyName: optional(anyText()),
      EmergencyEnabled: optional(flag()),
      IsoCountry: optional(country),
    },
    async (at: At<null>, values) => {
      const filter = given({
        customerName: values.CustomerName,
        friendlyName: values.FriendlyName,
        emergencyEnabled: values.EmergencyEnabled,
        isoCountry: values.IsoCountry?.toUpperCase(),
      });
      return (page) => at.deps.store.addresses.list(at.account.sid, filter, page);
    },
  ),
  fetch: (at, sid) => at.deps.store.addresses.fetch(at.account.sid, sid),
  create: accepts(
    {
      CustomerName: part,
      Street: part,
      City: part,
      Region: part,
      PostalCode: part,
      IsoCountry: country,
      ...fields,
    },
    async (at: At<null>, values) => {
      const isoCountry = values.IsoCountry.toUpperCase();
      const wrong = whyNotName(values.CustomerName) ?? whyNotCountry(isoCountry);
      if (wrong) return wrong;
      const row = {
        sid: mintSid("AD", at.deps.randomHex(16)),
        accountSid: at.account.sid,
        friendlyName: values.FriendlyName ?? null,
        customerName: values.CustomerName,
        street: values.Street,
        streetSecondary: values.StreetSecondary ?? null,
        city: values.City,
        region: values.Region,
        postalCode: values.PostalCode,
        isoCountry,
        emergencyEnabled: values.EmergencyEnabled ?? false,
      };
      return settle(at, await at.deps.store.addresses.create(row), conflicts);
    },
  ),
  update: accepts(
    {
      CustomerName: optional(part),
      Street: optional(part),
      City: optional(part),
      Region: optional(part),
      PostalCode: optional(part),
      ...fields,
    },
    async (at: At<null> & { readonly row: AddressRow }, values) => {
      const wrong = values.CustomerName === undefined ? undefined : whyNotName(values.CustomerName);
      return wrong ?? settle(at, await at.deps.store.addresses.update(at.account.sid, at.row.sid, changeOf(values)));
    },
  ),
  remove: async (at, row) =>
    settleRemoval(at, await at.deps.store.addresses.delete(at.account.sid, row.sid), conflicts),
};

/** The address that the path of a request names, of the account it acts for. */
export async function addressOfPath(at: Context): Promise<AddressRow | undefined> {
  return at.deps.store.addresses.fetch(at.account.sid, at.param("addressSid"));
}

function whyNotName(customerName: string): Problem | undefined {
  if (new TextEncoder().encode(customerName).length <= CUSTOMER_NAME_MAX_BYTES) return undefined;
  return invalid(`CustomerName must be at most ${CUSTOMER_NAME_MAX_BYTES} bytes of UTF-8.`, ADDRESS_INVALID);
}

function whyNotCountry(isoCountry: string): Problem | undefined {
  if (COUNTRIES.has(isoCountry) && isoCountry !== "XW") return undefined;
  return invalid(`IsoCountry: "${isoCountry}" is no country of ISO 3166-1 with telephone numbers.`, ADDRESS_INVALID);
}

type Change = Partial<
  FormValues<typeof fields> & Record<"CustomerName" | "Street" | "City" | "Region" | "PostalCode", string | undefined>
>;

function changeOf(values: Change) {
  return given({
    friendlyName: values.FriendlyName,
    customerName: values.CustomerName,
    street: values.Street,
    streetSecondary: values.StreetSecondary,
    city: values.City,
    region: values.Region,
    postalCode: values.PostalCode,
    emergencyEnabled: values.EmergencyEnabled,
  });
}

function viewAddress(row: AddressRow, at: Context): object {
  return {
    sid: row.sid,
    account_sid: row.accountSid,
    friendly_name: row.friendlyName,
    customer_name: row.customerName,
    street: row.street,
    street_secondary: row.streetSecondary,
    city: row.city,
    region: row.region,
    postal_code: row.postalCode,
    iso_country: row.isoCountry,
    emergency_enabled: row.emergencyEnabled,
    validated: false,
    verified: false,
    date_created: rfc2822Date(row.createdAtMs),
    date_updated: rfc2822Date(row.updatedAtMs),
    uri: at.links.relative(`/Accounts/${row.accountSid}/Addresses/${row.sid}`),
  };
}
