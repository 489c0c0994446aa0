import type { DirectoryReader } from "../directory/directory.types.ts";
import { identify } from "./identify.ts";
import { routeOrigination } from "./origination.ts";
import { routeTermination } from "./termination.ts";
import type { CallRequest, Decision, Facts } from "./types.ts";

/**
 * Decides about any new call: termination when it is addressed to a trunk domain, origination when a carrier sends it to one of our own
 * hosts, otherwise silence. Pure and synchronous; no work depends on how many trunks or numbers there are.
 */
export function route(request: CallRequest, directory: DirectoryReader, facts: Facts): Decision {
  const identity = identify(request, directory, facts);
  switch (identity.kind) {
    case "termination":
      return routeTermination(request, directory, facts);
    case "origination":
      return routeOrigination(request, directory, facts);
    case "unknown":
      return { kind: "drop", why: identity.why };
    default:
      return identity satisfies never;
  }
}
