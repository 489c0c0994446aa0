/** Why a store cannot do its work; stable, for logs and for telling an operator what to do. */
export type StoreErrorCode =
  /** The database cannot be reached or went away; trying again later may help. */
  | "STORE_AWAY"
  /** Another process has the embedded store's directory open. */
  | "STORE_IN_USE"
  /** The encryption key is not the one this store was made with. */
  | "STORE_WRONG_KEY"
  /** The data was written by a newer version; migrations only go forward. */
  | "STORE_TOO_NEW"
  /** The address of the store is none we know. */
  | "STORE_BAD_URL";

/** The world failed: no answer from, or no way into, the database. `cause` has the driver's error. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** A page was asked for with a cursor that this list never gave (the API's 21481). */
export class InvalidCursor extends Error {
  override readonly name = "InvalidCursor";
  readonly code = "INVALID_CURSOR";

  constructor() {
    super("the page cursor was not given by this list");
  }
}
