import { Resolver } from "node:dns/promises";
import { type Check, fail, ok, warn, whyOf } from "./finding.ts";

const LIMIT_MS = 2_000;

/** Whether the world finds a trunk of the zone at the address that peers are told. */
export const zone: Check = async ({ settings: { zone: name, advertise, bind } }) => {
  const host = `doctor-check.pstn.${name}`;
  // RFC 6761 §6.3: such names are this machine, everywhere.
  if (name.endsWith(".localhost")) {
    return [
      warn("dns", `${name} is a name for this machine alone`, "for others, set TRUNKLINE_ZONE to a domain of yours"),
    ];
  }
  const told = new Set(advertise.length === 0 ? bind : advertise);
  const resolver = new Resolver({ timeout: LIMIT_MS, tries: 1 });
  const asked = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const found = asked.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
  const record = `add a record *.pstn.${name} with ${[...told].join(" and ")} to the zone`;
  if (found.length === 0) {
    const [first] = asked;
    const why = first?.status === "rejected" ? whyOf(first.reason) : "no address";
    if (why === "ETIMEOUT" || why === "ECONNREFUSED") {
      return [warn("dns", `no DNS server of this machine answers (${why})`, `check /etc/resolv.conf; and ${record}`)];
    }
    return [fail("dns", `${host}, as the name of any trunk, has no address (${why})`, record)];
  }
  const right = found.some((address) => told.has(address));
  if (right) return [ok("dns", `trunks of ${name} are found at ${found.join(", ")}`)];
  return [warn("dns", `trunks of ${name} are found at ${found.join(", ")}, not at ${[...told].join(", ")}`, record)];
};
