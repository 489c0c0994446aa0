import type {
  Account,
  AccountSettings,
  Alert,
  AlertSink,
  CallLimit,
  CallRecord,
  CallRecordSink,
  CallStatus,
  CaptureSink,
  Carrier,
  CarrierDress,
  CarrierPrefix,
  CarrierSource,
  CarrierTarget,
  Credential,
  CredentialList,
  DialingPermission,
  DirectorySource,
  EdgeLocation,
  IpAccessControlList,
  IpAddress,
  OriginationUrl,
  PeerSettings,
  PhoneNumber,
  PublicKey,
  RecordingSink,
  Trunk,
  TrunkTls,
} from "@trunkline/trunking";
import type { AuditRepository } from "./audit.types.ts";
import type { CallStatisticsRepository } from "./call-statistics.types.ts";
import type { CallerIdRepository, CallerIdValidationRepository } from "./caller-ids.types.ts";
import type { CaptureRepository } from "./captures.types.ts";
import type { CatalogueStore } from "./catalogue.types.ts";
import type {
  InventoryImportRepository,
  InventoryRepository,
  NumberCapability,
  NumberPeriodRepository,
  NumberType,
} from "./inventory.types.ts";
import type { ApiKeyRepository, AuthTokenRepository, IdempotencyRepository } from "./keys.types.ts";
import type { RecordingRepository, TrunkRecordings, TrunkRecordingsRepository } from "./recordings.types.ts";
import type { UsageRepository, UsageTriggerRepository } from "./usage.types.ts";
import type { SecondFactorRepository, SessionRepository, UserRepository } from "./users.types.ts";
import type { DebuggerWebhookRepository, WebhookLogRepository, WebhookQueueRepository } from "./webhooks.types.ts";

/** When a row was made and last changed, epoch milliseconds. */
export type Dated = { readonly createdAtMs: number; readonly updatedAtMs: number };

/**
 * A page request by keyset: `after`/`before` are opaque cursors of an earlier page, never both. Newest first for calls and alerts,
 * oldest first for everything else... each repository says which. A cursor that the list never gave rejects with `InvalidCursor`.
 */
export type PageRequest = { readonly limit: number; readonly after?: string; readonly before?: string };
export type PageOf<T> = { readonly rows: readonly T[]; readonly next: string | null; readonly previous: string | null };

/** What a write ran into; bad input from a user is a value. `which` names the constraint in our words. */
export type Conflict =
  | {
      readonly kind: "conflict";
      readonly which:
        | "domain-name"
        | "friendly-name"
        | "username"
        | "ip-address"
        | "association"
        | "phone-number"
        | "prefix"
        /** The operator has suspended the account. */
        | "suspended"
        /** A second carrier for own numbers. */
        | "own-numbers"
        | "source"
        /** A user name without a password or the other way round, or a registrar without either. */
        | "credentials"
        | "in-use"
        | "sub-domain"
        /** Nobody can buy the number, or this account cannot, or there is none in the area. */
        | "not-available"
        /** A trial has released so many numbers that it can only buy those back. */
        | "quarantine"
        /** The number is of another type than asked for. */
        | "number-type"
        /** Another user's. */
        | "email"
        /** The last active owner of an account, or the last operator. */
        | "last-owner"
        /** One is in force. */
        | "second-factor";
    }
  /** There are `most` already. */
  | { readonly kind: "conflict"; readonly which: "limit"; readonly most: number };
export type NotFound = { readonly kind: "not-found"; readonly what: string };
export type Outcome<T> = { readonly kind: "ok"; readonly row: T } | Conflict | NotFound;

