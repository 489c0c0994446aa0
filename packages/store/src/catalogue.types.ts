import type { PhoneNumber } from "@trunkline/trunking";
import type { NumberType } from "./inventory.types.ts";
import type { ChildRepository, Dated, Outcome, PageOf, PageRequest, PhoneNumberSettings } from "./store.ts";

type Method = "GET" | "POST";

/** Web addresses under one name, which numbers refer to. */
export type Application = {
  /** `AP…` */
  readonly sid: string;
  readonly accountSid: string;
  readonly friendlyName: string;
  readonly apiVersion: "2010-04-01" | "2008-08-01";
  readonly voiceUrl: string | null;
  readonly voiceMethod: Method;
  readonly voiceFallbackUrl: string | null;
  readonly voiceFallbackMethod: Method;
  readonly voiceCallerIdLookup: boolean;
  readonly statusCallback: string | null;
  readonly statusCallbackMethod: Method;
  readonly smsUrl: string | null;
  readonly smsMethod: Method;
  readonly smsFallbackUrl: string | null;
  readonly smsFallbackMethod: Method;
  readonly smsStatusCallback: string | null;
  readonly messageStatusCallback: string | null;
  readonly publicApplicationConnectEnabled: boolean;
};

/** Where a customer is. */
export type Address = {
  /** `AD…` */
  readonly sid: string;
  readonly accountSid: string;
  readonly friendlyName: string | null;
  readonly customerName: string;
  readonly street: string;
  readonly streetSecondary: string | null;
  readonly city: string;
  readonly region: string;
  readonly postalCode: string;
  /** ISO 3166-1. */
  readonly isoCountry: string;
  readonly emergencyEnabled: boolean;
};

/** Whole values; those that are left out let everything pass. */
export type ApplicationFilter = Partial<Pick<Application, "friendlyName">>;
export type AddressFilter = Partial<Pick<Address, "friendlyName" | "customerName" | "isoCountry" | "emergencyEnabled">>;

type Filtered<Row extends { readonly sid: string }, Filter> = Omit<ChildRepository<Row>, "list"> & {
  /** Oldest first. */
  list(accountSid: string, filter: Filter, page: PageRequest): Promise<PageOf<Row & Dated>>;
};

/** Numbers that refer to an application that is deleted lose it. */
export type ApplicationRepository = Filtered<Application, ApplicationFilter>;

/** `delete` conflicts with `in-use` while a number has the address. */
export type AddressRepository = Filtered<Address, AddressFilter> & {
  /** The numbers that have the address, oldest first. */
  listDependentNumbers(
    accountSid: string,
    addressSid: string,
    page: PageRequest,
  ): Promise<PageOf<PhoneNumber & PhoneNumberSettings & Dated>>;
};

/** What something costs, in millionths of the installation's currency. */
export type Rate = {
  /** `RT…` */
  readonly sid: string;
  readonly friendlyName: string;
  /** Of a minute; of kind `number`: of a month. */
  readonly priceMicros: number;
} & (
  | {
      readonly kind: "termination";
      /** Digits that the called number begins with, without +; none: all numbers. */
      readonly prefix: string;
      readonly isoCountry: null;
      readonly numberType: null;
    }
  | {
      /** `origination`: calls to a number of ours; `number`: having one. */
      readonly kind: "origination" | "number";
      readonly prefix: null;
      readonly isoCountry: string;
      readonly numberType: NumberType;
    }
);
export type RateKind = Rate["kind"];
export type TerminationRate = Rate & { readonly kind: "termination" };

export interface RateRepository {
  /** Conflict `prefix` when there is a price for the same already. */
  create(row: Rate): Promise<Outcome<Rate & Dated>>;
  fetch(sid: string): Promise<(Rate & Dated) | undefined>;
  /** Oldest first. */
  list(
    filter: { readonly kind?: RateKind; readonly isoCountry?: string },
    page: PageRequest,
  ): Promise<PageOf<Rate & Dated>>;
  update(sid: string, change: Partial<Pick<Rate, "friendlyName" | "priceMicros">>): Promise<Outcome<Rate & Dated>>;
  delete(sid: string): Promise<Outcome<Rate>>;
  /**
   * Inserts, or changes those that stand for the same prefix or the same country and type; all or none. Of one named twice the last counts.
   *
   * @returns how many there were
   */
  put(rows: readonly Rate[]): Promise<Outcome<number>>;
  /** Termination rates that stand at exactly these prefixes. */
  atPrefixes(prefixes: readonly string[]): Promise<readonly TerminationRate[]>;
  /** Termination rates whose prefix begins with one of these. */
  underPrefixes(prefixes: readonly string[]): Promise<readonly TerminationRate[]>;
  /** The first digits, `most` of them, of every prefix that has a termination rate. */
  prefixHeads(most: number): Promise<readonly string[]>;
  /** Of a country, or of all; by country and type of number. */
  ofNumbers(kind: "origination" | "number", isoCountry?: string): Promise<readonly Rate[]>;
  /** ISO 4217 code of what the prices are in. */
  currency(): Promise<string>;
  setCurrency(currency: string): Promise<void>;
}

/** The name that goes with a number. */
export type CallerName = {
  readonly e164: string;
  readonly callerName: string;
  readonly callerType: "BUSINESS" | "CONSUMER" | null;
};

export interface CallerNameRepository {
  fetch(e164: string): Promise<(CallerName & Dated) | undefined>;
  /** In order of the numbers. */
  list(page: PageRequest): Promise<PageOf<CallerName & Dated>>;
  /** Inserts or replaces. */
  set(row: CallerName): Promise<Outcome<CallerName & Dated>>;
  remove(e164: string): Promise<Outcome<CallerName>>;
}

/** The region that a trunk (`TK…`) or a number (`PN…`) is to be served from. Goes with what it is of. */
export type RegionRoute = { readonly ownerSid: string; readonly friendlyName: string; readonly voiceRegion: string };

export interface RegionRouteRepository {
  fetch(ownerSid: string): Promise<(RegionRoute & Dated) | undefined>;
  /** Inserts or replaces; not found when the trunk or number is not there. */
  set(row: RegionRoute): Promise<Outcome<RegionRoute & Dated>>;
}

/** What numbers refer to, what things cost, names of callers, and regions. */
export type CatalogueStore = {
  readonly applications: ApplicationRepository;
  readonly addresses: AddressRepository;
  readonly rates: RateRepository;
  readonly callerNames: CallerNameRepository;
  readonly regionRoutes: RegionRouteRepository;
};
