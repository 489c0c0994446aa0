import type { Account } from "@trunkline/trunking";
import type { Dated, Outcome, PageOf, PageRequest } from "./store.ts";

/** An API key (`SK…`). Its secret is not kept, only what a given one is compared by. */
export type ApiKey = {
  readonly sid: string;
  readonly accountSid: string;
  readonly friendlyName: string;
  /** `standard`: everything but accounts and keys; `main`: as the auth token; `restricted`: what its scopes allow. */
  readonly kind: "standard" | "main" | "restricted";
  /** Of a restricted key; null for the others. */
  readonly scopes: readonly string[] | null;
};

export interface ApiKeyRepository {
  /** Conflict `limit` when the account has too many. */
  create(row: ApiKey & { readonly secret: string }): Promise<Outcome<ApiKey & Dated>>;
  fetch(sid: string): Promise<(ApiKey & Dated) | undefined>;
  /** Oldest first. */
  list(accountSid: string, page: PageRequest): Promise<PageOf<ApiKey & Dated>>;
  update(
    accountSid: string,
    sid: string,
    change: Partial<Pick<ApiKey, "friendlyName" | "scopes">>,
  ): Promise<Outcome<ApiKey & Dated>>;
  /** It is good for nothing from the next request on. */
  delete(accountSid: string, sid: string): Promise<Outcome<ApiKey>>;
  /** Constant-time check of a SID and secret; the key and its account when it fits. */
  authenticate(sid: string, secret: string): Promise<KeyHolder | undefined>;
}

export type KeyHolder = {
  readonly key: ApiKey;
  readonly account: Account & Dated;
};

/** Auth tokens of accounts: the first one is made with the account, the secondary one stands beside it for a while (contract §1.2). */
export interface AuthTokenRepository {
  /** Conflict `in-use` when there is one already. */
  addSecondary(accountSid: string, token: string): Promise<Outcome<Dated>>;
  removeSecondary(accountSid: string): Promise<Outcome<Dated>>;
  /** The secondary token takes the first one's place, which is good for nothing from then on; not found when there is none. */
  promote(accountSid: string): Promise<Outcome<Dated & { readonly authToken: string }>>;
}

/** A request that its sender may send twice, and that is done once. Both hashes are of 32 bytes. */
export type IdempotentRequest = {
  readonly key: Uint8Array;
  readonly accountSid: string;
  readonly bodyHash: Uint8Array;
};

/** What is known of such a request when it comes. */
export type Claim =
  /** Nothing: it is to be done now, and settled or released then. */
  | { readonly kind: "new" }
  | { readonly kind: "under-way" }
  | { readonly kind: "other-body" }
  | { readonly kind: "done"; readonly answer: string };

export interface IdempotencyRepository {
  /**
   * Claims a request for whoever comes first. A claim that nobody settled, since its process died, is given to the next one after
   * a minute; an answer is kept for a day, and so are the newest 10,000 of an account, give or take a hundred.
   */
  claim(request: IdempotentRequest): Promise<Claim>;
  /** Keeps the answer, encrypted. */
  settle(key: Uint8Array, answer: string): Promise<void>;
  /** Forgets a claim: the request was not done. */
  release(key: Uint8Array): Promise<void>;
  /** Retention: deletes up to `limit` of those from before `beforeMs`. @returns how many it were; fewer than `limit`: none is left */
  deleteOlderThan(beforeMs: number, limit: number): Promise<number>;
}
