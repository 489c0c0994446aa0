import { SettingError, type Settings } from "./settings.ts";

/** What is asked of which ACME server. */
export type AcmeSettings = {
  readonly directoryUrl: string;
  readonly email: string | undefined;
  readonly challenge: "http-01" | "dns-01";
  /** With dns-01, and only then. */
  readonly dnsHook: string | undefined;
  readonly authorityPath: string | undefined;
};

/** Undefined: no ACME server is asked for anything. Throws `SettingError` when the settings do not fit together. */
export function acmeSettings(settings: Settings): AcmeSettings | undefined {
  const { acmeDirectory, acmeEmail, acmeChallenge, acmeDnsHook, acmeCa, tlsCert, role } = settings;
  const fail = (variable: string, why: string): never => {
    throw new SettingError(`TRUNKLINE_ACME_${variable}: ${why}`);
  };
  if (acmeDirectory === undefined) {
    const idle = { EMAIL: acmeEmail, DNS_HOOK: acmeDnsHook, CA: acmeCa };
    for (const [variable, value] of Object.entries(idle))
      if (value !== undefined) fail(variable, "does nothing without TRUNKLINE_ACME_DIRECTORY, so set that too");
    return undefined;
  }
  if (tlsCert !== undefined) fail("DIRECTORY", "TRUNKLINE_TLS_CERT names a certificate already; choose one of the two");
  if (acmeChallenge === "dns-01" && acmeDnsHook === undefined)
    fail("CHALLENGE", "dns-01 needs a program in TRUNKLINE_ACME_DNS_HOOK that sets and removes TXT records");
  if (acmeChallenge === "http-01" && acmeDnsHook !== undefined)
    fail("DNS_HOOK", "is called for dns-01 only, so set TRUNKLINE_ACME_CHALLENGE=dns-01");
  if (acmeChallenge === "http-01" && role === "edge")
    fail("CHALLENGE", "http-01 needs the API's port, which TRUNKLINE_ROLE=edge does not open; use dns-01");
  return {
    directoryUrl: acmeDirectory,
    email: acmeEmail,
    challenge: acmeChallenge,
    dnsHook: acmeDnsHook,
    authorityPath: acmeCa,
  };
}
