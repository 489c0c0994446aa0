import type { Dated, Outcome, PageOf, PageRequest } from "./store.ts";

/** As the API calls them. */
export const NUMBER_TYPES = ["local", "mobile", "toll free", "national"] as const;
export type NumberType = (typeof NUMBER_TYPES)[number];

export const NUMBER_CAPABILITIES = ["voice", "sms", "mms", "fax"] as const;
export type NumberCapability = (typeof NUMBER_CAPABILITIES)[number];

/** What the operator says of a number that accounts may have. */
export type InventoryNumber = {
  /** `IN…` */
  readonly sid: string;
  readonly e164: string;
  /** ISO 3166-1, two letters; `ZZ` where the number does not tell. */
  readonly isoCountry: string;
  readonly type: NumberType;
  /** Where its calls come from; customers never see it. Null also when that carrier was deleted. */
  readonly carrierSid: string | null;
  readonly monthlyPriceMicros: number;
  readonly capabilities: readonly NumberCapability[];
  readonly locality: string | null;
  readonly region: string | null;
  /** `port-in`: on its way from another operator. No account can buy it; the operator may give it to one. */
  readonly state: "available" | "port-in";
};

/** `quarantined`: released lately, and only for the account that had it; becomes `available` by itself. `sold`: an account has it. */
export type InventoryState = InventoryNumber["state"] | "quarantined" | "sold";

export type StockedNumber = Omit<InventoryNumber, "state"> &
  Dated & {
    readonly state: InventoryState;
    /** Whose it is (`sold`) or was (`quarantined`). */
    readonly accountSid: string | null;
    readonly soldAtMs: number | null;
    readonly quarantinedUntilMs: number | null;
  };

export type InventoryFilter = {
  /** The number or its beginning, `+` included. */
  readonly prefix?: string;
  readonly isoCountry?: string;
  readonly type?: NumberType;
  readonly carrierSid?: string;
  readonly accountSid?: string;
  readonly state?: InventoryState;
};

/** What a buyer looks for. */
export type NumberSearch = {
  readonly isoCountry: string;
  readonly type: NumberType;
  /** Beginning of the number, `+` included. */
  readonly prefix?: string;
  /**
   * Digits anywhere in the number, where `*` is any one digit and `%` any number of them; `+` in front means the number begins with it, `$`
   * behind that it ends so.
   */
  readonly contains?: string;
  /** In any case. */
  readonly region?: string;
  readonly locality?: string;
  /** True: must have it; false: must not. */
  readonly capabilities?: { readonly [C in NumberCapability]?: boolean };
};

/** The numbers that accounts may have, by number. */
export interface InventoryRepository {
  /** Conflict `phone-number` when it is there already. One that an account has is `sold` from the beginning. */
  create(row: InventoryNumber): Promise<Outcome<StockedNumber>>;
  fetch(sid: string): Promise<StockedNumber | undefined>;
  list(filter: InventoryFilter, page: PageRequest): Promise<PageOf<StockedNumber>>;
  /** A given `state` ends a quarantine; conflict `in-use` for the state of one that is sold. */
  update(sid: string, change: Partial<Omit<InventoryNumber, "sid" | "e164">>): Promise<Outcome<StockedNumber>>;
  /** Conflict `in-use` while it is sold. */
  delete(sid: string): Promise<Outcome<StockedNumber>>;
  /** What can be bought by anybody at this moment. With a million numbers: some milliseconds, up to a tenth of a second for three digits. */
  search(search: NumberSearch, page: PageRequest): Promise<PageOf<StockedNumber>>;
  /** The countries and types in which there is something on sale. */
  onSale(): Promise<readonly Pick<InventoryNumber, "isoCountry" | "type">[]>;
}

/** A row of an import that was refused. */
export type ImportError = { readonly line: number; readonly column: string | null; readonly message: string };

export type InventoryImport = {
  /** `II…` */
  readonly sid: string;
  /** `interrupted`: nothing was heard of it for a minute; the process that ran it is gone. What it had taken stays. */
  readonly state: "running" | "completed" | "failed" | "interrupted";
  /** Nothing is kept but the counts. */
  readonly dryRun: boolean;
  /** Rows: all that were read, and what became of them; the others were there as they are. */
  readonly read: number;
  readonly added: number;
  readonly updated: number;
  readonly refused: number;
  /** The first hundred. */
  readonly errors: readonly ImportError[];
};

/** What is said of the rows of an import; of numbers that are there already, anything else stays as it is. */
export type ImportField = Exclude<keyof InventoryNumber, "sid" | "e164">;

export type ImportStep = {
  /** At most a thousand, each number once. */
  readonly rows: readonly InventoryNumber[];
  readonly fields: readonly ImportField[];
  /** Rows read since the last step, and refused ones among them. */
  readonly read: number;
  readonly refused: readonly ImportError[];
};

/** Imports, newest first. */
export interface InventoryImportRepository {
  /** Conflict `in-use` while another one is running, in whatever process. */
  begin(sid: string, dryRun: boolean): Promise<Outcome<InventoryImport & Dated>>;
  /** Takes a batch, and counts it, in one transaction. */
  step(sid: string, step: ImportStep): Promise<Outcome<InventoryImport & Dated>>;
  finish(sid: string, state: "completed" | "failed", errors: readonly ImportError[]): Promise<InventoryImport & Dated>;
  fetch(sid: string): Promise<(InventoryImport & Dated) | undefined>;
  list(page: PageRequest): Promise<PageOf<InventoryImport & Dated>>;
}

/** The time in which an account had a number. */
export type NumberPeriod = {
  readonly phoneNumberSid: string;
  readonly accountSid: string;
  readonly e164: string;
  readonly isoCountry: string;
  readonly type: NumberType;
  /** As it was when the period began. */
  readonly monthlyPriceMicros: number;
  readonly beganAtMs: number;
  /** Null: it still has it. */
  readonly endedAtMs: number | null;
};

/** Kept whatever becomes of the number and the account; oldest first. */
export interface NumberPeriodRepository {
  list(accountSid: string, page: PageRequest): Promise<PageOf<NumberPeriod>>;
}