/** Fields of the IncomingPhoneNumber resource that routing does not look at. */
export type PhoneNumberSettings = {
  readonly friendlyName: string;
  readonly voiceUrl: string | null;
  readonly voiceMethod: "GET" | "POST";
  readonly voiceFallbackUrl: string | null;
  readonly voiceFallbackMethod: "GET" | "POST";
  readonly voiceApplicationSid: string | null;
  readonly voiceCallerIdLookup: boolean;
  readonly statusCallback: string | null;
  readonly statusCallbackMethod: "GET" | "POST";
  readonly isoCountry: string;
  readonly type: NumberType;
  readonly capabilities: readonly NumberCapability[];
  /** Kept for the client, and used by nobody: no messages are carried here. */
  readonly smsUrl: string | null;
  readonly smsMethod: "GET" | "POST";
  readonly smsFallbackUrl: string | null;
  readonly smsFallbackMethod: "GET" | "POST";
  readonly smsApplicationSid: string | null;
  /** Papers that some countries ask for; no number here does. */
  readonly addressSid: string | null;
  readonly identitySid: string | null;
  readonly bundleSid: string | null;
};
type PhoneNumberRow = PhoneNumber & PhoneNumberSettings & Dated;
/** A number to be bought: what it is, the inventory knows. */
export type NewPhoneNumber = Omit<PhoneNumber & PhoneNumberSettings, "e164" | "friendlyName" | keyof NumberKind> & {
  /** Or how to make it of the number, which may not be known before it is chosen. */
  readonly friendlyName: string | ((e164: string) => string);
};
type NumberKind = Pick<PhoneNumberSettings, "isoCountry" | "type" | "capabilities">;
/** Which number: this one, or the first of an area code of North America; of that type, where one is given. */
export type NumberWish = ({ readonly e164: string } | { readonly areaCode: string }) & { readonly type?: NumberType };

/** What of a public key the edge does not look at. */
export type PublicKeyName = { readonly friendlyName: string };

/** Filters of the Calls list (contract §3.1, EVD-5). Bounds are epoch milliseconds, `…From` inclusive, `…To` exclusive. */
export type CallFilter = {
  readonly accountSid: string;
  /** On either side. */
  readonly number?: string;
  /** Of either leg. */
  readonly sipCallId?: string;
  readonly errorCode?: number;
  readonly to?: string;
  readonly from?: string;
  /** Of calls that are not over, those of the last two days: none is longer. */
  readonly status?: CallStatus;
  readonly direction?: CallRecord["direction"];
  readonly trunkSid?: string;
  readonly startedFromMs?: number;
  readonly startedToMs?: number;
  readonly endedFromMs?: number;
  readonly endedToMs?: number;
};

/** Everything below a trunk or list is addressed through its account, so that one account can never reach another's rows. */
export interface AccountRepository {
  create(row: Account & { readonly authToken: string }): Promise<Outcome<Account & Dated>>;
  fetch(sid: string): Promise<(Account & Dated) | undefined>;
  list(parentSid: string | null, page: PageRequest): Promise<PageOf<Account & Dated>>;
  /**
   * The type is the whole customer's: that of a main account is its subaccounts' too. What the operator has suspended keeps its status until
   * the operator changes it (conflict `suspended`).
   */
  update(
    sid: string,
    change: Partial<Pick<Account, "friendlyName" | "status" | "type">>,
    by?: "operator" | "customer",
  ): Promise<Outcome<Account & Dated>>;
  /** The auth token in clear (kept encrypted with the installation's key); for the Account resource and webhook signatures. */
  authToken(sid: string): Promise<string | undefined>;
  /** Constant-time check of a SID and either auth token; the account when it fits. */
  authenticate(sid: string, authToken: string): Promise<(Account & Dated) | undefined>;
}

export interface TrunkRepository {
  create(row: Trunk): Promise<Outcome<Trunk & Dated>>;
  fetch(accountSid: string, sid: string): Promise<(Trunk & Dated) | undefined>;
  list(accountSid: string, page: PageRequest): Promise<PageOf<Trunk & Dated>>;
  /** Of any account. */
  byDomain(domainName: string): Promise<(Trunk & Dated) | undefined>;
  /** With the given settings of its own, all or none; a setting that is not there begins as its default. */
  update(
    accountSid: string,
    sid: string,
    change: Partial<Omit<Trunk, "sid" | "accountSid">>,
    settings?: TrunkSettings,
  ): Promise<Outcome<Trunk & Dated>>;
  /** Dissociates numbers and lists and deletes what is the trunk's own in the same transaction; conflict `sub-domain` while others hang below its domain. */
  delete(accountSid: string, sid: string): Promise<Outcome<Trunk>>;
}

