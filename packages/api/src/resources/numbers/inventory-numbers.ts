import { NUMBER_TYPES, type StockedNumber } from "@trunkline/store";
import { mintSid } from "@trunkline/trunking";
import { z } from "zod";
import { isoDate } from "../../dates.ts";
import { about, given, matching, oneOf, optional, sid } from "../../form.ts";
import { invalid, Problem } from "../../problem.ts";
import { type At, type Conflicts, noParent, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import { e164Field, inventoryFields, inventoryNumber, micros, priceOf } from "./inventory-fields.ts";
import { viewCapabilities } from "./phone-number-row.ts";

const shape = z.strictObject({
  sid: z.string(),
  phone_number: z.string(),
  iso_country: z.string(),
  type: z.enum(NUMBER_TYPES),
  carrier_sid: z.string().nullable(),
  monthly_price: z.string(),
  capabilities: z.strictObject({ voice: z.boolean(), sms: z.boolean(), mms: z.boolean(), fax: z.boolean() }),
  locality: z.string().nullable(),
  region: z.string().nullable(),
  state: z.enum(["available", "port-in", "quarantined", "sold"]),
  account_sid: z.string().nullable(),
  date_sold: z.string().nullable(),
  date_quarantine_ends: z.string().nullable(),
  date_created: z.string(),
  date_updated: z.string(),
  url: z.string(),
});

const AUDITED = [
  "phone_number",
  "iso_country",
  "type",
  "carrier_sid",
  "monthly_price",
  "capabilities",
  "locality",
  "region",
  "state",
] as const;

const conflicts: Conflicts = {
  "phone-number": invalid("PhoneNumber: it is in the inventory already. Change that one."),
  "in-use": invalid(
    "An account has this number. It must be released first; its State and place in the inventory stay.",
  ),
};

const filters = {
  PhoneNumber: about(
    "The number or its beginning.",
    optional(matching(/^[+ ]?\d{1,15}$/, "a number or the beginning of one such as +1202")),
  ),
  IsoCountry: inventoryFields.IsoCountry,
  Type: optional(oneOf(...NUMBER_TYPES)),
  CarrierSid: optional(sid("CX")),
  AccountSid: about("Whose they are, or were until they were quarantined.", optional(sid("AC"))),
  State: optional(oneOf("available", "port-in", "quarantined", "sold")),
};

/** `/trunkline/v1/InventoryNumbers`: the numbers that accounts can have, by number (NUM-1, NUM-5). */
export const inventoryNumbers: Resource<StockedNumber, null> = {
  product: "trunkline",
  scope: "operator",
  noun: "number of the inventory",
  path: "/InventoryNumbers",
  key: "inventory_numbers",
  parent: noParent,
  shape,
  view,
  list: accepts(filters, async (at: At<null>, values) => {
    const filter = given({
      prefix: values.PhoneNumber && `+${values.PhoneNumber.replace(/\D/g, "")}`,
      isoCountry: values.IsoCountry?.toUpperCase(),
      type: values.Type,
      carrierSid: values.CarrierSid,
      accountSid: values.AccountSid,
      state: values.State,
    });
    return (page) => at.deps.store.inventory.list(filter, page);
  }),
  fetch: (at, numberSid) => at.deps.store.inventory.fetch(numberSid),
  create: accepts({ PhoneNumber: e164Field, ...inventoryFields }, async (at: At<null>, values) => {
    const row = inventoryNumber(mintSid("IN", at.deps.randomHex(16)), values.PhoneNumber, values);
    const outcome = await at.deps.store.inventory.create(row);
    if (outcome.kind === "not-found") return noCarrier(values.CarrierSid);
    return noted(at, "created", null, settle(at, outcome, conflicts));
  }),
  update: accepts(inventoryFields, async (at: At<null> & { readonly row: StockedNumber }, values) => {
    const change = given({
      isoCountry: values.IsoCountry?.toUpperCase(),
      type: values.Type,
      carrierSid: values.CarrierSid,
      monthlyPriceMicros: values.MonthlyPrice === undefined ? undefined : micros(values.MonthlyPrice),
      capabilities: values.Capabilities,
      locality: values.Locality,
      region: values.Region,
      state: values.State,
    });
    const outcome = await at.deps.store.inventory.update(at.row.sid, change);
    if (outcome.kind === "not-found" && outcome.what === "carrier") return noCarrier(values.CarrierSid);
    return noted(at, "updated", at.row, settle(at, outcome, conflicts));
  }),
  remove: async (at, row) => {
    const wrong = settleRemoval(at, await at.deps.store.inventory.delete(row.sid), conflicts);
    if (wrong === undefined) await note(at, "deleted", row, null);
    return wrong;
  },
};

/** ACC-4: what the operator says of one number. Imports, purchases and releases are told of by themselves. */
async function noted(
  at: Context,
  action: "created" | "updated",
  before: StockedNumber | null,
  after: StockedNumber | Problem,
): Promise<StockedNumber | Problem> {
  if (!(after instanceof Problem)) await note(at, action, before, after);
  return after;
}

async function note(at: Context, action: string, before: StockedNumber | null, after: StockedNumber | null) {
  const [was, is] = [before, after].map((row) => (row ? view(row, at) : undefined));
  const changes = AUDITED.flatMap((name) => {
    const [previous, updated] = [was?.[name] ?? null, is?.[name] ?? null];
    return JSON.stringify(previous) === JSON.stringify(updated) ? [] : [[name, { previous, updated }] as const];
  });
  if (changes.length === 0) return;
  await at.deps.store.audit.note({
    accountSid: null,
    resourceType: "inventory-number",
    action,
    resourceKey: after?.sid ?? before?.sid ?? "",
    changes: Object.fromEntries(changes),
  });
}

function noCarrier(carrierSid: string | null | undefined) {
  return invalid(`CarrierSid: there is no carrier ${carrierSid}.`);
}

function view(row: StockedNumber, at: Context): z.infer<typeof shape> {
  const date = (ms: number | null): string | null => (ms === null ? null : isoDate(ms));
  return {
    sid: row.sid,
    phone_number: row.e164,
    iso_country: row.isoCountry,
    type: row.type,
    carrier_sid: row.carrierSid,
    monthly_price: priceOf(row.monthlyPriceMicros),
    capabilities: viewCapabilities(row.capabilities),
    locality: row.locality,
    region: row.region,
    state: row.state,
    account_sid: row.accountSid,
    date_sold: date(row.soldAtMs),
    date_quarantine_ends: date(row.quarantinedUntilMs),
    date_created: isoDate(row.createdAtMs),
    date_updated: isoDate(row.updatedAtMs),
    url: at.links.absolute("trunkline", `/InventoryNumbers/${row.sid}`),
  };
}
