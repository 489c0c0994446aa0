import { type RawBuilder, sql } from "kysely";
import type {
  AddressRepository,
  ApplicationRepository,
  CallerNameRepository,
  CatalogueStore,
  RegionRouteRepository,
} from "../catalogue.types.ts";
import { byCreation, type Keyset, readPage } from "../page.ts";
import { RowForm, type StoredRow } from "../rows.ts";
import * as tables from "../tables.ts";
import { childRepository } from "./children.ts";
import { notFound, ok, type StoreContext } from "./context.ts";
import { rateRepository } from "./rates.ts";

const ACCOUNT_PARTS = new Set(["sid", "accountSid"]);

/** What numbers refer to, what things cost, names of callers, and regions: nothing of it is looked at while a call is routed. */
export function catalogueRepositories(context: StoreContext): CatalogueStore {
  return {
    applications: applicationRepository(context),
    addresses: addressRepository(context),
    rates: rateRepository(context),
    callerNames: callerNameRepository(context),
    regionRoutes: regionRouteRepository(context),
  };
}

function applicationRepository(context: StoreContext): ApplicationRepository {
  const { database, secrets, quotas } = context;
  const form = new RowForm(tables.applications, secrets);
  return {
    ...childRepository(context, tables.applications, {
      noun: "application",
      parent: "accountSid",
      mutable: tables.applications.fields.filter((field) => !ACCOUNT_PARTS.has(field)),
      entity: null,
      quota: { parents: "accounts", max: quotas.applicationsPerAccount },
    }),
    list: (accountSid, { friendlyName }, page) => {
      const source = sql<StoredRow>`
        select * from applications where ${sql.join(conditionsOf(accountSid, { friendlyName }), sql` and `)}`;
      return readPage(database, source, byCreation("applications"), page, (row) => form.readDated(row));
    },
  };
}

function addressRepository(context: StoreContext): AddressRepository {
  const { database, secrets, quotas } = context;
  const form = new RowForm(tables.addresses, secrets);
  const numbers = new RowForm(tables.phoneNumbers, secrets);
  return {
    ...childRepository(context, tables.addresses, {
      noun: "address",
      parent: "accountSid",
      mutable: tables.addresses.fields.filter((field) => !ACCOUNT_PARTS.has(field) && field !== "isoCountry"),
      entity: null,
      quota: { parents: "accounts", max: quotas.addressesPerAccount },
    }),
    list: (accountSid, filter, page) => {
      const source = sql<StoredRow>`
        select * from addresses where ${sql.join(conditionsOf(accountSid, filter), sql` and `)}`;
      return readPage(database, source, byCreation("addresses"), page, (row) => form.readDated(row));
    },
    listDependentNumbers: (accountSid, addressSid, page) =>
      readPage(
        database,
        sql<StoredRow>`select * from phone_numbers where address_sid = ${addressSid} and account_sid = ${accountSid}`,
        byCreation("dependent_numbers"),
        page,
        (row) => numbers.readDated(row),
      ),
  };
}

/** Of the account, and as the filter says; what it leaves undefined does not count. */
function conditionsOf(accountSid: string, filter: object): readonly RawBuilder<unknown>[] {
  return Object.entries({ accountSid, ...filter })
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => sql`${sql.ref(field)} = ${value}`);
}

const BY_NUMBER: Keyset = { list: "caller_names", order: "asc", columns: [{ field: "e164", kind: "text" }] };

function callerNameRepository({ database, changes, secrets }: StoreContext): CallerNameRepository {
  const form = new RowForm(tables.callerNames, secrets);
  return {
    async fetch(e164) {
      const [found] = await database.rows(sql<StoredRow>`select * from caller_names where e164 = ${e164}`);
      return found && form.readDated(found);
    },
    list: (page) =>
      readPage(database, sql<StoredRow>`select * from caller_names`, BY_NUMBER, page, (row) => form.readDated(row)),
    set: (row) =>
      changes.change(async (tx) => {
        const [kept] = await tx.rows(sql<StoredRow>`${form.upsert([row])}, updated_at = now() returning *`);
        return kept === undefined ? notFound("caller name") : ok(form.readDated(kept));
      }),
    remove: (e164) =>
      changes.change(async (tx) => {
        const [removed] = await tx.rows(sql<StoredRow>`delete from caller_names where e164 = ${e164} returning *`);
        return removed === undefined ? notFound("caller name") : ok(form.read(removed));
      }),
  };
}

function regionRouteRepository({ database, changes, secrets }: StoreContext): RegionRouteRepository {
  const form = new RowForm(tables.regionRoutes, secrets);
  return {
    async fetch(ownerSid) {
      const [found] = await database.rows(sql<StoredRow>`select * from region_routes where owner_sid = ${ownerSid}`);
      return found && form.readDated(found);
    },
    set: (row) =>
      changes.change(async (tx) => {
        const [kept] = await tx.rows(sql<StoredRow>`${form.upsert([row])}, updated_at = now() returning *`);
        return kept === undefined ? notFound("route") : ok(form.readDated(kept));
      }),
  };
}
