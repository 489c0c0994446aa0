/** A certificate chain (leaf first) and its private key. */
export type TlsCertificate = {
  /** Host names it is shown for; `*.` stands for exactly one label (RFC 6125 §6.4.3). */
  readonly names: readonly string[];
  readonly certPem: string;
  readonly keyPem: string;
};

/** What we show in handshakes, and whom we trust. May be replaced while running, see `SipHost.setCertificates`. */
export type TlsMaterial = {
  /**
   * The first serves peers that name no host (no SNI, RFC 6066 §3) or one that none is for, and is what we show when asked as a client.
   * Others with the same `names` as the first are shown along with it: of an ECDSA and an RSA certificate each peer gets what it can check.
   * Of later ones with the same names the last is shown.
   */
  readonly certificates: readonly TlsCertificate[];
  /**
   * Root certificates, PEM, one after the other. Servers may be issued by them or by the system's roots; clients only by them, or, without
   * any, by the system's.
   */
  readonly caPem?: string;
};

export type TlsOptions = TlsMaterial & {
  /** Oldest version spoken, both directions. Default `TLSv1.2` (RFC 8996); older ones only for peers that cannot be helped. */
  readonly minVersion?: "TLSv1.2" | "TLSv1.1" | "TLSv1";
  /** OpenSSL's names, colons between, in our order of preference. Default `DEFAULT_CIPHERS`. */
  readonly ciphers?: string;
  /** Whether servers that we call must prove their name, unless `flowTo` says otherwise. Default false. */
  readonly verifyServers?: boolean;
  /** `ask`: a client certificate is taken when there is one; `require`: and must be issued by a root we trust. Default `ignore`. */
  readonly clientCertificates?: "ignore" | "ask" | "require";
};

/** Whom a TLS connection is for. */
export type TlsPeer = {
  /** The host name that was looked up: sent as SNI and checked in the certificate. Absent or an address: no SNI. */
  readonly serverName?: string;
  /** Absent: `TlsOptions.verifyServers`. */
  readonly verify?: boolean;
};

/** Why a handshake failed, as far as can be told from our side. */
export type HandshakeFailure =
  | "version"
  | "cipher"
  | "certificate"
  /** Plain SIP, HTTP or noise on the TLS port. */
  | "not-tls"
  | "timeout"
  /** The peer went away in the middle. */
  | "closed"
  | "other";
