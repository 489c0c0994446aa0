import { isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import type { ListenOn } from "./sip-host.types.ts";

function isWildcard(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

/**
 * A wildcard address becomes one entry per address of that family the machine has now; a concrete address stays as it is.
 *
 * A socket bound to a wildcard does not tell which of our addresses a datagram was sent to, and the kernel would then choose the
 * source of our answer by its routes: on a machine with several addresses a peer may hear from an address it never called, and
 * our Via, Contact and SDP would have none to name. Addresses that appear later need a restart.
 */
export function expandWildcard(on: ListenOn): readonly ListenOn[] {
  if (!isWildcard(on.address)) return [on];
  const family = isIPv6(on.address) ? "IPv6" : "IPv4";
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses
      .filter((local) => local.family === family)
      .map((local) => ({ ...on, address: isLinkLocal(local.address) ? `${local.address}%${name}` : local.address })),
  );
}

function isLinkLocal(address: string): boolean {
  return /^fe[89ab][0-9a-f]:/i.test(address);
}

/** True for 127.0.0.0/8 and ::1, which reach nothing but this machine. */
export function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1" || address.startsWith("::ffff:127.");
}
