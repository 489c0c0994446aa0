import type { FastifyRequest } from "fastify";
import { forbidden, type Problem } from "../problem.ts";

/**
 * Refuses what another site's page sends with our cookie along: by `Sec-Fetch-Site`, which pages cannot forge, and by `Origin` from browsers
 * that do not know it. Schemes are not compared: behind a reverse proxy ours may differ from the one that the browser sees.
 */
export function whyForeign(request: FastifyRequest): Problem | undefined {
  const { "sec-fetch-site": site, origin } = request.headers;
  const isForeignSite = typeof site === "string" && site !== "same-origin" && site !== "none";
  const isForeignOrigin = typeof origin === "string" && hostOf(origin) !== request.host.toLowerCase();
  return isForeignSite || isForeignOrigin
    ? forbidden("Permission Denied: a session of the console works from the console's own pages alone.")
    : undefined;
}

/** Of `Origin: null`, which sandboxed pages send, too: undefined, which is no host of ours. */
function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host;
}
