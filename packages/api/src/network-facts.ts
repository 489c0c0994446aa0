/** What a firewall, a PBX and a person must know of this installation's network; for setup guides and `/trunkline/v1/Network`. */
export type NetworkFacts = {
  /** Base domain; trunk domains end in `.pstn.{zone}`. */
  readonly zone: string;
  /** Name of the edge that this process runs. */
  readonly edge: string;
  /**
   * Where SIP is taken and comes from, by the addresses that peers see; empty while the edge is starting and in a role that carries no
   * calls. IPv6 addresses without brackets.
   */
  readonly sip: readonly SipPlace[];
  /** UDP ports of media, both ends included, at the addresses of `sip`. */
  readonly rtpPorts: { readonly from: number; readonly to: number };
  /** Path of the root certificate below `httpUrl` (PEM); null: there is none here. */
  readonly caPath: string | null;
  /** SHA-256 of that certificate in hexadecimal pairs with colons, as OpenSSL and browsers show it; null: there is none here. */
  readonly caFingerprint: string | null;
  /** Scheme, host and port at which the operator says the API is reached; null: where the request came to. */
  readonly httpUrl: string | null;
};

export type SipPlace = { readonly transport: "udp" | "tcp" | "tls"; readonly address: string; readonly port: number };
