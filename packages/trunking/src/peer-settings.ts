import type { PeerSettings, TrunkTls } from "./model.ts";

/** How a carrier or a trunk's PBX is met of which nobody said anything: no credentials, no registration, no probes. */
export const DEFAULT_PEER_SETTINGS: Omit<PeerSettings, "ownerSid"> = {
  username: null,
  password: null,
  registrarUrl: null,
  // RFC 3261 §10.2: the time that registrars commonly take.
  registrationExpiresSec: 3_600,
  probeIntervalSec: null,
  clientCertificate: false,
};

/** What TLS towards a trunk asks when nobody said anything: what it asks everywhere. */
export const DEFAULT_TRUNK_TLS: Omit<TrunkTls, "trunkSid"> = { ownCertificate: false, clientNames: [] };
