/** What to count. Times are epoch milliseconds at full quarters of an hour. */
export type CallStatisticsQuery = {
  readonly accountSid: string;
  readonly trunkSid?: string;
  readonly direction?: "trunking-terminating" | "trunking-originating";
  /** Where each period begins, ascending and at least one; it ends where the next begins. */
  readonly startsMs: readonly number[];
  /** Where the last period ends. */
  readonly endMs: number;
  /** Apart for each trunk, or all together. */
  readonly byTrunk: boolean;
  /** Of sums, at most. */
  readonly limit: number;
};

/** Calls that are over, in the period in which they came; of trunks only. */
export type CallSums = {
  readonly calls: number;
  readonly answered: number;
  /** Of those not answered; the rest failed. */
  readonly busy: number;
  readonly noAnswer: number;
  readonly canceled: number;
  /** Of answered calls, together. */
  readonly seconds: number;
  /** As `seconds`, each call up to the next full minute, as usage counts them. */
  readonly minutes: number;
  /** From the call's coming to its answer, of answered calls together. */
  readonly waitMs: number;
};

export interface CallStatisticsRepository {
  /** @returns sums by position in `startsMs`, then trunk; what is not there is nothing */
  sums(
    query: CallStatisticsQuery,
  ): Promise<readonly (CallSums & { readonly period: number; readonly trunkSid: string })[]>;
}
