import type { Carrier, EdgeLocation } from "@trunkline/trunking";
import { sql } from "kysely";
import type { ChangeSql } from "../directory/change-log.ts";
import { byCreation, readPage } from "../page.ts";
import { RowForm, type StoredRow } from "../rows.ts";
import type { Secrets } from "../secrets.ts";
import type { CarrierRepository, CarrierSettings, Dated, Store } from "../store.ts";
import * as tables from "../tables.ts";
import { notFound, ok, type StoreContext } from "./context.ts";
import { changeOwnedRow, removeOwnedRows } from "./owned-rows.ts";

const ROWS_PER_STATEMENT = 1_000;
const MUTABLE = ["friendlyName", "enabled", "priority", "retryStatuses"] as const;

/** Carriers of the installation, oldest first. */
export function carrierRepository({ database, changes, secrets }: StoreContext): CarrierRepository {
  const form = new RowForm(tables.carriers, secrets);
  const read = (stored: StoredRow): Carrier & Dated => form.readDated(stored);
  return {
    create: (row, settings = {}) =>
      changes.change(async (tx) => {
        const [created] = await tx.rows(form.insert(row));
        if (created === undefined) return notFound("carrier");
        tx.touch("carrier", row.sid);
        await changeSettings(tx, secrets, row.sid, settings);
        return ok(read(created));
      }),

    list: (page) =>
      readPage(database, sql<StoredRow>`select * from carriers`, byCreation(tables.carriers.name), page, read),

    async fetch(sid) {
      const [found] = await database.rows(sql<StoredRow>`select * from carriers where sid = ${sid}`);
      return found && read(found);
    },

    update: (sid, change, settings = {}) =>
      changes.change(async (tx) => {
        const [updated] = await tx.rows(sql<StoredRow>`
          update carriers set ${form.assignments(sid, change, MUTABLE)} where sid = ${sid} returning *`);
        if (updated === undefined) return notFound("carrier");
        tx.touch("carrier", sid);
        await changeSettings(tx, secrets, sid, settings);
        return ok(read(updated));
      }),

    delete: (sid) =>
      changes.change(async (tx) => {
        const [carrier] = await tx.rows(sql<StoredRow>`select * from carriers where sid = ${sid} for update`);
        if (carrier === undefined) return notFound("carrier");
        await replaceParts(tx, secrets, sid, "carrierTarget", tables.carrierTargets, []);
        await replaceParts(tx, secrets, sid, "carrierPrefix", tables.carrierPrefixes, []);
        await replaceParts(tx, secrets, sid, "carrierSource", tables.carrierSources, []);
        await removeOwnedRows(tx, ["carrierDress", "peerSettings", "callLimit"], [sid]);
        await tx.rows(sql`delete from carriers where sid = ${sid}`);
        tx.touch("carrier", sid);
        return ok(form.read(carrier));
      }),

    upsert: (carrier, targets, prefixes, sources) =>
      changes.change(async (tx) => {
        await tx.rows(form.upsert([carrier]));
        tx.touch("carrier", carrier.sid);
        await replaceParts(tx, secrets, carrier.sid, "carrierTarget", tables.carrierTargets, targets);
        await replaceParts(tx, secrets, carrier.sid, "carrierPrefix", tables.carrierPrefixes, prefixes);
        await replaceParts(tx, secrets, carrier.sid, "carrierSource", tables.carrierSources, sources);
        return ok(carrier);
      }),
  };
}

async function changeSettings(
  tx: ChangeSql,
  secrets: Secrets,
  sid: string,
  { dress, peer, limit }: CarrierSettings,
): Promise<void> {
  if (dress) await changeOwnedRow(tx, secrets, "carrierDress", sid, dress);
  if (peer) await changeOwnedRow(tx, secrets, "peerSettings", sid, peer);
  if (limit) await changeOwnedRow(tx, secrets, "callLimit", sid, limit);
}

type Part = { readonly sid: string; readonly carrierSid: string };

/** Makes the given parts the only ones of the carrier. */
async function replaceParts<Row extends Part>(
  tx: ChangeSql,
  secrets: Secrets,
  carrierSid: string,
  entity: "carrierTarget" | "carrierPrefix" | "carrierSource",
  table: tables.Table<Row>,
  rows: readonly Row[],
): Promise<void> {
  const form = new RowForm(table, secrets);
  const removed = await tx.rows(sql<{ sid: string }>`
    delete from ${form.name} where carrier_sid = ${carrierSid} and sid <> all (${rows.map((row) => row.sid)}::text[])
    returning sid`);
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    await tx.rows(form.upsert(rows.slice(start, start + ROWS_PER_STATEMENT)));
  }
  tx.touch(entity, ...removed.map((part) => part.sid), ...rows.map((row) => row.sid));
}

/** Named locations of the installation. */
export function edgeLocationRepository({ database, changes, secrets }: StoreContext): Store["edgeLocations"] {
  const form = new RowForm(tables.edgeLocations, secrets);
  return {
    async upsert(row: EdgeLocation) {
      await changes.change(async (tx) => {
        await tx.rows(form.upsert([row]));
        tx.touch("edgeLocation", row.name);
        return ok(row);
      });
    },
    async list() {
      const found = await database.rows(sql<StoredRow>`select * from edge_locations order by name`);
      return found.map((row) => form.read(row));
    },
  };
}
