import { sql } from "kysely";
import { ChangeLog } from "./directory/change-log.ts";
import { DirectoryFeed } from "./directory/feed.ts";
import { StoreError } from "./errors.ts";
import { migrate } from "./migrations/migrate.ts";
import { findPreparedTar } from "./prepared.ts";
import { DEFAULT_QUOTAS, type Quotas } from "./quotas.ts";
import { accountRepository } from "./repositories/accounts.ts";
import { alertRepository, alertSink } from "./repositories/alerts.ts";
import { apiKeyRepository } from "./repositories/api-keys.ts";
import { auditRepository } from "./repositories/audit.ts";
import { authTokenRepository } from "./repositories/auth-tokens.ts";
import { callStatisticsRepository } from "./repositories/call-statistics.ts";
import { callerIdRepository, callerIdValidationRepository } from "./repositories/caller-ids.ts";
import { callRecordSink, callRepository } from "./repositories/calls.ts";
import { captureRepository, captureSink } from "./repositories/captures.ts";
import { carrierRepository, edgeLocationRepository } from "./repositories/carriers.ts";
import { catalogueRepositories } from "./repositories/catalogue.ts";
import { childRepository } from "./repositories/children.ts";
import type { StoreContext } from "./repositories/context.ts";
import { dialingPermissionRepository } from "./repositories/dialing-permissions.ts";
import { idempotencyRepository } from "./repositories/idempotency.ts";
import { inventoryRepository } from "./repositories/inventory.ts";
import { inventoryImportRepository } from "./repositories/inventory-imports.ts";
import { callLimitRepository } from "./repositories/limits.ts";
import { associationRepository, type ListKind, listRepository } from "./repositories/lists.ts";
import { numberPeriodRepository } from "./repositories/number-periods.ts";
import { ownedRowRepository } from "./repositories/owned-rows.ts";
import { phoneNumberRepository } from "./repositories/phone-numbers.ts";
import { recordingSink } from "./repositories/recording-sinks.ts";
import { recordingRepository } from "./repositories/recordings.ts";
import { secondFactorRepository } from "./repositories/second-factors.ts";
import { sessionRepository } from "./repositories/sessions.ts";
import { trunkRecordingsRepository } from "./repositories/trunk-recordings.ts";
import { trunkRepository } from "./repositories/trunks.ts";
import { usageRepository } from "./repositories/usage.ts";
import { usageTriggerRepository } from "./repositories/usage-triggers.ts";
import { userRepository } from "./repositories/users.ts";
import { webhookLogRepository } from "./repositories/webhook-log.ts";
import { DeliveryBell, debuggerWebhookRepository, webhookQueueRepository } from "./repositories/webhooks.ts";
import { Secrets } from "./secrets.ts";
import { Database } from "./sql/database.ts";
import type { Engine, OnProblem } from "./sql/engine.ts";
import { keepHouse } from "./sql/housekeeping.ts";
import { openPglite } from "./sql/pglite.ts";
import { openPostgres } from "./sql/postgres.ts";
import type { Store } from "./store.ts";
import * as tables from "./tables.ts";

export type StoreOptions = {
  /** `pglite:<dir>`, `pglite:memory` or `postgres://…`; anything else rejects with `STORE_BAD_URL`. */
  readonly url: string;
  /** 32 bytes; what was stored with one key opens with no other (`STORE_WRONG_KEY`). */
  readonly encryptionKey: Uint8Array;
  /** False: changes of other processes are not listened for. Of use for a short-lived command. Default true. */
  readonly listen?: boolean;
  /** Told of trouble that no caller waits for, such as a lost listening connection (it comes back by itself). */
  readonly onProblem?: OnProblem;
  /** False: a new embedded store is initialised from nothing even where a prepared one is there. Default true. */
  readonly usePrepared?: boolean;
  /** Other numbers than `DEFAULT_QUOTAS`, for an installation with large customers. */
  readonly quotas?: Partial<Quotas>;
  /** How long a released number is kept from everybody but the account that had it; 0: not at all. Default 30. */
  readonly quarantineDays?: number;
};

