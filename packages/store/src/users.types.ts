import type { Dated, Outcome, PageOf, PageRequest } from "./store.ts";

/** What a person may do in an account (`trunkline` names them, the API says what each allows); `operator` is for the installation's own. */
export type UserRole = "owner" | "admin" | "developer" | "billing" | "read-only" | "operator";

/** A person who signs in to the console (ACC-3). */
export type User = {
  /** `US…` */
  readonly sid: string;
  /** Null: a user of the operator, and of no account. */
  readonly accountSid: string | null;
  /** In lower case; no two users of the installation have the same. */
  readonly email: string;
  readonly friendlyName: string;
  readonly language: "en" | "ja";
  readonly role: UserRole;
  /** `invited`: has no password yet. */
  readonly status: "invited" | "active" | "suspended";
};
/** With what the console shows beside it. */
export type KnownUser = User & Dated & { readonly hasSecondFactor: boolean };

/** Lets its bearer choose a password, once; a user has at most one. */
export type PasswordLink = { readonly token: string; readonly untilMs: number };

/** What a sign-in is held against. */
export type SignInFacts = {
  readonly user: KnownUser;
  /** Null: no password yet. */
  readonly passwordHash: string | null;
  /** Null: none is asked for. */
  readonly totpSecret: string | null;
};

export interface UserRepository {
  /** Conflicts: `email`, `limit`. */
  create(row: User, link: PasswordLink): Promise<Outcome<KnownUser>>;
  /** Of any account: whose it is, is the caller's to check. */
  fetch(sid: string): Promise<KnownUser | undefined>;
  /** Oldest first. @param of users of one account, of the operator (null), or of the whole installation (undefined) */
  list(
    of: { readonly accountSid?: string | null; readonly email?: string },
    page: PageRequest,
  ): Promise<PageOf<KnownUser>>;
  /**
   * Conflicts: `email`; `last-owner` when the account, or the operator, would be left without an active one. Suspending ends the sessions; an
   * invited user stays so until the first password.
   */
  update(
    sid: string,
    change: Partial<Pick<User, "email" | "friendlyName" | "language" | "role" | "status">>,
  ): Promise<Outcome<KnownUser>>;
  /** With everything that is the user's. Conflict `last-owner` as for `update`. */
  delete(sid: string): Promise<Outcome<User>>;
  signInFacts(by: { readonly email: string } | { readonly sid: string }): Promise<SignInFacts | undefined>;
  /** Ends every session but `keepSession`, and the password link. An invited user is active from now on. */
  setPassword(sid: string, hash: string, keepSession?: string): Promise<Outcome<KnownUser>>;
  /** Takes the place of an earlier link. */
  offerPasswordLink(sid: string, link: PasswordLink): Promise<Outcome<KnownUser>>;
  /** Whose link it is, while it is good. */
  ofPasswordLink(token: string, nowMs: number): Promise<KnownUser | undefined>;
  /** As `setPassword`, by a link, which is used up by it. Not found: no such link (any more). */
  redeemPasswordLink(token: string, nowMs: number, hash: string): Promise<Outcome<KnownUser>>;
}

/** Second factors: time-based codes (RFC 6238) and, for the day the device is lost, recovery codes. */
export interface SecondFactorRepository {
  /** A new secret that nothing is held against until it is confirmed. Conflict `second-factor` where one is in force. */
  begin(userSid: string, secret: string): Promise<Outcome<KnownUser>>;
  /** The secret that waits for its confirmation. */
  pendingSecret(userSid: string): Promise<string | undefined>;
  /** Puts the waiting secret into force; ends every other session. @param step of the code that confirmed it, which is used up */
  confirm(
    userSid: string,
    step: number,
    recoveryCodes: readonly string[],
    keepSession: string,
  ): Promise<Outcome<KnownUser>>;
  /** Uses up a code's time step; false when it, or a later one, was used before (RFC 6238 §5.2). */
  takeStep(userSid: string, step: number): Promise<boolean>;
  /** Uses up a recovery code; false when the user has no such one (any more). */
  takeRecoveryCode(userSid: string, code: string): Promise<boolean>;
  setRecoveryCodes(userSid: string, codes: readonly string[]): Promise<Outcome<KnownUser>>;
  countRecoveryCodes(userSid: string): Promise<number>;
  remove(userSid: string): Promise<Outcome<KnownUser>>;
}

/** A browser that is signed in. */
export type UserSession = {
  /** `SN…` */
  readonly sid: string;
  readonly userSid: string;
  /** Where it began: the address and the browser's own words. */
  readonly source: string;
  readonly userAgent: string;
  readonly createdAtMs: number;
  /** Of its latest request; not noted at each one. */
  readonly usedAtMs: number;
};
/** A session is over when it was not used for so long, or has lasted so long; both as moments it must not be older than. */
export type SessionBounds = { readonly usedAfterMs: number; readonly createdAfterMs: number };

export interface SessionRepository {
  /** Deletes the user's sessions that are over, and the oldest ones beyond `most`. Not found: the user is gone. */
  open(row: UserSession, token: string, bounds: SessionBounds, most: number): Promise<Outcome<UserSession>>;
  /** The session of a token, while it lasts, and who is in it. */
  find(
    token: string,
    bounds: SessionBounds,
  ): Promise<{ readonly session: UserSession; readonly user: KnownUser } | undefined>;
  noteUse(sid: string, atMs: number): Promise<void>;
  fetch(userSid: string, sid: string, bounds: SessionBounds): Promise<UserSession | undefined>;
  list(userSid: string, bounds: SessionBounds, page: PageRequest): Promise<PageOf<UserSession>>;
  end(userSid: string, sid: string): Promise<Outcome<UserSession>>;
  /** @returns those that there were */
  endAll(userSid: string): Promise<readonly UserSession[]>;
}
