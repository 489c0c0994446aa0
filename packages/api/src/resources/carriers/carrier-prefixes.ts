import type { Dated } from "@trunkline/store";
import { type Carrier, type CarrierPrefix, mintSid } from "@trunkline/trunking";
import { z } from "zod";
import { about, decimal, given, matching, optional } from "../../form.ts";
import { invalid } from "../../problem.ts";
import { type At, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts } from "../../route.ts";
import { partShape, viewPart, whyNoPart } from "./carrier-part.ts";
import { carrierOfPath } from "./carriers.ts";

type PrefixRow = CarrierPrefix & Dated;

const MICROS = 1_000_000;
/** How all numbers are written. */
const ALL = "*";

const shape = z.strictObject({ ...partShape, prefix: z.string(), cost: z.string() });

const fields = {
  // A form writes a blank where nobody encoded the +; nothing else can be meant by it.
  Prefix: about(
    "Beginning of the called numbers it takes, such as +81; * for all.",
    matching(/^(\*|[+ ]?[1-9]\d{0,14})$/, "+ and up to 15 digits, or * for all numbers"),
  ),
  Cost: about("What a minute costs; among equal priorities the cheaper carrier goes first.", decimal(0, 1_000, 6)),
};

const conflicts = { prefix: invalid("Prefix: this carrier has it already. Change that one.") };

/** `/trunkline/v1/Carriers/{CX}/Prefixes`: the called numbers that a carrier takes, the longest prefix first (TERM-12). */
export const carrierPrefixes: Resource<PrefixRow, Carrier> = {
  product: "trunkline",
  scope: "operator",
  noun: "prefix of a carrier",
  path: "/Carriers/:carrierSid/Prefixes",
  key: "prefixes",
  parent: carrierOfPath,
  shape,
  view: (row, at): z.infer<typeof shape> => ({
    ...viewPart(row, at, "Prefixes"),
    prefix: row.prefix === "" ? ALL : `+${row.prefix}`,
    cost: String(row.costMicros / MICROS),
  }),
  list: accepts({}, async (at: At<Carrier>) => (page) => at.deps.store.carrierPrefixes.list(at.parent.sid, page)),
  fetch: (at, sid) => at.deps.store.carrierPrefixes.fetch(at.parent.sid, sid),
  create: accepts({ Prefix: fields.Prefix, Cost: optional(fields.Cost) }, async (at: At<Carrier>, values) => {
    const wrong = whyNoPart(at.parent);
    if (wrong) return wrong;
    const outcome = await at.deps.store.carrierPrefixes.create({
      sid: mintSid("CF", at.deps.randomHex(16)),
      carrierSid: at.parent.sid,
      prefix: digits(values.Prefix),
      costMicros: micros(values.Cost ?? 0),
    });
    return settle(at, outcome, conflicts);
  }),
  update: accepts(
    { Prefix: optional(fields.Prefix), Cost: optional(fields.Cost) },
    async (at: At<Carrier> & { readonly row: PrefixRow }, { Prefix: prefix, Cost: cost }) => {
      const change = given({
        prefix: prefix === undefined ? undefined : digits(prefix),
        costMicros: cost === undefined ? undefined : micros(cost),
      });
      return settle(at, await at.deps.store.carrierPrefixes.update(at.parent.sid, at.row.sid, change), conflicts);
    },
  ),
  remove: async (at, row) => settleRemoval(at, await at.deps.store.carrierPrefixes.delete(at.parent.sid, row.sid)),
};

function digits(prefix: string): string {
  return prefix.replace(/\D/g, "");
}

function micros(cost: number): number {
  return Math.round(cost * MICROS);
}
