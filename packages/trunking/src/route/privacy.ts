import { info, type Passed, skip } from "./ruling.ts";
import type { CallRequest, Party } from "./types.ts";

/** What the far side may see of the caller. */
export type Presentation = {
  readonly withheld: boolean;
  /** Value of the Privacy header to send; null: none. */
  readonly privacyHeader: string | null;
};

/** RFC 3323 §4.2 and RFC 3325 §9.3: the values that ask for the caller's name and number to be hidden. */
const HIDING = new Set(["id", "user", "header"]);
const ANONYMOUS_USERS = new Set(["anonymous", "restricted", "private", "unavailable"]);

/**
 * TERM-5: whether the caller withholds the number, by any of the ways in use: Privacy (RFC 3323), an anonymous From, or `privacy=` in
 * Remote-Party-ID. What was asked is passed on.
 */
export function choosePresentation(request: CallRequest): Passed<Presentation> {
  const input = request.privacy.join(";");
  const asked = request.privacy.filter((value) => value !== "none");
  const withheld =
    asked.some((value) => HIDING.has(value)) || isAnonymous(request.from) || hidesNumber(request.remotePartyId);
  if (!withheld) {
    return skip(input, "The caller's number may be shown.", { withheld, privacyHeader: input === "" ? null : input });
  }
  const privacyHeader = (asked.includes("id") ? asked : [...asked, "id"]).join(";");
  return info(input, "The caller's number is withheld from the called party.", { withheld, privacyHeader });
}

/** From of a call whose caller is withheld (RFC 3323 §4.1.1.3). */
export const ANONYMOUS_FROM = { uri: "sip:anonymous@anonymous.invalid", displayName: "Anonymous" } as const;

function isAnonymous(from: Party): boolean {
  return ANONYMOUS_USERS.has(from.user?.toLowerCase() ?? "") || from.host.toLowerCase() === "anonymous.invalid";
}

/** The expired draft that Remote-Party-ID comes from never became an RFC; PBXs write `privacy=full` or `privacy=uri`. */
function hidesNumber(party: Party | null): boolean {
  return party !== null && /;\s*privacy\s*=\s*"?(?:full|uri)\b/i.test(party.raw);
}
