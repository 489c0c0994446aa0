import type { TransportName } from "@trunkline/sip";

/** One place a request can be sent to. `address` is numeric, without brackets. */
export type Target = {
  readonly transport: TransportName;
  readonly address: string;
  readonly port: number;
  /**
   * The host name of the URI, for TLS: SNI and certificate are about the domain that was asked for, not about what DNS, which anybody may
   * forge, made of it (RFC 5922 §4). Absent for a numeric host.
   */
  readonly serverName?: string;
};

/** The targets of a URI in order of trial; empty with the reason when there is none. */
export type Located = { readonly targets: readonly Target[]; readonly why: string };

/**
 * Finds where a SIP URI leads (RFC 3263). Answers at once when nothing has to be asked (numeric host, cached names), so that a call
 * to an address costs no turn of the event loop; never rejects, and always answers within the resolver's own limit.
 */
export interface Locator {
  locate(uri: string): Located | Promise<Located>;
}
