import type { DirectoryReader } from "../directory/directory.types.ts";
import { type Invalid, invalid } from "../invalid.ts";
import { canonicalIpAddress } from "../ip-address.ts";
import type { Counters } from "../ports.ts";
import { route } from "./route.ts";
import type { CallRequest, Decision, Facts, Party } from "./types.ts";

/** A call that nobody makes: what one asks about (EVD-3). Texts as people write them. */
export type SimulatedCall = {
  /** Where it comes from: `203.0.113.7`, `203.0.113.7:5060`, `2001:db8::7`, `[2001:db8::7]:5060`. */
  readonly source: string;
  /** `sip:+14155550100@acme.pstn.{zone}`, or `tel:+14155550100` for a carrier's. */
  readonly requestUri: string;
  /** A number, a SIP URI, or either with a display name: `"Ada" <sip:+12025550100@pbx.example.com>`. */
  readonly from: string;
  /** Like `from`; null: the called URI. */
  readonly to: string | null;
  /** When the call would be made, epoch milliseconds. */
  readonly atMs: number;
  /** Over TLS and with SRTP; otherwise over UDP and with RTP. */
  readonly secure: boolean;
};

/** What would become of the call; `decision` has verdict, trace and targets exactly as the live call would get them. */
export type Simulation = { readonly kind: "ok"; readonly request: CallRequest; readonly decision: Decision };

/** A SID that no call gets: it is nobody's record. */
const NO_CALL = `CA${"0".repeat(32)}`;
const DEFAULT_PORT = 5060;
const ADVISED_MAX_FORWARDS = 70;
/** Longest text read; a URI that fits no datagram is no call. */
const MAX_CHARACTERS = 2_048;

/**
 * Would this call pass, and where would it go? The same pure function as the live path, asked with a request made from a few words. Nothing
 * is counted and nobody is called: limits are looked at but not taken, and a trunk's right password is taken for granted.
 *
 * @param facts as at the edge in question; `verifyDigest` is not asked
 */
export function simulate(
  call: SimulatedCall,
  directory: DirectoryReader,
  facts: Omit<Facts, "verifyDigest" | "digestAssumed">,
): Simulation | Invalid {
  const request = readRequest(call, facts);
  if (request.kind === "invalid") return request;
  const { counters, ...others } = facts;
  const decision = route(request.request, directory, {
    ...others,
    ...(counters ? { counters: lookingOnly(counters) } : {}),
    verifyDigest: () => ({ kind: "wrong", why: "a dry run has no password" }),
    digestAssumed: true,
  });
  return { kind: "ok", request: request.request, decision };
}

function lookingOnly(counters: Counters): Counters {
  const look: Counters["look"] = (claims) => counters.look(claims);
  return { look, take: look, hold: () => {}, release: () => {} };
}

function readRequest(
  call: SimulatedCall,
  { ownHosts }: Pick<Facts, "ownHosts">,
): { readonly kind: "ok"; readonly request: CallRequest } | Invalid {
  const source = readSource(call.source);
  if (!source) return invalid(`Source: "${cut(call.source)}" is not an IP address, with or without a port.`);
  const requestUri = readUri(call.requestUri);
  if (!requestUri)
    return invalid(`RequestUri: "${cut(call.requestUri)}" is not a SIP or tel URI such as sip:+14155550100@host.`);
  const from = readParty(call.from);
  if (!from) return invalid(`From: "${cut(call.from)}" is neither a number nor a SIP URI.`);
  const to = readParty(call.to ?? call.requestUri);
  if (!to) return invalid(`To: "${cut(call.to ?? "")}" is neither a number nor a SIP URI.`);
  const localAddress = [...ownHosts].find((host) => canonicalIpAddress(host) !== undefined) ?? "0.0.0.0";
  return {
    kind: "ok",
    request: {
      sid: NO_CALL,
      transport: call.secure ? "tls" : "udp",
      sourceAddress: source.address,
      sourcePort: source.port,
      localAddress,
      sipCallId: "dry-run",
      requestUri,
      from,
      to,
      remotePartyId: null,
      assertedIdentity: null,
      privacy: [],
      diversions: [],
      maxForwards: ADVISED_MAX_FORWARDS,
      credentials: null,
      media: { kind: call.secure ? "srtp" : "rtp" },
      headers: [],
    },
  };
}

function readSource(text: string): { readonly address: string; readonly port: number } | undefined {
  const whole = canonicalIpAddress(text.trim());
  if (whole !== undefined) return { address: whole, port: DEFAULT_PORT };
  const [, host = "", portText = ""] = /^(.+):(\d{1,5})$/.exec(text.trim()) ?? [];
  const address = canonicalIpAddress(host);
  const port = Number(portText);
  return address === undefined || port < 1 || port > 65_535 ? undefined : { address, port };
}

/** Scheme, user, host and port of a URI; its parameters and headers say nothing that routing asks. */
function readUri(text: string): CallRequest["requestUri"] | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  const tel = /^tel:([^;?\s]+)/i.exec(text.trim());
  if (tel) return { scheme: "tel", user: tel[1] ?? null, host: "", port: null };
  const parts = /^(sips?):(?:([^@\s<>]*)@)?(\[[^\]\s]+\]|[^:;?@\s<>[\]]+)(?::(\d{1,5}))?(?:[;?]\S*)?$/i.exec(
    text.trim(),
  );
  if (!parts) return undefined;
  const [, scheme = "", user, host = "", port] = parts;
  return {
    scheme: scheme.toLowerCase() === "sips" ? "sips" : "sip",
    user: user === undefined ? null : (user.split(";", 1)[0] ?? null),
    host: host.toLowerCase(),
    port: port === undefined ? null : Number(port),
  };
}

function readParty(text: string): Party | undefined {
  const trimmed = text.trim();
  const named = /^(?:"([^"]*)"|([^<"]*))\s*<([^<>]+)>$/.exec(trimmed);
  const address = named?.[3] ?? trimmed;
  const displayName = named?.[1] ?? (named?.[2]?.trim() || null);
  if (/^\+?[\d().\s-]+$|^anonymous$/i.test(address)) {
    const user = address.replace(/[\s().-]/g, "");
    return { displayName, user, host: "dry-run.invalid", raw: `<sip:${user}@dry-run.invalid>` };
  }
  const uri = readUri(address);
  return uri && { displayName, user: uri.user, host: uri.host, raw: `<${address}>` };
}

function cut(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
