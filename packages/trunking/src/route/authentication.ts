import type { DirectoryReader } from "../directory/directory.types.ts";
import type { Trunk } from "../model.ts";
import { pass, type Ruling, refuse } from "./ruling.ts";

/** TERM-2: a trunk without any authentication refuses every call (403, 32200); one with both kinds asks for both. */
export function checkAuthentication(trunk: Trunk, directory: DirectoryReader): Ruling {
  const byAddress = directory.hasIpAccessControlList(trunk.sid);
  const byDigest = directory.hasCredentialList(trunk.sid);
  if (!byAddress && !byDigest) {
    return refuse(
      32200,
      trunk.sid,
      "The trunk has neither an IP access control list nor a credential list, so it takes no calls.",
    );
  }
  if (byAddress && byDigest) return pass(trunk.sid, "The source address and the digest must both pass.");
  return pass(trunk.sid, byAddress ? "The source address decides." : "The digest decides.");
}
