import type { NumberPeriod } from "@trunkline/store";
import { z } from "zod";
import { isoDate } from "../../dates.ts";
import { type At, noParent, type Resource } from "../../resource.ts";
import { accepts } from "../../route.ts";
import { priceOf } from "./inventory-fields.ts";

const shape = z.strictObject({
  account_sid: z.string(),
  phone_number_sid: z.string(),
  phone_number: z.string(),
  iso_country: z.string(),
  type: z.string(),
  monthly_price: z.string(),
  date_began: z.string(),
  date_ended: z.string().nullable(),
});

/** `/trunkline/v1/NumberPeriods`: which numbers the account had from when to when, and at what price; oldest first. */
export const numberPeriods: Resource<NumberPeriod, null> = {
  product: "trunkline",
  noun: "period of a phone number",
  path: "/NumberPeriods",
  key: "number_periods",
  parent: noParent,
  shape,
  view: (row): z.infer<typeof shape> => ({
    account_sid: row.accountSid,
    phone_number_sid: row.phoneNumberSid,
    phone_number: row.e164,
    iso_country: row.isoCountry,
    type: row.type,
    monthly_price: priceOf(row.monthlyPriceMicros),
    date_began: isoDate(row.beganAtMs),
    date_ended: row.endedAtMs === null ? null : isoDate(row.endedAtMs),
  }),
  list: accepts({}, async (at: At<null>) => (page) => at.deps.store.numberPeriods.list(at.account.sid, page)),
};
