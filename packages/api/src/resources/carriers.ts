import type { Dated } from "@trunkline/store";
import type { Carrier } from "@trunkline/trunking";
import { z } from "zod";
import { isoDate } from "../dates.ts";
import { type At, noParent, type Resource } from "../resource.ts";
import { accepts } from "../route.ts";

const shape = z.strictObject({
  sid: z.string(),
  friendly_name: z.string(),
  enabled: z.boolean(),
  priority: z.int(),
  retry_causes: z.array(z.int()),
  date_created: z.string(),
  date_updated: z.string(),
  url: z.string(),
});

/** `/trunkline/v1/Carriers`: the carriers of the installation, for the operator (interface §3). */
export const carriers: Resource<Carrier & Dated, null> = {
  product: "trunkline",
  scope: "operator",
  noun: "carrier",
  path: "/Carriers",
  key: "carriers",
  parent: noParent,
  shape,
  view: (row, at): z.infer<typeof shape> => ({
    sid: row.sid,
    friendly_name: row.friendlyName,
    enabled: row.enabled,
    priority: row.priority,
    retry_causes: [...row.retryStatuses],
    date_created: isoDate(row.createdAtMs),
    date_updated: isoDate(row.updatedAtMs),
    url: at.links.absolute("trunkline", `/Carriers/${row.sid}`),
  }),
  list: accepts({}, async (at: At<null>) => (page) => at.deps.store.carriers.list(page)),
};
