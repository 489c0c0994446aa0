import type { KnownUser, UserSession } from "@trunkline/store";

/** A person behind a request, and the browser they use. */
export type SignedIn = {
  readonly user: KnownUser;
  readonly session: UserSession;
  /** The page's proof that it is ours. */
  readonly csrfToken: string;
  /** The account asks a second factor of everybody and this user has none: nothing else is allowed until then. */
  readonly mustEnrol: boolean;
};