const QUARANTINE_DAYS = 30;

/**
 * Opens the data side of an installation and brings its schema to this version.
 *
 * Durability: a write resolves when its transaction is committed. `pglite:<dir>` fsyncs the write-ahead log at every commit (one fsync
 * each), `postgres:` does what the server is set to (by default the same), `pglite:memory` keeps nothing.
 *
 * Rejects with `StoreError`: `STORE_AWAY`, `STORE_IN_USE`, `STORE_WRONG_KEY`, `STORE_TOO_NEW`, `STORE_BAD_URL`.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const secrets = new Secrets(options.encryptionKey);
  const onProblem = options.onProblem ?? ((problem: Error) => process.emitWarning(problem));
  const database = new Database(openEngine(options, onProblem));
  try {
    await database.migrate(migrate);
    await checkKey(database, secrets);
  } catch (error) {
    await database.close().catch(onProblem);
    throw error;
  }
  const feed = new DirectoryFeed(database, secrets, onProblem);
  const changes = new ChangeLog(database, (seq) => feed.reach(seq));
  const housekeeping = database.engine.needsVacuum ? keepHouse(database, onProblem) : undefined;
  return {
    ...repositories({
      database,
      changes,
      secrets,
      quotas: { ...DEFAULT_QUOTAS, ...options.quotas },
      quarantineDays: options.quarantineDays ?? QUARANTINE_DAYS,
    }),
    directory: feed,
    async ping() {
      await database.rows(sql`select 1`);
    },
    async close() {
      await feed.close();
      await housekeeping?.stop();
      await database.close();
    },
  };
}

function openEngine({ url, listen = true, usePrepared = true }: StoreOptions, onProblem: OnProblem): Engine {
  const [scheme = "", ...rest] = url.split(":");
  if (scheme === "postgres" || scheme === "postgresql") {
    const engine = openPostgres(url, onProblem);
    return listen ? engine : { ...engine, listen: null };
  }
  const place = rest.join(":");
  if (scheme !== "pglite" || place === "") {
    throw new StoreError("STORE_BAD_URL", "a store is pglite:<directory>, pglite:memory or postgres://…");
  }
  return openPglite(place === "memory" ? null : place, usePrepared ? findPreparedTar() : null);
}

/** Keeps a sealed text in the store, so that a wrong key is found at the start and not at the first credential. */
async function checkKey(database: Database, secrets: Secrets): Promise<void> {
  const place = "installation.key_check";
  await database.rows(sql`
    insert into installation (id, key_check) values (1, ${secrets.seal("trunkline", place)}) on conflict (id) do nothing`);
  const [kept] = await database.rows(sql<{ keyCheck: Uint8Array }>`select key_check from installation`);
  if (kept === undefined || secrets.open(kept.keyCheck, place) === undefined) {
    throw new StoreError("STORE_WRONG_KEY", "the encryption key is not the one this store was made with");
  }
}

const CREDENTIAL_LISTS: ListKind = {
  noun: "credential list",
  lists: tables.credentialLists,
  members: tables.credentials,
  memberEntity: "credential",
  associations: tables.trunkCredentialLists,
  associationEntity: "trunkCredentialList",
  quota: "credentialListsPerAccount",
};
const IP_ACCESS_CONTROL_LISTS: ListKind = {
  noun: "IP access control list",
  lists: tables.ipAccessControlLists,
  members: tables.ipAddresses,
  memberEntity: "ipAddress",
  associations: tables.trunkIpAccessControlLists,
  associationEntity: "trunkIpAccessControlList",
  quota: "ipAccessControlListsPerAccount",
};

