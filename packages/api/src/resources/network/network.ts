import { trunkDomainSuffix } from "@trunkline/trunking";
import { z } from "zod";
import { unavailable } from "../../problem.ts";
import type { Route } from "../../route.ts";

const ABSENT = unavailable("This process knows nothing of the network. Ask one in the role `edge` or `all`.");

const shape = z.strictObject({
  zone: z.string(),
  edge: z.string(),
  trunk_domain_suffix: z.string(),
  edges: z.array(z.strictObject({ name: z.string(), aliases: z.array(z.string()), trunk_domain_suffix: z.string() })),
  signalling: z.array(z.strictObject({ transport: z.enum(["udp", "tcp", "tls"]), address: z.string(), port: z.int() })),
  media: z.strictObject({
    addresses: z.array(z.string()),
    transport: z.literal("udp"),
    port_from: z.int(),
    port_to: z.int(),
  }),
  ca_certificate_url: z.string().nullable(),
  ca_certificate_sha256: z.string().nullable(),
  url: z.string(),
});

/** `/trunkline/v1/Network`: what a firewall and a PBX have to know of this installation (NET-3). */
export const networkRoute: Route = {
  method: "GET",
  product: "trunkline",
  scope: "account",
  path: "/Network",
  summary: "Fetch: addresses and ports of signalling and media",
  form: {},
  success: { status: 200, schema: shape },
  run: async ({ deps: { network, store }, links }) => {
    if (network === undefined) return ABSENT;
    const { zone, edge, sip, rtpPorts, caPath, caFingerprint, httpUrl } = network;
    const url = links.absolute("trunkline", "/Network");
    const body: z.infer<typeof shape> = {
      zone,
      edge,
      trunk_domain_suffix: trunkDomainSuffix(zone),
      edges: (await store.edgeLocations.list()).map(({ name, aliases }) => ({
        name,
        aliases: [...aliases],
        trunk_domain_suffix: `.pstn.${name}.${zone.toLowerCase()}`,
      })),
      signalling: sip.map(({ transport, address, port }) => ({ transport, address, port })),
      media: {
        addresses: [...new Set(sip.map(({ address }) => address))],
        transport: "udp",
        port_from: rtpPorts.from,
        port_to: rtpPorts.to,
      },
      ca_certificate_url: caPath === null ? null : new URL(caPath, httpUrl ?? url).href,
      ca_certificate_sha256: caFingerprint,
      url,
    };
    return { status: 200, body };
  },
};
