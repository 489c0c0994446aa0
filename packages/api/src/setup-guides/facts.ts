import type { ApiDeps } from "../deps.ts";
import { invalid, type Problem, unavailable } from "../problem.ts";
import type { TrunkRow } from "../resources/trunks/trunks.ts";
import type { GuideFacts } from "./guide.types.ts";

/** Numbers, URLs and edges that a guide shows; whoever has more knows them from their lists. */
const SHOWN = 20;
const FIRST = { limit: SHOWN };

/** What the guides of a trunk are written from, or why there are none yet. @param here scheme and host that the request came to */
export async function guideFacts(deps: ApiDeps, trunk: TrunkRow, here: string): Promise<GuideFacts | Problem> {
  const { store, network, digestRealm } = deps;
  const { domainName: domain, secure } = trunk;
  if (domain === null) return invalid("The trunk has no domain yet: set DomainName, which PBXs send calls to.");
  const transport = secure ? "tls" : "udp";
  const places = network?.sip.filter((one) => one.transport === transport) ?? [];
  if (network === undefined || places.length === 0)
    return unavailable(`SIP over ${transport.toUpperCase()} is not taken here now: ask a process that carries calls.`);
  const [numbers, urls, lists, edges] = await Promise.all([
    store.phoneNumbers.list(trunk.accountSid, { trunkSid: trunk.sid }, FIRST),
    store.originationUrls.list(trunk.sid, FIRST),
    store.trunkCredentialLists.list(trunk.sid, FIRST),
    store.edgeLocations.list(),
  ]);
  const [label = "trunk"] = domain.split(".");
  const suffix = domain.slice(label.length);
  return {
    trunkName: trunk.friendlyName ?? domain,
    label,
    domain,
    realm: digestRealm,
    localizedDomains: edges
      .slice(0, SHOWN)
      .map(({ name }) => `${label}${suffix.replace(`.pstn.${network.zone}`, `.pstn.${name}.${network.zone}`)}`),
    transport,
    places,
    rtpPorts: network.rtpPorts,
    username: lists.rows.length === 0 ? null : await usernameOf(deps, lists.rows),
    numbers: numbers.rows.map(({ e164 }) => e164),
    originationUrls: urls.rows.filter(({ enabled }) => enabled).map(({ sipUrl }) => sipUrl),
    symmetricRtp: trunk.symmetricRtpEnabled,
    caUrl: network.caPath === null ? null : `${network.httpUrl ?? here}${network.caPath}`,
  };
}

/** The first user name of the lists. */
async function usernameOf({ store }: ApiDeps, lists: readonly { readonly sid: string }[]): Promise<string> {
  for (const { sid } of lists) {
    const [first] = (await store.credentials.list(sid, { limit: 1 })).rows;
    if (first) return first.username;
  }
  return "YOUR-USERNAME";
}
