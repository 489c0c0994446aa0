import { X509Certificate } from "node:crypto";
import type { NetworkFacts, SipPlace } from "@trunkline/api";
import type { Settings } from "./config/settings.ts";
import { ROOT_CERTIFICATE_PATH } from "./health.ts";
import type { ListenerView } from "./threads/edge-offer.ts";

/** What the API may tell of the network; listeners are asked for each time, because an edge has them only once it runs. */
export function networkFacts(
  settings: Pick<Settings, "zone" | "edge" | "bind" | "advertise" | "rtpPorts" | "publicUrl" | "role">,
  listeners: () => readonly ListenerView[],
  caPem: string | undefined,
): NetworkFacts {
  const { zone, edge, rtpPorts, role, publicUrl } = settings;
  return {
    zone,
    edge,
    get sip() {
      return listeners().flatMap((listener) => seen(listener, settings));
    },
    rtpPorts: { from: rtpPorts.min, to: rtpPorts.max },
    caPath: role === "control" ? null : ROOT_CERTIFICATE_PATH,
    caFingerprint: caPem === undefined ? null : new X509Certificate(caPem).fingerprint256,
    httpUrl: publicUrl ?? null,
  };
}

/** A listener by the address that peers see. Private connections are no part of the public network, and left out. */
function seen(
  { transport, address, port }: ListenerView,
  { bind, advertise }: Pick<Settings, "bind" | "advertise">,
): readonly SipPlace[] {
  const at = bind.indexOf(address);
  if (at === -1 || (transport !== "udp" && transport !== "tcp" && transport !== "tls")) return [];
  return [{ transport, address: advertise[at] ?? address, port }];
}
