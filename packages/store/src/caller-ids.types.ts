import type { CallerId } from "@trunkline/trunking";
import type { ChildRepository, Dated, PageOf, PageRequest } from "./store.ts";

/** What of a caller ID routing does not look at. */
export type CallerIdName = { readonly friendlyName: string };

/** Verified caller IDs of an account, oldest first; conflict `phone-number` for a number that is one already. */
export interface CallerIdRepository extends Omit<ChildRepository<CallerId & CallerIdName>, "list"> {
  /** Both filters are whole values. */
  list(
    accountSid: string,
    filter: { readonly e164?: string; readonly friendlyName?: string },
    page: PageRequest,
  ): Promise<PageOf<CallerId & CallerIdName & Dated>>;
}

/** A call that is to verify a number as a caller ID (NUM-4). */
export type CallerIdValidation = {
  readonly callSid: string;
  /** `PN…` of the caller ID that it will be. */
  readonly callerIdSid: string;
  readonly accountSid: string;
  readonly e164: string;
  readonly friendlyName: string;
  readonly statusCallback: string | null;
  readonly statusCallbackMethod: "GET" | "POST";
  /** By then its call is over, or never began; epoch milliseconds. */
  readonly deadlineMs: number;
};

/** Why a number is not called to verify it. */
export type ValidationRefusal =
  /** It is a caller ID of the account. */
  | "verified"
  /** It is a number of the account, which needs no verification. */
  | "owned"
  /** It is being called, for this account or another. */
  | "under-way"
  /** It has been called often enough in the last hour, for whichever accounts. */
  | "number-limit"
  /** The account has as many calls under way, or had as many in the last hour, as it may. */
  | "account-limit";

/** How often numbers are called, so that nobody can have a stranger's telephone ring all day. */
export const VALIDATION_LIMITS = { perNumberPerHour: 5, perAccountPerHour: 30, perAccountAtOnce: 3 } as const;

export interface CallerIdValidationRepository {
  /** Notes that the number will be called; two of one number at once cannot both be the first. */
  begin(
    validation: CallerIdValidation,
  ): Promise<{ readonly kind: "begun" } | { readonly kind: "refused"; readonly why: ValidationRefusal }>;
  /** The call was not made after all: it does not count, and nobody is told. */
  forget(callSid: string): Promise<void>;
  /**
   * The right code was keyed in: makes the caller ID and queues the callback, in one transaction. Safe to repeat.
   *
   * @returns false when it had failed before
   */
  succeed(callSid: string): Promise<boolean>;
  /** Fails what is pending after its deadline, and tells of it. What its call's record says ends the others. @returns how many */
  failOverdue(nowMs: number): Promise<number>;
  /** Forgets what began before that time and counts no more. */
  deleteOlderThan(beforeMs: number): Promise<number>;
}