/** A child resource addressed by a parent that was already checked to belong to the account. */
export interface ChildRepository<Row extends { readonly sid: string }> {
  create(row: Row): Promise<Outcome<Row & Dated>>;
  fetch(parentSid: string, sid: string): Promise<(Row & Dated) | undefined>;
  list(parentSid: string, page: PageRequest): Promise<PageOf<Row & Dated>>;
  update(parentSid: string, sid: string, change: Partial<Omit<Row, "sid">>): Promise<Outcome<Row & Dated>>;
  delete(parentSid: string, sid: string): Promise<Outcome<Row>>;
}

/** Lists (credential or ACL) of an account; `delete` conflicts with `in-use` while a trunk has it. */
export type ListRepository<Row extends { readonly sid: string }> = ChildRepository<Row>;

/** Which lists hang on a trunk. The associated object's own dates and name come with it. */
export interface AssociationRepository<Row> {
  add(trunkSid: string, listSid: string): Promise<Outcome<Row & Dated>>;
  fetch(trunkSid: string, listSid: string): Promise<(Row & Dated) | undefined>;
  list(trunkSid: string, page: PageRequest): Promise<PageOf<Row & Dated>>;
  remove(trunkSid: string, listSid: string): Promise<Outcome<Row>>;
}

export interface PhoneNumberRepository {
  /**
   * Gives the account any number that no account has; where it is in the inventory, whatever its state there, the inventory says what it is.
   * For the operator.
   */
  create(row: PhoneNumber & PhoneNumberSettings): Promise<Outcome<PhoneNumberRow>>;
  /**
   * Takes a number out of the inventory; of any number of buyers at once, one gets it. One that is quarantined can be bought by the account that
   * had it. Conflicts `not-available`, `number-type`.
   */
  buy(row: NewPhoneNumber, wish: NumberWish): Promise<Outcome<PhoneNumberRow>>;
  fetch(accountSid: string, sid: string): Promise<PhoneNumberRow | undefined>;
  list(
    accountSid: string,
    filter: {
      readonly phoneNumber?: string;
      readonly friendlyName?: string;
      readonly trunkSid?: string;
      readonly type?: NumberType;
    },
    page: PageRequest,
  ): Promise<PageOf<PhoneNumberRow>>;
  /** Setting a trunk clears the voice application, and the other way round (NUM-2). */
  update(
    accountSid: string,
    sid: string,
    change: Partial<PhoneNumberSettings & Pick<PhoneNumber, "trunkSid">>,
  ): Promise<Outcome<PhoneNumberRow>>;
  /** To another account, with a change; trunk, applications and address stay behind unless the change names those of the other account. */
  move(
    accountSid: string,
    sid: string,
    toAccountSid: string,
    change: Partial<PhoneNumberSettings & Pick<PhoneNumber, "trunkSid">>,
  ): Promise<Outcome<PhoneNumberRow>>;
  /** Releases it; one of the inventory is quarantined. */
  delete(accountSid: string, sid: string): Promise<Outcome<PhoneNumber>>;
}

export interface CallRepository {
  fetch(accountSid: string, sid: string): Promise<CallRecord | undefined>;
  /** Newest first. */
  list(filter: CallFilter, page: PageRequest): Promise<PageOf<CallRecord>>;
  count(filter: CallFilter): Promise<number>;
  /**
   * Every call of the filter as CSV, newest first, in pieces of whole lines: the header, then some hundred calls each. Of calls that come or
   * change while it is read, some are in it and some are not. No more than two pieces are in memory.
   */
  csv(filter: CallFilter): AsyncIterable<string>;
  /** Deletes the record of a call that has ended; false when there is none. */
  delete(accountSid: string, sid: string): Promise<boolean>;
}

