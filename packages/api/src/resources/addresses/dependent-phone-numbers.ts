import type { Address } from "@trunkline/store";
import { rfc2822Date } from "../../dates.ts";
import type { At, Resource } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import { type PhoneNumberRow, viewCommon } from "../numbers/phone-number-row.ts";
import { addressOfPath } from "./addresses.ts";

/** 2010-04-01 DependentPhoneNumbers: the numbers that have an address (contract §3.1). */
export const dependentPhoneNumbers: Resource<PhoneNumberRow, Address> = {
  product: "api",
  noun: "phone number that has an address",
  path: "/Accounts/:accountSid/Addresses/:addressSid/DependentPhoneNumbers",
  key: "dependent_phone_numbers",
  parent: addressOfPath,
  view: viewDependent,
  list: accepts({}, async (at: At<Address>) => (page) => {
    return at.deps.store.addresses.listDependentNumbers(at.account.sid, at.parent.sid, page);
  }),
};

function viewDependent(row: PhoneNumberRow, at: Context): object {
  const { beta: _ofOtherListsOnly, ...common } = viewCommon(row);
  return {
    ...common,
    emergency_status: "Inactive",
    emergency_address_sid: null,
    date_created: rfc2822Date(row.createdAtMs),
    date_updated: rfc2822Date(row.updatedAtMs),
    uri: at.links.relative(`/Accounts/${row.accountSid}/IncomingPhoneNumbers/${row.sid}`),
  };
}
