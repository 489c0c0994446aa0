import type { TransportName } from "../flow.ts";
import type { SipUri } from "../message/values.ts";
import type { AddressRecord, DnsAnswer, DnsQuestion, DnsRecord, NaptrRecord, SrvRecord } from "./dns.ts";
import { inSrvOrder } from "./srv-order.ts";

/** One place to send a request to. `address` is numeric, IPv6 without brackets. */
export type SipTarget = { readonly transport: TransportName; readonly address: string; readonly port: number };

export type LocateStep =
  /** Ask all of these, then go on with the answers in the same order; a missing one counts as not existing. */
  | {
      readonly kind: "ask";
      readonly questions: readonly DnsQuestion[];
      next(answers: readonly DnsAnswer[]): LocateStep;
    }
  /** In order of trial (RFC 3263 §4.3). When there is none, `why` says so in words; it is empty otherwise. */
  | { readonly kind: "done"; readonly targets: readonly SipTarget[]; readonly why: string };

export type LocateOptions = {
  /** Transports we have a socket for, the preferred one first. */
  readonly transports: readonly TransportName[];
  /** Address types we have a socket for, the preferred one first. */
  readonly families: readonly ("A" | "AAAA")[];
  /** A draw in [0, 1) for the weights of SRV records. */
  random(): number;
};

/** What one answer may make us ask next: bounds for a zone made to waste our time. */
const MAX_SERVICES = 8;
const MAX_HOSTS = 16;

/**
 * Finds where a request for `uri` goes (RFC 3263 §4): transport, port and addresses, by NAPTR, SRV and address records as far as
 * the URI leaves them open. Pure: questions and answers are data, so the same code serves a cache, a resolver and a test.
 *
 * At most three rounds of questions; none for a numeric host. `maddr` takes the place of the host. DNS that fails is treated as
 * if the record did not exist, except that `why` names it.
 */
export function locate(uri: SipUri, options: LocateOptions): LocateStep {
  const host = uri.params.get("maddr")?.toLowerCase() || uri.host;
  const address = numericAddress(host);
  const named = uri.params.get("transport")?.toLowerCase();
  const asked = named === undefined ? undefined : transportOf(uri.scheme, named);
  if (named !== undefined && asked === undefined)
    return nowhere(`transport ${named} cannot be used for a ${uri.scheme} URI`);
  const fallback: TransportName = uri.scheme === "sips" ? "tls" : "udp";
  const transport = asked ?? (address !== undefined || uri.port !== undefined ? fallback : undefined);
  if (transport !== undefined && !options.transports.includes(transport)) return nowhere(`no ${transport} socket`);
  if (transport !== undefined && address !== undefined) {
    return done([{ transport, address, port: uri.port ?? defaultPort(transport) }]);
  }
  if (transport !== undefined && uri.port !== undefined) {
    return askAddresses([{ transport, host, port: uri.port }], options);
  }
  if (transport !== undefined)
    return askServices([{ transport, name: serviceName(transport, host) }], transport, host, options);
  return askNaptr(uri.scheme, host, options);
}

type Service = { readonly transport: TransportName; readonly name: string };
type HostPort = { readonly transport: TransportName; readonly host: string; readonly port: number };

function askNaptr(scheme: "sip" | "sips", host: string, options: LocateOptions): LocateStep {
  const allowed = options.transports.filter((transport) => scheme === "sip" || transport === "tls");
  const fallback = allowed.includes("udp") ? "udp" : allowed[0];
  if (fallback === undefined) return nowhere(`no socket for a ${scheme} URI`);
  return {
    kind: "ask",
    questions: [{ type: "NAPTR", name: host }],
    next: ([answer]) => {
      const services = naptrServices(answer, allowed);
      if (services.length > 0) return askServices(services, fallback, host, options);
      const guesses = allowed.map((transport) => ({ transport, name: serviceName(transport, host) }));
      return askServices(guesses, fallback, host, options);
    },
  };
}

/** Usable services by order and preference (§4.1): terminal records (`s`) of transports that we speak. */
function naptrServices(answer: DnsAnswer | undefined, allowed: readonly TransportName[]): readonly Service[] {
  const services: Service[] = [];
  const records = recordsOf(answer).filter((record): record is NaptrRecord => record.type === "NAPTR");
  for (const { flags, service, replacement } of records.sort(
    (a, b) => a.order - b.order || a.preference - b.preference,
  )) {
    const transport = NAPTR_SERVICES[service.toUpperCase()];
    if (transport === undefined || flags.toLowerCase() !== "s" || !allowed.includes(transport)) continue;
    services.push({ transport, name: withoutDot(replacement) });
  }
  return services.slice(0, MAX_SERVICES);
}

