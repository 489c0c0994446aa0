import { BlockList, isIP, isIPv4 } from "node:net";

/** What is not the public Internet, by IANA's registries of special-purpose addresses (RFC 6890 and its updates). */
const PRIVATE_IPV4 = blockListOf("ipv4", [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  // Among these the metadata services of clouds.
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
]);
const PRIVATE_IPV6 = blockListOf("ipv6", [
  // Everything but 2000::/3, the only part that is given out as unicast: loopback, link-local, unique local and multicast addresses, and
  // those that hold an IPv4 address (mapped, NAT64), which may be anything.
  ["::", 3],
  ["4000::", 2],
  ["8000::", 1],
  // Teredo and other protocols' assignments, documentation, 6to4.
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
]);

/** True for an address of the public Internet, false for any other and for what is no IP address. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  return isIPv4(address) ? !PRIVATE_IPV4.check(address) : !PRIVATE_IPV6.check(address, "ipv6");
}

const WHY = "requests to private addresses are off (TRUNKLINE_ALLOW_PRIVATE_WEBHOOKS)";

/**
 * Why no request ever goes to a host, as far as the host alone tells; what its name stands for is looked at with every request.
 *
 * @param host as a URL has it: IPv6 in brackets
 */
export function refusedHost(host: string): string | undefined {
  const bare = host.replace(/^\[|\]$/g, "");
  const refused = isIP(bare) === 0 ? /(^|\.)localhost\.?$/i.test(bare) : !isPublicAddress(bare);
  return refused ? WHY : undefined;
}

/** A name or address that requests must not go to. */
export class PrivateAddress extends Error {
  readonly code = "ERR_PRIVATE_ADDRESS";

  constructor(address: string) {
    super(`${address}: ${WHY}`);
  }
}

function blockListOf(
  family: "ipv4" | "ipv6",
  subnets: readonly (readonly [network: string, prefixLength: number])[],
): BlockList {
  const list = new BlockList();
  for (const [network, prefixLength] of subnets) list.addSubnet(network, prefixLength, family);
  return list;
}
