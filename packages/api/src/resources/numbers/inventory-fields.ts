import { type InventoryNumber, NUMBER_CAPABILITIES, NUMBER_TYPES } from "@trunkline/store";
import {
  about,
  clearable,
  coded,
  decimal,
  type FormValues,
  matching,
  oneOf,
  optional,
  sid,
  someOf,
  text,
} from "../../form.ts";
import { kindOf } from "./number-kind.ts";

const MICROS = 1_000_000;

/** What the operator says of a number; each of them may be left out, in an import too. */
export const inventoryFields = {
  IsoCountry: about(
    "ISO 3166-1, two letters. Default: what the number itself tells.",
    optional(matching(/^[A-Za-z]{2}$/, "an ISO 3166-1 code of two letters such as US")),
  ),
  Type: about("Default: what the number itself tells.", optional(oneOf(...NUMBER_TYPES))),
  CarrierSid: about("The carrier that its calls come from; customers do not see it.", clearable(sid("CX"))),
  MonthlyPrice: about("What an account pays a month. Default: 0.", optional(decimal(0, 100_000, 6))),
  Capabilities: about("Default: voice.", optional(someOf(...NUMBER_CAPABILITIES))),
  Locality: about("Where it is, for InLocality.", clearable(text(64))),
  Region: about("State or province, for InRegion.", clearable(text(64))),
  State: about(
    "available: on sale. port-in: on its way here; not on sale, but the operator may give it to an account.",
    optional(oneOf("available", "port-in")),
  ),
};
export type InventoryValues = FormValues<typeof inventoryFields>;

export const e164Field = coded(21421, matching(/^\+[1-9]\d{1,14}$/, "in E.164 form such as +12025550100"));

/** The number as it comes into the inventory; what was not said is what it usually is. */
export function inventoryNumber(numberSid: string, e164: string, values: InventoryValues): InventoryNumber {
  const known = values.IsoCountry !== undefined && values.Type !== undefined;
  const kind = known ? undefined : kindOf(e164);
  return {
    sid: numberSid,
    e164,
    isoCountry: values.IsoCountry?.toUpperCase() ?? kind?.isoCountry ?? "",
    type: values.Type ?? kind?.type ?? "local",
    carrierSid: values.CarrierSid ?? null,
    monthlyPriceMicros: micros(values.MonthlyPrice ?? 0),
    capabilities: values.Capabilities ?? ["voice"],
    locality: values.Locality ?? null,
    region: values.Region ?? null,
    state: values.State ?? "available",
  };
}

export function micros(price: number): number {
  return Math.round(price * MICROS);
}

export function priceOf(priceMicros: number): string {
  return String(priceMicros / MICROS);
}