const NAPTR_SERVICES: Readonly<Record<string, TransportName>> = {
  "SIP+D2U": "udp",
  "SIP+D2T": "tcp",
  "SIPS+D2T": "tls",
};

/** SRV records, or the host itself on the default port when there are none (§4.2). */
function askServices(
  services: readonly Service[],
  fallback: TransportName,
  host: string,
  options: LocateOptions,
): LocateStep {
  return {
    kind: "ask",
    questions: services.map(({ name }) => ({ type: "SRV", name })),
    next: (answers) => {
      const hosts = services.flatMap(({ transport }, index) => srvHosts(transport, answers[index], options));
      if (hosts.length > 0) {
        const offered = hosts.filter(({ host: target }) => target !== "");
        return offered.length === 0 ? nowhere(`${host} offers no SIP service`) : askAddresses(offered, options);
      }
      return askAddresses([{ transport: fallback, host, port: defaultPort(fallback) }], options);
    },
  };
}

function srvHosts(
  transport: TransportName,
  answer: DnsAnswer | undefined,
  options: LocateOptions,
): readonly HostPort[] {
  const records = recordsOf(answer).filter((record): record is SrvRecord => record.type === "SRV");
  return inSrvOrder(records, options.random).map(({ target, port }) => ({ transport, host: withoutDot(target), port }));
}

function askAddresses(hosts: readonly HostPort[], options: LocateOptions): LocateStep {
  const asked = hosts.slice(0, MAX_HOSTS);
  const names = [...new Set(asked.map(({ host }) => host))];
  const questions = names.flatMap((name) => options.families.map((type) => ({ type, name })));
  return {
    kind: "ask",
    questions,
    next: (answers) => {
      const targets: SipTarget[] = [];
      for (const { transport, host, port } of asked) {
        for (const [index, question] of questions.entries()) {
          if (question.name !== host) continue;
          for (const address of addressesOf(answers[index], question.type)) targets.push({ transport, address, port });
        }
      }
      return targets.length > 0 ? done(distinct(targets)) : nowhere(whyNone(names, answers));
    },
  };
}

function addressesOf(answer: DnsAnswer | undefined, type: "A" | "AAAA"): readonly string[] {
  const records = recordsOf(answer).filter((record): record is AddressRecord => record.type === type);
  return records.map(({ address }) => address);
}

function whyNone(names: readonly string[], answers: readonly DnsAnswer[]): string {
  const failed = answers.find((answer) => answer.kind === "failed");
  return failed ? `DNS for ${names.join(", ")} failed: ${failed.why}` : `${names.join(", ")} has no address`;
}

function recordsOf(answer: DnsAnswer | undefined): DnsRecord[] {
  return answer?.kind === "records" ? [...answer.records] : [];
}

function transportOf(scheme: "sip" | "sips", name: string): TransportName | undefined {
  if (name === "tls") return "tls";
  if (name === "tcp") return scheme === "sips" ? "tls" : "tcp";
  return name === "udp" && scheme === "sip" ? "udp" : undefined;
}

function serviceName(transport: TransportName, host: string): string {
  const labels = { udp: "_sip._udp", tcp: "_sip._tcp", tls: "_sips._tcp" } as const;
  return `${labels[transport]}.${host}`;
}

function defaultPort(transport: TransportName): number {
  return transport === "tls" ? 5061 : 5060;
}

/** The address in an IPv4 literal or an IPv6 reference, or undefined for a name. */
function numericAddress(host: string): string | undefined {
  if (host.startsWith("[")) return host.slice(1, -1);
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) ? host : undefined;
}

function withoutDot(name: string): string {
  return name.replace(/\.$/, "").toLowerCase();
}

function distinct(targets: readonly SipTarget[]): readonly SipTarget[] {
  const byText = new Map(targets.map((target) => [`${target.transport} ${target.address} ${target.port}`, target]));
  return [...byText.values()];
}

function done(targets: readonly SipTarget[]): LocateStep {
  return { kind: "done", targets, why: "" };
}

function nowhere(why: string): LocateStep {
  return { kind: "done", targets: [], why };
}
