import type { DirectoryReader } from "../directory/directory.types.ts";
import type { Trunk } from "../model.ts";
import { info, type Passed } from "./ruling.ts";

/**
 * Contract §8.8: an emergency call should come from a number of this very trunk, whose address help can be sent to. It is carried in any
 * case, but may cost extra, so the trace says which it was. Limits, trial rules and dialing permissions do not hold for it.
 */
export function noteEmergency(
  number: string,
  callerId: string,
  trunk: Trunk,
  directory: DirectoryReader,
): Passed<undefined> {
  const input = `${number} from ${callerId}`;
  const known = directory.phoneNumber(callerId)?.trunkSid === trunk.sid;
  const detail = known
    ? "An emergency call from a number of this trunk; limits and permissions do not hold for it."
    : "An emergency call, carried without limits; but the caller ID is no number of this trunk, so that no address is known.";
  return info(input, detail, undefined);
}
