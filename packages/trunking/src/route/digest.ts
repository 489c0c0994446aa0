import type { DirectoryReader } from "../directory/directory.types.ts";
import type { Trunk } from "../model.ts";
import { type Challenged, info, pass, type Ruling, refuse, skip } from "./ruling.ts";
import type { CallRequest, Facts } from "./types.ts";

/**
 * TERM-2, TERM-3: the digest answer against the trunk's credential lists (403, 32202). Found: the
 * credential that proved it, null when none was asked for.
 *
 * An unknown user name and a wrong password give the peer the same answer; only the customer's trace tells them apart.
 */
export function checkDigest(
  request: CallRequest,
  trunk: Trunk,
  directory: DirectoryReader,
  facts: Facts,
): Ruling<string | null> | Challenged {
  if (!directory.hasCredentialList(trunk.sid)) return skip("", "The trunk has no credential list.", null);
  if (facts.digestAssumed) return info("dry run", "The right user name and password are taken for granted.", null);
  if (!request.credentials) {
    return {
      kind: "challenge",
      stale: false,
      input: "no credentials",
      detail: "The call must prove a user name and password.",
    };
  }
  const { username, algorithm } = request.credentials;
  const input = `user ${username}, ${algorithm}`;
  const known = directory.credentials(trunk.sid, username);
  if (known.length === 0) return refuse(32202, input, "The user name is in none of the trunk's credential lists.");
  let why = "";
  let stale = false;
  for (const credential of known) {
    const verdict = facts.verifyDigest(credential);
    if (verdict.kind === "valid") return pass(input, `The digest fits list ${credential.listSid}.`, credential.sid);
    if (verdict.kind === "stale") stale = true;
    else why = verdict.why;
  }
  if (stale) return { kind: "challenge", stale, input, detail: "The digest is right, but its nonce is too old." };
  return refuse(32202, input, `The digest does not fit: ${why}.`);
}
