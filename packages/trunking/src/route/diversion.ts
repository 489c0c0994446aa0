import type { DirectoryReader } from "../directory/directory.types.ts";
import { titleTo } from "./caller-id.ts";
import { isOurHost } from "./our-host.ts";
import { type Passed, pass, skip } from "./ruling.ts";
import type { CallRequest, Facts } from "./types.ts";

/**
 * TERM-10: Diversion headers go on to the carrier; one that names our domain is removed unless its number belongs to the account or
 * is verified, so that nobody can speak in the name of another customer. Found: the values to send, as written.
 */
export function chooseDiversions(
  request: CallRequest,
  accountSid: string,
  directory: DirectoryReader,
  facts: Facts,
): Passed<readonly string[]> {
  if (request.diversions.length === 0) return skip("", "The call has no Diversion.", []);
  const kept = request.diversions.filter(
    (party) =>
      !isOurHost(party.host, facts) || titleTo(party.user?.split(";", 1)[0] ?? "", accountSid, directory) !== undefined,
  );
  const input = request.diversions.map((party) => party.raw).join(", ");
  const removed = request.diversions.length - kept.length;
  const detail =
    removed === 0
      ? "Every Diversion goes to the carrier."
      : `${removed} of ${request.diversions.length} removed: our domain with a number that is not the account's.`;
  return pass(
    input,
    detail,
    kept.map((party) => party.raw),
  );
}
