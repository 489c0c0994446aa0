import type { Flow } from "@trunkline/sip";
import {
  type HandshakeFailure,
  isDeprecatedTls,
  sourceOf,
  type TlsFacts,
  type TlsHello,
  type TlsTerms,
} from "@trunkline/transport";
import {
  accountSettings,
  type DirectoryReader,
  errorText,
  type Facts,
  type Identity,
  type Trunk,
  trunkByHost,
} from "@trunkline/trunking";
import type { CallParts } from "../call/parts.ts";
import { HANDSHAKE_ALERT_MS, MAX_HANDSHAKE_ALERTS } from "../limits.ts";
import type { Counters } from "../metrics.ts";
import { SourceBuckets } from "../source-buckets.ts";

export type TlsPolicyParts = Pick<CallParts, "alert" | "log" | "host"> & {
  readonly place: Pick<Facts, "zone" | "edge">;
  readonly counters: Counters;
  directory(): DirectoryReader | undefined;
  /** Absent: there is no TLS. */
  tlsOf?(flow: Flow): TlsFacts | undefined;
};

/** What we and a peer did not agree on; the other failures are noise, and only counted. */
const REFUSALS: Partial<Record<HandshakeFailure, (hello: TlsHello) => string>> = {
  version: ({ newestVersion = "a version unknown to us" }) =>
    newestVersion === "TLSv1.2" || newestVersion === "TLSv1.3"
      ? `it offered ${newestVersion} at most, and none that this installation speaks`
      : `it offered ${newestVersion} at most; TLS 1.2 or newer is needed, or the account must allow older versions`,
  cipher: () => "it offered no cipher suite that is allowed",
  certificate: () => "it did not take our certificate; a PBX that checks it needs our root, see /ca.pem",
};

const STRICT: TlsTerms = { deprecatedVersions: false, clientCertificate: false };

/**
 * What customers' settings mean for TLS with their peers (ACC-5, SEC-1, SEC-6). Before its first request a peer is known only by the name that
 * it asks for, or, asking for none of ours, by its address. Both are claims; what they open is checked again at the request.
 */
export class TlsPolicy {
  readonly #parts: TlsPolicyParts;
  /** By source and account: what one stranger does is told once in a while. How much an account is told at all, `AlertQueue` bounds. */
  readonly #told = new SourceBuckets({ burst: 1, refillMs: HANDSHAKE_ALERT_MS, max: MAX_HANDSHAKE_ALERTS });

  constructor(parts: TlsPolicyParts) {
    this.#parts = parts;
  }

  /** How a handshake goes on. Some lookups, however many trunks there are. */
  terms(hello: TlsHello): TlsTerms {
    const directory = this.#parts.directory();
    if (!directory) return STRICT;
    const trunks = this.#trunksOf(hello, directory);
    return {
      deprecatedVersions: trunks.some((trunk) => allowsDeprecated(trunk, directory)),
      clientCertificate: trunks.some(({ sid }) => (directory.trunkTls(sid)?.clientNames ?? []).length > 0),
    };
  }

  /** Tells the account whose peer it was, where that can be known, and the operator with it. */
  handshakeFailed(failure: HandshakeFailure, hello: TlsHello): void {
    const directory = this.#parts.directory();
    const why = REFUSALS[failure];
    if (!directory || !why) return;
    const trunks = this.#trunksOf(hello, directory);
    const [trunk] = trunks;
    const isOneAccounts = trunks.every(({ accountSid }) => accountSid === trunk?.accountSid);
    if (trunk && isOneAccounts) this.#tell(trunk, hello.remoteAddress, why(hello));
    else this.#parts.counters.add("handshakes_refused_of_strangers");
  }

  /**
   * Whether a request may come over this connection: a deprecated version is for the trunks of the accounts that allow it, and a peer may
   * have been let in for another one's sake, or before that account changed its mind.
   */
  mayCarry(flow: Flow, identity: Identity): boolean {
    const version = flow.transport === "tls" ? this.#parts.tlsOf?.(flow)?.version : undefined;
    if (version === undefined || !isDeprecatedTls(version)) return true;
    const directory = this.#parts.directory();
    if (identity.kind !== "termination" || !directory) return false;
    const { trunk } = identity;
    if (allowsDeprecated(trunk, directory)) return true;
    this.#tell(trunk, flow.remoteAddress, `a request came over ${version}, which the account does not allow`);
    return false;
  }

  /** By the name, which must be a trunk's; else by the lists that contain the address. */
  #trunksOf({ serverName, remoteAddress }: TlsHello, directory: DirectoryReader): readonly Trunk[] {
    const named = serverName === undefined ? undefined : trunkByHost(serverName, directory, this.#parts.place);
    return named ? [named] : directory.trunksBySource(remoteAddress);
  }

  #tell(trunk: Trunk, source: string, why: string): void {
    const { alert, counters, host, log } = this.#parts;
    counters.add("handshakes_refused_of_customers");
    const { accountSid, sid, domainName } = trunk;
    if (!this.#told.take(`${sourceOf(source)} ${accountSid}`, host.nowMs())) return;
    const isTold = alert(accountSid, 32222, sid, `${errorText(32222)}: ${source} for ${domainName ?? sid}: ${why}`);
    if (isTold) log("warn", "TLS refused", { source, trunkSid: sid, why });
  }
}

function allowsDeprecated({ accountSid }: Trunk, directory: DirectoryReader): boolean {
  return accountSettings(accountSid, directory).deprecatedTlsAllowed;
}
