/** A certificate and its private key, PEM. */
export type KeyPairPem = { readonly certPem: string; readonly keyPem: string };
export type KeyAlgorithm = "ecdsa" | "rsa";

/** Host names (`*.` allowed) and addresses that a certificate is for. */
export type CertificateNames = { readonly dns: readonly string[]; readonly addresses: readonly string[] };
