import {
  copyString,
  type DigestCredentials,
  decodeUtf8,
  type Flow,
  Malformed,
  type NameAddr,
  parseSipUri,
  parseTelUri,
  type SipRequest,
  sdpOf,
  unescapeUser,
} from "@trunkline/sip";
import type { TlsFacts } from "@trunkline/transport";
import type { CallRequest, Party } from "@trunkline/trunking";
import { summariseMedia } from "./media-summary.ts";
import { otherHeaders } from "./other-headers.ts";

/** Diversions looked at; a call that was forwarded more often than this is a loop anyway (RFC 5806 §4.3 leaves the limit to us). */
const MAX_DIVERSIONS = 10;

/** RFC 3261 §8.1.1.6: what a request without Max-Forwards counts as. */
const DEFAULT_MAX_FORWARDS = 70;

/** Where a request is addressed to, as routing wants to know it. Undefined for a URI scheme we do not serve (416). */
export function readTarget(request: SipRequest): CallRequest["requestUri"] | undefined {
  const { target } = request;
  if (target) {
    return {
      scheme: target.scheme,
      user: target.user === undefined ? null : userOf(target.user),
      host: copyString(target.host),
      port: target.port ?? null,
    };
  }
  const tel = parseTelUri(request.requestUri);
  return tel instanceof Malformed ? undefined : { scheme: "tel", user: copyString(tel.number), host: "", port: null };
}

/**
 * An INVITE as plain data. Optional headers that cannot be read count as absent: they must not cost the caller a call (RFC 3261 §8.2
 * asks no element to understand them). A Max-Forwards that is no number is `Malformed`, since guessing one could make a loop.
 * Everything is copied; nothing pins the datagram.
 *
 * @param tls of a TLS connection: what its handshake settled
 */
export function readCallRequest(
  request: SipRequest,
  flow: Flow,
  sid: string,
  credentials: DigestCredentials | undefined,
  tls?: TlsFacts,
): CallRequest | Malformed {
  const requestUri = readTarget(request);
  if (!requestUri) return new Malformed("Request-URI");
  const maxForwards = readMaxForwards(request);
  if (maxForwards instanceof Malformed) return maxForwards;
  return {
    sid,
    transport: flow.transport,
    sourceAddress: flow.remoteAddress,
    sourcePort: flow.remotePort,
    localAddress: flow.localAddress,
    sipCallId: copyString(request.callId),
    requestUri,
    from: partyOf(request.from, request.header("from") ?? ""),
    to: partyOf(request.to, request.header("to") ?? ""),
    remotePartyId: firstParty(request, "remote-party-id"),
    assertedIdentity: firstParty(request, "p-asserted-identity"),
    privacy: request
      .all("privacy")
      .flatMap((value) => value.toLowerCase().split(/[;,\s]+/))
      .filter((token) => token !== ""),
    diversions: parties(request, "diversion").slice(0, MAX_DIVERSIONS),
    maxForwards,
    credentials: credentials
      ? { username: copyString(decodeUtf8(credentials.username)), algorithm: credentials.algorithm }
      : null,
    ...(tls?.peerNames ? { peerCertificateNames: tls.peerNames } : {}),
    ...(tls?.peerProblem === undefined ? {} : { peerCertificateProblem: tls.peerProblem }),
    media: summariseMedia(sdpOf(request)),
    headers: otherHeaders(request),
  };
}

function readMaxForwards(request: SipRequest): number | Malformed {
  const value = request.header("max-forwards");
  if (value === undefined) return DEFAULT_MAX_FORWARDS;
  // RFC 3261 §20.22: 0 to 255; RFC 4475 §3.1.2.9 sends more, which is refused.
  return /^\d{1,3}$/.test(value) && Number(value) <= 255 ? Number(value) : new Malformed("Max-Forwards");
}

function firstParty(request: SipRequest, key: string): Party | null {
  const all = parties(request, key);
  return all.find((party) => party.user !== null) ?? all[0] ?? null;
}

function parties(request: SipRequest, key: string): readonly Party[] {
  const raw = request.values(key);
  if (raw.length === 0) return [];
  const read = request.nameAddrs(key);
  if (read instanceof Malformed) return [];
  return read.map((nameAddr, index) => partyOf(nameAddr, raw[index] ?? ""));
}

/** Display name and user as text; `raw` as octets, since it may go on as it came. */
function partyOf(nameAddr: NameAddr, raw: string): Party {
  const displayName = nameAddr.displayName === undefined ? null : copyString(decodeUtf8(nameAddr.displayName));
  const uri = parseSipUri(nameAddr.uri);
  if (!(uri instanceof Malformed)) {
    const user = uri.user === undefined ? null : userOf(uri.user);
    return { displayName, user, host: copyString(uri.host), raw: copyString(raw) };
  }
  const tel = parseTelUri(nameAddr.uri);
  const user = tel instanceof Malformed ? null : copyString(tel.number);
  return { displayName, user, host: "", raw: copyString(raw) };
}

/** The user without the parameters that RFC 3966 numbers carry into a SIP URI (`+1555;phone-context=…`). */
function userOf(user: string): string {
  const semicolon = user.indexOf(";");
  return copyString(decodeUtf8(unescapeUser(semicolon < 0 ? user : user.slice(0, semicolon))));
}
