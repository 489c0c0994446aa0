import type { DirectoryReader } from "../directory/directory.types.ts";
import type { Trunk } from "../model.ts";
import { pass, type Ruling, refuse, skip } from "./ruling.ts";
import type { CallRequest } from "./types.ts";

/** TERM-2: the source address against the trunk's lists (403, 32201). Found: the entry that has it, null without lists. */
export function checkAcl(request: CallRequest, trunk: Trunk, directory: DirectoryReader): Ruling<string | null> {
  const source = `${request.sourceAddress}:${request.sourcePort}`;
  if (!directory.hasIpAccessControlList(trunk.sid))
    return skip(source, "The trunk has no IP access control list.", null);
  const match = directory.matchAcl(trunk.sid, request.sourceAddress);
  if (!match)
    return refuse(32201, source, `${request.sourceAddress} is in none of the trunk's IP access control lists.`);
  return pass(source, `${match.cidr} of list ${match.listSid} contains the source address.`, match.sid);
}