/** Filters of the Alerts list (contract §3.2 Monitor v1); bounds as in `CallFilter`. */
export type AlertFilter = {
  readonly resourceSid?: string;
  /** Any of these. */
  readonly levels?: readonly Alert["level"][];
  readonly errorCode?: number;
  readonly fromMs?: number;
  readonly toMs?: number;
};

export interface AlertRepository {
  fetch(accountSid: string, sid: string): Promise<Alert | undefined>;
  list(accountSid: string, filter: AlertFilter, page: PageRequest): Promise<PageOf<Alert>>;
  delete(accountSid: string, sid: string): Promise<boolean>;
  /**
   * Retention: deletes alerts of all accounts older than `beforeMs`, the oldest first and at most `limit`, so that one statement never holds
   * up the others.
   *
   * @returns how many were deleted; fewer than `limit`: none is left
   */
  deleteOlderThan(beforeMs: number, limit: number): Promise<number>;
}

/** Rows of which an owner has one or none; they are deleted with it. */
export interface OwnedRowRepository<Row> {
  fetch(ownerSid: string): Promise<Row | undefined>;
  /** Of those owners that have one, by SID of the owner. */
  fetchAll(ownerSids: readonly string[]): Promise<ReadonlyMap<string, Row>>;
  /** Inserts or replaces; not found when the owner is not there. */
  set(row: Row): Promise<Outcome<Row>>;
  /** Changes the given fields; a row that is not there begins as the defaults. */
  change(ownerSid: string, change: Partial<Row>): Promise<Outcome<Row>>;
  remove(ownerSid: string): Promise<Outcome<Row>>;
}

export interface CallLimitRepository extends OwnedRowRepository<CallLimit> {
  /** Limits of the account itself and of its trunks, credentials and addresses, null: all there are; by SID of the owner. */
  list(accountSid: string | null, page: PageRequest): Promise<PageOf<CallLimit>>;
  /** The account that the owner of a limit is or belongs to; null for a carrier, undefined for a SID that can own none. */
  accountOf(ownerSid: string): Promise<string | null | undefined>;
}

/** What is set together with a trunk or a carrier; fields that are not given stay as they are. */
export type TrunkSettings = {
  readonly peer?: Partial<Omit<PeerSettings, "ownerSid">>;
  readonly tls?: Partial<Omit<TrunkTls, "trunkSid">>;
  readonly recordings?: Partial<Omit<TrunkRecordings, "trunkSid">>;
  readonly limit?: Partial<Omit<CallLimit, "ownerSid">>;
};
export type CarrierSettings = {
  readonly dress?: Partial<Omit<CarrierDress, "carrierSid">>;
  readonly peer?: Partial<Omit<PeerSettings, "ownerSid">>;
  readonly limit?: Partial<Omit<CallLimit, "ownerSid">>;
};

export interface DialingPermissionRepository {
  /** All of an account, by destination. */
  list(accountSid: string): Promise<readonly DialingPermission[]>;
  /** Inserts or replaces, all or none; at most a thousand at a time. Of one destination named twice the last counts. */
  set(
    accountSid: string,
    rows: readonly Omit<DialingPermission, "accountSid">[],
  ): Promise<Outcome<readonly DialingPermission[]>>;
  remove(accountSid: string, destination: string): Promise<Outcome<DialingPermission>>;
}

export interface CarrierRepository {
  create(row: Carrier, settings?: CarrierSettings): Promise<Outcome<Carrier & Dated>>;
  fetch(sid: string): Promise<(Carrier & Dated) | undefined>;
  update(
    sid: string,
    change: Partial<Omit<Carrier, "sid">>,
    settings?: CarrierSettings,
  ): Promise<Outcome<Carrier & Dated>>;
  /** Deletes its targets, prefixes, sources and everything else that is its own in the same transaction. */
  delete(sid: string): Promise<Outcome<Carrier>>;
  list(page: PageRequest): Promise<PageOf<Carrier & Dated>>;
  /** Inserts or replaces a carrier with all its parts; conflict `friendly-name` when another one has its name. */
  upsert(
    carrier: Carrier,
    targets: readonly CarrierTarget[],
    prefixes: readonly CarrierPrefix[],
    sources: readonly CarrierSource[],
  ): Promise<Outcome<Carrier>>;
}

