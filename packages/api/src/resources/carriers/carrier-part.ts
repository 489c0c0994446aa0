import type { Dated } from "@trunkline/store";
import type { Carrier } from "@trunkline/trunking";
import { z } from "zod";
import { isoDate } from "../../dates.ts";
import { invalid, type Problem } from "../../problem.ts";
import type { Context } from "../../route.ts";

/** What targets, prefixes and sources of a carrier have in common. */
export const partShape = {
  sid: z.string(),
  carrier_sid: z.string(),
  date_created: z.string(),
  date_updated: z.string(),
  url: z.string(),
};

/** A carrier for own numbers is the platform itself. */
export function whyNoPart({ ownNumbersOnly }: Carrier): Problem | undefined {
  if (!ownNumbersOnly) return undefined;
  return invalid(
    "The carrier is for own numbers: it leads to this platform, and needs no targets, prefixes and sources.",
  );
}

export function viewPart(
  row: Dated & { readonly sid: string; readonly carrierSid: string },
  at: Context,
  collection: "Targets" | "Prefixes" | "Sources",
) {
  return {
    sid: row.sid,
    carrier_sid: row.carrierSid,
    date_created: isoDate(row.createdAtMs),
    date_updated: isoDate(row.updatedAtMs),
    url: at.links.absolute("trunkline", `/Carriers/${row.carrierSid}/${collection}/${row.sid}`),
  };
}
