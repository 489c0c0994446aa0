import { createSecureContext, getCACertificates, type SecureContext, type SecureContextOptions } from "node:tls";
import type { TlsMaterial, TlsOptions } from "./tls.types.ts";

/**
 * Our order of preference: TLS 1.3; forward secrecy with authenticated encryption; then the older suites that the contract lists
 * (contract §8.6, SEC-1: the ten of its table and their four ECDSA twins), for PBXs that know nothing better.
 */
export const DEFAULT_CIPHERS = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-AES128-SHA256",
  "ECDHE-RSA-AES128-SHA256",
  "ECDHE-ECDSA-AES256-SHA384",
  "ECDHE-RSA-AES256-SHA384",
  "AES128-GCM-SHA256",
  "AES256-GCM-SHA384",
  "AES128-SHA256",
  "AES256-SHA256",
  "AES128-SHA",
  "AES256-SHA",
].join(":");

type Group = {
  readonly names: readonly string[];
  readonly options: SecureContextOptions;
  readonly context: SecureContext;
};

/** RFC 6125 §6.4.3: a wildcard stands for the whole leftmost label, and for one only. */
function covers(pattern: string, name: string): boolean {
  if (!pattern.startsWith("*.")) return pattern === name;
  return name.slice(name.indexOf(".") + 1) === pattern.slice(2) && name.includes(".");
}

/** The certificates of the handshakes to come. Handshakes and connections that exist keep what they began with. */
export class TlsContexts {
  readonly options: TlsOptions;
  readonly #protocol: SecureContextOptions;
  #groups: readonly Group[] = [];
  #roots: readonly string[] = [];
  #client: SecureContext | undefined;

  /** Throws when a certificate or key cannot be used. */
  constructor(options: TlsOptions) {
    const { minVersion = "TLSv1.2", ciphers = DEFAULT_CIPHERS } = options;
    this.options = options;
    this.#protocol = {
      minVersion,
      // OpenSSL speaks TLS 1.0 and 1.1, whose signatures need SHA-1, at security level 0 only.
      ciphers: minVersion === "TLSv1.2" ? ciphers : `${ciphers}:@SECLEVEL=0`,
      honorCipherOrder: true,
    };
    this.set(options);
  }

  /** Replaces all; throws, changing nothing, when one of them cannot be used. */
  set({ certificates, caPem }: TlsMaterial): void {
    const roots = caPem ? [caPem] : [];
    const byNames = Map.groupBy(certificates, ({ names }) => names.join(" ").toLowerCase());
    const groups = [...byNames].map(([names, shown]): Group => {
      const options = {
        ...this.#protocol,
        cert: shown.map(({ certPem }) => certPem),
        key: shown.map(({ keyPem }) => keyPem),
        ...(caPem ? { ca: roots } : {}),
      };
      return { names: names.split(" "), options, context: createSecureContext(options) };
    });
    if (groups.length === 0) throw new TypeError("TLS needs at least one certificate");
    this.#groups = groups;
    this.#roots = roots;
    this.#client = undefined;
  }

  /** What a server shows to a peer that asks for no name or an unknown one, as options; another object after each `set`. */
  byDefault(): SecureContextOptions {
    return this.#first().options;
  }

  /**
   * What a server shows to a peer that asks for that name; undefined: what it shows by default. (Of a context chosen by name Node takes
   * one certificate only, so the default is left alone where it fits.)
   */
  forServerName(serverName: string): SecureContext | undefined {
    const name = serverName.toLowerCase().replace(/\.$/, "");
    const exact = this.#groups.find(({ names }) => names.includes(name));
    const fitting = exact ?? this.#groups.find(({ names }) => names.some((pattern) => covers(pattern, name)));
    return fitting === this.#first() ? undefined : fitting?.context;
  }

  /** For connections that we open. Made on first use: it holds the system's roots, besides ours. */
  forClient(): SecureContext {
    this.#client ??= createSecureContext({
      ...this.#first().options,
      ca: [...getCACertificates("default"), ...this.#roots],
    });
    return this.#client;
  }

  #first(): Group {
    return this.#groups[0] as Group; // `set` leaves at least one
  }
}