/** The whole data side of an installation. Every write that routing can see also writes its `DirectoryChange` in the same transaction. */
export interface Store extends CatalogueStore {
  readonly accounts: AccountRepository;
  readonly apiKeys: ApiKeyRepository;
  readonly authTokens: AuthTokenRepository;
  readonly idempotency: IdempotencyRepository;
  readonly trunks: TrunkRepository;
  readonly originationUrls: ChildRepository<OriginationUrl>;
  readonly credentialLists: ListRepository<CredentialList>;
  readonly credentials: ChildRepository<Credential>;
  readonly ipAccessControlLists: ListRepository<IpAccessControlList>;
  readonly ipAddresses: ChildRepository<IpAddress>;
  readonly trunkCredentialLists: AssociationRepository<CredentialList>;
  readonly trunkIpAccessControlLists: AssociationRepository<IpAccessControlList>;
  readonly phoneNumbers: PhoneNumberRepository;
  readonly numberPeriods: NumberPeriodRepository;
  readonly inventory: InventoryRepository;
  readonly inventoryImports: InventoryImportRepository;
  readonly callerIds: CallerIdRepository;
  readonly callerIdValidations: CallerIdValidationRepository;
  readonly carriers: CarrierRepository;
  readonly carrierTargets: ChildRepository<CarrierTarget>;
  readonly carrierPrefixes: ChildRepository<CarrierPrefix>;
  readonly carrierSources: ChildRepository<CarrierSource>;
  readonly carrierDresses: OwnedRowRepository<CarrierDress>;
  /** How carriers (`CX…`) and the PBXs of trunks (`TK…`) are met as a client. */
  readonly peerSettings: OwnedRowRepository<PeerSettings>;
  readonly trunkTls: OwnedRowRepository<TrunkTls>;
  /** By the SID of the account, trunk, credential, address or carrier; whose it is, is the caller's to check. */
  readonly callLimits: CallLimitRepository;
  /** Undefined: the defaults of `accountSettings` in `trunking`. */
  readonly accountSettings: OwnedRowRepository<AccountSettings>;
  /** By account, oldest first; conflict `in-use` for one that its account's recordings are encrypted to. */
  readonly publicKeys: ChildRepository<PublicKey & PublicKeyName>;
  readonly dialingPermissions: DialingPermissionRepository;
  /** A handful; `list` gives all, by name. */
  readonly edgeLocations: { upsert(row: EdgeLocation): Promise<void>; list(): Promise<readonly EdgeLocation[]> };
  readonly calls: CallRepository;
  readonly callStatistics: CallStatisticsRepository;
  readonly captures: CaptureRepository;
  readonly recordings: RecordingRepository;
  readonly trunkRecordings: TrunkRecordingsRepository;
  readonly alerts: AlertRepository;
  readonly usage: UsageRepository;
  readonly usageTriggers: UsageTriggerRepository;
  readonly debuggerWebhooks: DebuggerWebhookRepository;
  readonly audit: AuditRepository;
  readonly webhookQueues: WebhookQueueRepository;
  readonly webhookLog: WebhookLogRepository;
  readonly directory: DirectorySource;
  readonly callRecordSink: CallRecordSink;
  readonly recordingSink: RecordingSink;
  readonly alertSink: AlertSink;
  readonly captureSink: CaptureSink;
  readonly users: UserRepository;
  readonly secondFactors: SecondFactorRepository;
  readonly sessions: SessionRepository;
  /** Answers when a query does; for readiness. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
