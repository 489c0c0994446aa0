import type { TlsVersion } from "./tls.types.ts";

/** RFC 8996. */
export function isDeprecatedTls(version: TlsVersion): boolean {
  return version === "TLSv1" || version === "TLSv1.1";
}
