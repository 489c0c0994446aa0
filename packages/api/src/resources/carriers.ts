import type { Dated } from "@trunkline/store";
import type { Carrier } from "@trunkline/trunking";
import { isoDate } from "../dates.ts";
import { type At, noParent, type Resource } from "../resource.ts";
import { accepts } from "../route.ts";

/** `/trunkline/v1/Carriers`: the carriers of the installation, for the operator (interface §3). */
export const carriers: Resource<Carrier & Dated, null> = {
  product: "trunkline",
  scope: "operator",
  noun: "carrier",
  path: "/Carriers",
  key: "carriers",
  parent: noParent,
  view: (row, at) => ({
    sid: row.sid,
    friendly_name: row.friendlyName,
    enabled: row.enabled,
    priority: row.priority,
    retry_causes: row.retryStatuses,
    date_created: isoDate(row.createdAtMs),
    date_updated: isoDate(row.updatedAtMs),
    url: at.links.absolute("trunkline", `/Carriers/${row.sid}`),
  }),
  list: accepts({}, async (at: At<null>) => (page) => at.deps.store.carriers.list(page)),
};
