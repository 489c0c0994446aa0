import { constants } from "node:crypto";
import { createSecureContext, getCACertificates, type SecureContext, type SecureContextOptions } from "node:tls";
import type { NamedCertificates, TlsCertificate, TlsMaterial, TlsOptions, TlsPeer, TlsTerms } from "./tls.types.ts";

/**
 * What is offered, in order (SEC-1): the suites of TLS 1.3, then the fourteen that the product documents (contract §8.6: the ten of its
 * table and their four ECDSA twins), of which operators may offer fewer.
 */
export const DEFAULT_CIPHERS = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES128-SHA256",
  "ECDHE-RSA-AES128-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-AES256-SHA384",
  "ECDHE-RSA-AES256-SHA384",
  "AES128-GCM-SHA256",
  "AES128-SHA256",
  "AES128-SHA",
  "AES256-GCM-SHA384",
  "AES256-SHA256",
  "AES256-SHA",
].join(":");

/** Certificates for the same names, of which each peer is shown the one it can check. */
export type Shown = {
  /** Never given twice: what is made of these certificates can be kept under it. */
  readonly id: number;
  readonly names: readonly string[];
  readonly cert: string[];
  readonly key: string[];
};

/** The certificates of the handshakes to come. Handshakes and connections that exist keep what they began with. */
export class TlsContexts {
  readonly options: TlsOptions;
  #material: TlsMaterial;
  #first: Shown;
  /** By exact name, or by `*.` and the rest. */
  #byName: ReadonlyMap<string, Shown> = new Map();
  readonly #named = new Map<string, Shown>();
  readonly #namedByName = new Map<string, Shown>();
  #lastId = 0;
  /** The last ones seen. */
  #keys: readonly string[] = [];
  #generation = 0;
  readonly #clients = new Map<string, SecureContext>();

  /** Throws when a certificate or key cannot be used. */
  constructor(options: TlsOptions) {
    this.options = options;
    this.#material = options;
    this.#first = this.#show([], []);
    this.set(options);
    this.setNamed(options.named ?? []);
  }

  /** Another one after each `set`: what was made before is out of date, because whom we trust may have changed too. */
  get generation(): number {
    return this.#generation;
  }

  /** Replaces all but the named ones; throws, changing nothing, when one of them cannot be used. */
  set(material: TlsMaterial): void {
    const byNames = Map.groupBy(material.certificates, ({ names }) => names.join(" ").toLowerCase());
    const groups = [...byNames].map(([names, shown]) => this.#show(names.split(" "), shown));
    const [first] = groups;
    if (!first) throw new TypeError("TLS needs at least one certificate");
    for (const group of groups) createSecureContext(this.#serverOptions(group, material, false));
    this.#generation += 1;
    this.#material = material;
    this.#first = first;
    this.#byName = new Map(groups.toReversed().flatMap((group) => group.names.map((name) => [name, group] as const)));
    this.#clients.clear();
  }

  /** Adds, replaces or takes back what single customers have of their own. A certificate that cannot be used is noticed when shown. */
  setNamed(changes: readonly NamedCertificates[]): void {
    for (const { key, certificates } of changes) {
      const before = this.#named.get(key);
      for (const name of before?.names ?? []) {
        if (this.#namedByName.get(name) === before) this.#namedByName.delete(name);
      }
      this.#named.delete(key);
      if (certificates.length === 0) continue;
      const names = [...new Set(certificates.flatMap((one) => one.names.map((name) => name.toLowerCase())))];
      const shown = this.#show(names, certificates);
      this.#named.set(key, shown);
      for (const name of names) this.#namedByName.set(name, shown);
    }
  }

  /**
   * What a server shows to a peer that asks for that name (in lower case), or for none: the name's own, then that of a wildcard, which
   * stands for the whole leftmost label and for one only (RFC 6125 §6.4.3), then the first. The cost does not depend on how many there are.
   */
  shownFor(serverName: string | undefined): Shown {
    if (serverName === undefined) return this.#first;
    const wildcard = `*${serverName.slice(Math.max(0, serverName.indexOf(".")))}`;
    return (
      this.#namedByName.get(serverName) ?? this.#byName.get(serverName) ?? this.#byName.get(wildcard) ?? this.#first
    );
  }

  forServer(shown: Shown, { deprecatedVersions }: Pick<TlsTerms, "deprecatedVersions">): SecureContextOptions {
    return this.#serverOptions(shown, this.#material, deprecatedVersions);
  }

  /** For connections that we open. Made on first use: it holds the system's roots, besides ours. */
  forClient({ clientCertificate = false, deprecatedVersions = false }: TlsPeer): SecureContext {
    const key = `${clientCertificate} ${deprecatedVersions}`;
    const known = this.#clients.get(key);
    if (known) return known;
    const { caPem } = this.#material;
    const { cert, key: keys } = this.#first;
    const made = createSecureContext({
      ...protocolOf(this.options.ciphers, deprecatedVersions),
      ...(clientCertificate ? { cert, key: keys } : {}),
      ca: [...getCACertificates("default"), ...(caPem ? [caPem] : [])],
    });
    this.#clients.set(key, made);
    return made;
  }

  #show(names: readonly string[], certificates: readonly TlsCertificate[]): Shown {
    this.#lastId += 1;
    const cert = certificates.map((one) => one.certPem);
    return { id: this.#lastId, names, cert, key: certificates.map(({ keyPem }) => this.#oneOf(keyPem)) };
  }

  /** Ten thousand certificates may have one key, and each came with a copy of it. */
  #oneOf(keyPem: string): string {
    const known = this.#keys.find((one) => one === keyPem);
    if (known === undefined) this.#keys = [keyPem, ...this.#keys.slice(0, 3)];
    return known ?? keyPem;
  }

  #serverOptions({ cert, key }: Shown, material: TlsMaterial, deprecatedVersions: boolean): SecureContextOptions {
    const roots = material.clientCaPem ?? material.caPem;
    return {
      ...protocolOf(this.options.ciphers, deprecatedVersions),
      honorCipherOrder: true,
      cert,
      key,
      ...(roots ? { ca: [roots] } : {}),
    };
  }
}

/** Versions and suites. A peer could have us do the costly part of handshakes again and again, so there is no renegotiation (RFC 9325 §3.5). */
function protocolOf(ciphers = DEFAULT_CIPHERS, deprecatedVersions: boolean): SecureContextOptions {
  const suites = ciphers.split(":");
  const isNew = (suite: string): boolean => suite.startsWith("TLS_");
  const oldest = deprecatedVersions ? "TLSv1" : "TLSv1.2";
  return {
    minVersion: suites.every(isNew) ? "TLSv1.3" : oldest,
    maxVersion: suites.some(isNew) ? "TLSv1.3" : "TLSv1.2",
    // OpenSSL speaks TLS 1.0 and 1.1, whose signatures need SHA-1, at security level 0 only.
    ciphers: deprecatedVersions ? `${ciphers}:@SECLEVEL=0` : ciphers,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
}