function repositories(context: StoreContext): Omit<Store, "directory" | "ping" | "close"> {
  const { database, quotas } = context;
  const bell = new DeliveryBell(database);
  return {
    accounts: accountRepository(context),
    apiKeys: apiKeyRepository(context),
    authTokens: authTokenRepository(context),
    idempotency: idempotencyRepository(database, context.secrets),
    trunks: trunkRepository(context),
    originationUrls: childRepository(context, tables.originationUrls, {
      noun: "origination URL",
      parent: "trunkSid",
      mutable: ["friendlyName", "sipUrl", "priority", "weight", "enabled"],
      entity: "originationUrl",
      quota: { parents: "trunks", max: quotas.originationUrlsPerTrunk },
    }),
    credentialLists: listRepository(context, CREDENTIAL_LISTS),
    credentials: childRepository(context, tables.credentials, {
      noun: "credential",
      parent: "listSid",
      mutable: ["username", "ha1Md5", "ha1Sha256"],
      entity: "credential",
      quota: { parents: "credential_lists", max: quotas.credentialsPerList },
      limited: true,
    }),
    ipAccessControlLists: listRepository(context, IP_ACCESS_CONTROL_LISTS),
    ipAddresses: childRepository(context, tables.ipAddresses, {
      noun: "IP address",
      parent: "listSid",
      mutable: ["friendlyName", "ipAddress", "cidrPrefixLength"],
      entity: "ipAddress",
      quota: { parents: "ip_access_control_lists", max: quotas.ipAddressesPerList },
      limited: true,
    }),
    trunkCredentialLists: associationRepository(context, CREDENTIAL_LISTS),
    trunkIpAccessControlLists: associationRepository(context, IP_ACCESS_CONTROL_LISTS),
    phoneNumbers: phoneNumberRepository(context),
    numberPeriods: numberPeriodRepository(context),
    inventory: inventoryRepository(context),
    inventoryImports: inventoryImportRepository(context),
    callerIds: callerIdRepository(context),
    callerIdValidations: callerIdValidationRepository(context, bell),
    carriers: carrierRepository(context),
    ...carrierParts(context),
    peerSettings: ownedRowRepository(context, "peerSettings"),
    trunkTls: ownedRowRepository(context, "trunkTls"),
    callLimits: callLimitRepository(context),
    accountSettings: ownedRowRepository(context, "accountSettings"),
    publicKeys: childRepository(context, tables.publicKeys, {
      noun: "public key",
      parent: "accountSid",
      mutable: ["friendlyName"],
      entity: "publicKey",
      quota: { parents: "accounts", max: quotas.publicKeysPerAccount },
    }),
    dialingPermissions: dialingPermissionRepository(context),
    edgeLocations: edgeLocationRepository(context),
    ...catalogueRepositories(context),
    calls: callRepository(database),
    callStatistics: callStatisticsRepository(database),
    captures: captureRepository(database),
    recordings: recordingRepository(database),
    trunkRecordings: trunkRecordingsRepository(database),
    alerts: alertRepository(database),
    usage: usageRepository(database),
    usageTriggers: usageTriggerRepository(context, bell),
    debuggerWebhooks: debuggerWebhookRepository(context, bell),
    audit: auditRepository(database),
    webhookQueues: webhookQueueRepository(database, bell),
    webhookLog: webhookLogRepository(database),
    users: userRepository(context),
    secondFactors: secondFactorRepository(context),
    sessions: sessionRepository(context),
    callRecordSink: callRecordSink(database, bell),
    recordingSink: recordingSink(database, bell),
    alertSink: alertSink(database, bell),
    captureSink: captureSink(database),
  };
}

function carrierParts(
  context: StoreContext,
): Pick<Store, "carrierTargets" | "carrierPrefixes" | "carrierSources" | "carrierDresses"> {
  return {
    carrierTargets: childRepository(context, tables.carrierTargets, {
      noun: "carrier target",
      parent: "carrierSid",
      mutable: ["sipUrl", "priority", "weight"],
      entity: "carrierTarget",
    }),
    carrierPrefixes: childRepository(context, tables.carrierPrefixes, {
      noun: "carrier prefix",
      parent: "carrierSid",
      mutable: ["prefix", "costMicros"],
      entity: "carrierPrefix",
    }),
    carrierSources: childRepository(context, tables.carrierSources, {
      noun: "carrier source",
      parent: "carrierSid",
      mutable: ["cidr", "port"],
      entity: "carrierSource",
    }),
    carrierDresses: ownedRowRepository(context, "carrierDress"),
  };
}
