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
   */
  readonly certificates: readonly TlsCertificate[];
  /** Root certificates, PEM, one after the other. Servers may be issued by them or by the system's roots. */
  readonly caPem?: string;
  /** Root certificates of the peers that connect to us. Default `caPem`. */
  readonly clientCaPem?: string;
};

/** What one customer has of its own beside the material: shown by exact name, before anything else. No certificates: taken back. */
export type NamedCertificates = { readonly key: string; readonly certificates: readonly TlsCertificate[] };

export type TlsOptions = TlsMaterial & {
  readonly named?: readonly NamedCertificates[];
  /** OpenSSL's names, colons between, in our order of preference. Default `DEFAULT_CIPHERS`. */
  readonly ciphers?: string;
  /** Whether servers that we call must prove their name, unless `flowTo` says otherwise. Default false. */
  readonly verifyServers?: boolean;
};

export type TlsVersion = "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";

/** Who begins a handshake with us, as far as it said before anything was decided; nothing of it is proved. */
export type TlsHello = {
  readonly remoteAddress: string;
  /** In lower case, without a final dot; absent: no name is asked for (RFC 6066 §3). */
  readonly serverName?: string;
  /** The newest version it offers; absent: none that is known, or it does not speak TLS. */
  readonly newestVersion?: TlsVersion | "SSLv3";
};

/** How the handshake of a peer that connects to us goes on. */
export type TlsTerms = {
  /** TLS 1.0 and 1.1 will do, which RFC 8996 deprecates. */
  readonly deprecatedVersions: boolean;
  /** The peer is asked for a certificate. It connects without one too; `TlsFacts` tells what it proved. */
  readonly clientCertificate: boolean;
};

/** What a handshake settled. */
export type TlsFacts = {
  readonly version: TlsVersion;
  /** Host names and addresses in the certificate that the peer was asked for, in lower case; absent unless it is valid. */
  readonly peerNames?: readonly string[];
  /** Why there are no `peerNames` though a certificate was asked for. */
  readonly peerProblem?: string;
};

/** Whom a TLS connection that we open is for. */
export type TlsPeer = {
  /** The host name that was looked up: sent as SNI and checked in the certificate. Absent or an address: no SNI. */
  readonly serverName?: string;
  /** Absent: `TlsOptions.verifyServers`. */
  readonly verify?: boolean;
  /** Our certificate is shown when the peer asks for one. Absent: it is not. */
  readonly clientCertificate?: boolean;
  /** TLS 1.0 and 1.1 will do. Absent: TLS 1.2 is the least. */
  readonly deprecatedVersions?: boolean;
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
