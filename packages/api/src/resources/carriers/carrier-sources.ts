import type { Dated } from "@trunkline/store";
import { type Carrier, type CarrierSource, checkCidr, mintSid } from "@trunkline/trunking";
import { z } from "zod";
import { about, clearable, given, optional, text, wholeNumber } from "../../form.ts";
import { invalid, Problem } from "../../problem.ts";
import { type At, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts } from "../../route.ts";
import { partShape, viewPart, whyNoPart } from "./carrier-part.ts";
import { carrierOfPath } from "./carriers.ts";

type SourceRow = CarrierSource & Dated;

const shape = z.strictObject({ ...partShape, cidr: z.string(), port: z.int().nullable() });

const cidr = about("Address or block that its calls come from, IPv4 or IPv6.", text(64));
const port = clearable(about("Port that its calls come from; empty for any.", wholeNumber(1, 65_535)));

const conflicts = { source: invalid("Cidr: this carrier has that address and port already.") };

/** `/trunkline/v1/Carriers/{CX}/Sources`: where a carrier's calls come from; whoever is in none is a stranger (CAR-2). */
export const carrierSources: Resource<SourceRow, Carrier> = {
  product: "trunkline",
  scope: "operator",
  noun: "source of a carrier",
  path: "/Carriers/:carrierSid/Sources",
  key: "sources",
  parent: carrierOfPath,
  shape,
  view: (row, at): z.infer<typeof shape> => ({ ...viewPart(row, at, "Sources"), cidr: row.cidr, port: row.port }),
  list: accepts({}, async (at: At<Carrier>) => (page) => at.deps.store.carrierSources.list(at.parent.sid, page)),
  fetch: (at, sid) => at.deps.store.carrierSources.fetch(at.parent.sid, sid),
  create: accepts({ Cidr: cidr, Port: port }, async (at: At<Carrier>, values) => {
    const block = whyNoPart(at.parent) ?? readBlock(values.Cidr);
    if (block instanceof Problem) return block;
    const outcome = await at.deps.store.carrierSources.create({
      sid: mintSid("CS", at.deps.randomHex(16)),
      carrierSid: at.parent.sid,
      cidr: block,
      port: values.Port ?? null,
    });
    return settle(at, outcome, conflicts);
  }),
  update: accepts(
    { Cidr: optional(cidr), Port: port },
    async (at: At<Carrier> & { readonly row: SourceRow }, values) => {
      const block = values.Cidr === undefined ? undefined : readBlock(values.Cidr);
      if (block instanceof Problem) return block;
      const change = given({ cidr: block, port: values.Port });
      return settle(at, await at.deps.store.carrierSources.update(at.parent.sid, at.row.sid, change), conflicts);
    },
  ),
  remove: async (at, row) => settleRemoval(at, await at.deps.store.carrierSources.delete(at.parent.sid, row.sid)),
};

function readBlock(text: string): string | Problem {
  const checked = checkCidr(text);
  return checked.kind === "invalid" ? invalid(`Cidr: ${checked.why}`) : checked.cidr;
}
