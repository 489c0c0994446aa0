import { canonicalIpAddress } from "../ip-address.ts";
import type { Facts } from "./types.ts";

/**
 * Whether a host that a peer wrote is of this installation: its zone, anything below that, or one of its addresses. A dot at the end and the
 * other ways to write an IPv6 address make no other host of it (RFC 1034 §3.1, RFC 5952 §2).
 */
export function isOurHost(host: string, { zone, ownHosts }: Pick<Facts, "zone" | "ownHosts">): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  const bare = canonicalIpAddress(name) ?? name;
  const ours = zone.toLowerCase();
  return bare === ours || bare.endsWith(`.${ours}`) || ownHosts.has(bare) || ownHosts.has(`[${bare}]`);
}
