import type { DirectoryReader } from "../directory/directory.types.ts";
import type { Carrier } from "../model.ts";
import type { Attempt, Facts, OnNet } from "./types.ts";

/** Where the platform hears itself. */
export type OwnPlace = Pick<OnNet, "host" | "port">;

/**
 * TERM-12: the platform itself as the carrier of a number that hangs on a trunk here, of whatever account. The call then comes back in as an
 * origination call, so that both customers get their own record, rules and limits, and no carrier is paid. Undefined for every other number,
 * emergency numbers above all, and where no operator wants it.
 */
export function ownCarrierFor(
  number: string,
  directory: DirectoryReader,
  { onNet }: Pick<Facts, "onNet">,
): { readonly carrier: Carrier; readonly place: OwnPlace } | undefined {
  const carrier = onNet && directory.ownNumbersCarrier();
  // An emergency number has no `+`.
  if (!carrier || !number.startsWith("+")) return undefined;
  const trunkSid = directory.phoneNumber(number)?.trunkSid ?? null;
  return trunkSid !== null && directory.trunk(trunkSid) ? { carrier, place: onNet } : undefined;
}

/** The way of a call to oneself; it is not kept account of, because it cannot fail alone. */
export function wayInside(
  { host, port }: OwnPlace,
  number: string,
): Pick<Attempt, "uri" | "toUri" | "address" | "egress" | "onNet"> {
  const uri = `sip:${number}@${host}`;
  return { uri: `${uri}:${port}`, toUri: uri, address: null, egress: { edge: null, tnx: null }, onNet: true };
}
