import type { DirectoryReader } from "../directory/directory.types.ts";
import type { Account, CallLimit, Carrier, Trunk } from "../model.ts";

/** Whose limit it is (LIM-1), in the order in which they are asked: the narrowest first, so that it is the one named. */
export type LimitScope = "source" | "credential" | "trunk" | "account" | "carrier";

/** One limit that a call is under. `key` names what is counted; two claims with one key count together. */
export type LimitClaim = {
  readonly key: string;
  readonly scope: LimitScope;
  /** Whose the limit is: `IP…`, `CR…`, `TK…`, `AC…` or `CX…`. */
  readonly ownerSid: string;
  /** Calls started per second; null: unlimited. */
  readonly maxCps: number | null;
  /** Calls that may start at the same moment; at least 1. */
  readonly burst: number;
  readonly maxConcurrentCalls: number | null;
};

/** What proved that a call is the customer's; null: that kind of proof was not asked for. */
export type Proof = {
  readonly sourceAddress: string;
  /** `IP…`, the entry of an access control list that has the source. */
  readonly ipAddressSid: string | null;
  readonly credentialSid: string | null;
};

/** ACC-2, contract §8.11: what a trial may do. */
const TRIAL: Omit<CallLimit, "ownerSid"> = { maxCps: 1, burst: 1, maxConcurrentCalls: 4 };

/**
 * The limits of a termination call. A limit of an access control list's entry holds for each address in it by itself; one of an account
 * holds for its own calls and those of its subaccounts together.
 */
export function terminationClaims(trunk: Trunk, proof: Proof, directory: DirectoryReader): readonly LimitClaim[] {
  const { ipAddressSid, credentialSid, sourceAddress } = proof;
  return [
    ...(ipAddressSid === null ? [] : claim("source", directory.callLimit(ipAddressSid), sourceAddress)),
    ...(credentialSid === null ? [] : claim("credential", directory.callLimit(credentialSid))),
    ...claim("trunk", directory.callLimit(trunk.sid)),
    ...accountClaims(trunk.accountSid, directory),
  ];
}

/**
 * The limits of an origination call: as many at a time as trunk and account may have, at any rate (contract §8.11 has no CPS there);
 * what protects us from a carrier is the carrier's own limit. A call that stayed inside was counted against that when it left.
 */
export function originationClaims(trunk: Trunk, carrier: Carrier, directory: DirectoryReader): readonly LimitClaim[] {
  const customers = [...claim("trunk", directory.callLimit(trunk.sid)), ...accountClaims(trunk.accountSid, directory)];
  return [
    ...(carrier.ownNumbersOnly ? [] : carrierClaims(carrier, directory)),
    ...customers.filter((one) => one.maxConcurrentCalls !== null).map((one): LimitClaim => ({ ...one, maxCps: null })),
  ];
}

/** The limit of a carrier: calls to it and from it together. */
export function carrierClaims(carrier: Carrier, directory: DirectoryReader): readonly LimitClaim[] {
  return claim("carrier", directory.callLimit(carrier.sid));
}

/** The limits of a call that the platform makes for an account. */
export function ownCallClaims(accountSid: string, directory: DirectoryReader): readonly LimitClaim[] {
  return accountClaims(accountSid, directory);
}

function accountClaims(accountSid: string, directory: DirectoryReader): readonly LimitClaim[] {
  const account = directory.account(accountSid);
  const parent = account?.parentSid ? directory.account(account.parentSid) : undefined;
  return [account, parent].flatMap((one) => (one ? claim("account", accountLimit(one, directory)) : []));
}

/** A trial stays within the trial's limits, whatever was set. */
function accountLimit(account: Account, directory: DirectoryReader): CallLimit | undefined {
  const own = directory.callLimit(account.sid);
  if (account.type !== "Trial") return own;
  return {
    ownerSid: account.sid,
    maxCps: stricter(own?.maxCps, TRIAL.maxCps),
    burst: TRIAL.burst,
    maxConcurrentCalls: stricter(own?.maxConcurrentCalls, TRIAL.maxConcurrentCalls),
  };
}

function stricter(own: number | null | undefined, trial: number | null): number | null {
  return own == null || trial === null ? trial : Math.min(own, trial);
}

function claim(scope: LimitScope, limit: CallLimit | undefined, within?: string): readonly LimitClaim[] {
  if (!limit || (limit.maxCps === null && limit.maxConcurrentCalls === null)) return [];
  const { ownerSid, maxCps, maxConcurrentCalls } = limit;
  // Without a burst of its own a limit lets one second's worth of calls start at once.
  const burst = Math.max(1, limit.burst ?? Math.ceil(maxCps ?? 1));
  return [{ key: within ? `${ownerSid} ${within}` : ownerSid, scope, ownerSid, maxCps, burst, maxConcurrentCalls }];
}
