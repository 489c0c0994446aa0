import {
  copyString,
  type ExtraHeader,
  type Flow,
  type IncomingRequest,
  Malformed,
  type Session,
  sdpOf,
} from "@trunkline/sip";
import type { TlsFacts } from "@trunkline/transport";
import {
  type CallRequest,
  type CapturedLeg,
  type Decision,
  type DirectoryReader,
  errorText,
  type Facts,
  type Invalid,
  identify,
  mintSid,
  type OverlayChange,
  type Replayed,
  replay,
  route,
  routeRedirect,
  type SimulatedCall,
  type Simulation,
  simulate,
} from "@trunkline/trunking";
import { Call } from "../call/call.ts";
import { reasonValue } from "../call/outcome.ts";
import type { CallParts } from "../call/parts.ts";
import { planned } from "../call/planned.ts";
import type { Contacts } from "../contact/contacts.ts";
import type { EdgeLimits } from "../edge.types.ts";
import { ALLOWED_METHODS } from "../leg/leg.ts";
import { LegA } from "../leg/leg-a.ts";
import { RETRY_AFTER_SEC } from "../limits.ts";
import type { Authenticator } from "./authenticator.ts";
import { readCallRequest, readTarget } from "./call-request.ts";
import { type RefusalParts, Refusals, refusalHeaders } from "./refusal.ts";

type Dial = Extract<Decision, { readonly kind: "dial" }>;
type Refuse = Extract<Decision, { readonly kind: "refuse" }>;

export type UasParts = CallParts &
  RefusalParts & {
    readonly authenticator: Authenticator;
    readonly contacts: Contacts;
    readonly limits: EdgeLimits;
    readonly place: Pick<
      Facts,
      "zone" | "edge" | "ownHosts" | "targetTrouble" | "registeredCarrier" | "connections" | "onNet"
    >;
    /** Live calls by SID; calls add and remove themselves. */
    readonly calls: Map<string, Call>;
    /** Undefined until it was loaded once. */
    directory(): DirectoryReader | undefined;
    /** Absent: there is no TLS. */
    tlsOf?(flow: Flow): TlsFacts | undefined;
    /** True while the edge takes no new calls. */
    isDraining(): boolean;
  };

/** Takes new requests: an INVITE becomes a routing request, and routing's decision a challenge, a refusal, a call or silence. */
export class Uas {
  readonly #parts: UasParts;
  readonly #refusals: Refusals;

  constructor(parts: UasParts) {
    this.#parts = parts;
    this.#refusals = new Refusals(parts);
  }

  onInvite(session: Session): void {
    const { counters, calls, limits } = this.#parts;
    counters.add("invites");
    const directory = this.#parts.directory();
    if (!directory) {
      this.#unavailable(session, "starting", "The platform is starting");
      return;
    }
    if (this.#parts.isDraining()) {
      this.#unavailable(session, "draining", "The platform is closing");
      return;
    }
    if (calls.size >= limits.maxCalls) {
      this.#unavailable(session, "full", "The platform is full");
      return;
    }
    const { authenticator, host } = this.#parts;
    const sid = mintSid("CA", host.randomHex(16));
    const credentials = authenticator.find(session.invite);
    const request = readCallRequest(session.invite, session.flow, sid, credentials, this.#parts.tlsOf?.(session.flow));
    if (request instanceof Malformed) {
      this.#malformed(session, request);
      return;
    }
    const decision = route(request, directory, {
      ...this.facts(),
      verifyDigest: (ha1) =>
        credentials ? authenticator.verify(session.invite, credentials, ha1) : { kind: "wrong", why: "no credentials" },
    });
    this.#parts.contacts.noteInvite(decision, request, session.invite, session.flow, directory);
    this.#carryOut(session, request, decision);
  }

  /** What would become of a call, by the same rules, configuration and facts; nothing is counted and nobody is called (EVD-3). */
  simulate(call: SimulatedCall): Simulation | Invalid | undefined {
    const directory = this.#parts.directory();
    return directory && simulate(call, directory, this.facts());
  }

  /** What these changes of configuration would make of calls; undefined until there is a directory (EVD-3). */
  replay(calls: readonly SimulatedCall[], changes: readonly OverlayChange[]): readonly (Replayed | null)[] | undefined {
    const directory = this.#parts.directory();
    return directory && replay(calls, changes, directory, this.facts());
  }

  /** What routing is told beside the configuration, of a live call and of a dry run alike. */
  facts(): Omit<Facts, "verifyDigest" | "digestAssumed"> {
    const { host, place, callCounters } = this.#parts;
    return { ...place, random: () => host.random(), counters: callCounters };
  }

  /** OPTIONS is answered without credentials (TERM-8); trunks do not register (TERM-7); there is nothing else outside a call. */
  onRequest(incoming: IncomingRequest): void {
    const { method } = incoming.request;
    this.#parts.counters.add("other_requests");
    if (method === "OPTIONS") {
      incoming.respond(200, "OK", [allow(), ["Accept", "application/sdp"]]);
      return;
    }
    if (method !== "REGISTER") {
      incoming.respond(405, "Method Not Allowed", [allow()]);
      return;
    }
    const text = errorText(32210);
    const why: ExtraHeader[] = [
      ["X-Twilio-Error", `32210 ${text}`],
      ["Reason", reasonValue(405, text)],
    ];
    incoming.respond(405, "Method Not Allowed", [allow(), ...why]);
    this.#alertRegister(incoming);
  }

  /** Stops counting refusals. */
  close(): void {
    this.#refusals.close();
  }

  #carryOut(session: Session, request: CallRequest, decision: Decision): void {
    const { counters } = this.#parts;
    switch (decision.kind) {
      case "drop":
        counters.add("dropped_unknown_host");
        session.drop();
        break;
      case "challenge":
        counters.add("challenges");
        session.turnAway(
          407,
          "Proxy Authentication required",
          this.#parts.authenticator.challenge(session.invite, decision.stale),
        );
        break;
      case "refuse":
        this.#tell(decision, request);
        this.#refuse(session, request, decision);
        break;
      case "dial":
        this.#tell(decision, request);
        this.#dial(session, request, decision);
        break;
      default:
        decision satisfies never;
    }
  }

  /** What the customer should know of the decision besides its outcome. */
  #tell({ call, incidents = [] }: Dial | Refuse, { sid }: CallRequest): void {
    if (!call) return;
    for (const { code, text } of incidents)
      this.#parts.alert(call.accountSid, code, sid, `${errorText(code)}: ${text}`);
  }

  /**
   * A stranger's that leaves no record costs no memory either. Any other keeps its transaction, lest copies of the INVITE make more records;
   * but in a flood, whose source anybody can forge, each gets one answer, which is not repeated (RFC 3261 §8.2.7).
   */
  #refuse(session: Session, request: CallRequest, refusal: Refuse): void {
    const { rejection, authenticated } = refusal;
    const isKept = this.#refusals.keep(refusal, request);
    if (isKept) this.#capture(session, request, refusal);
    const headers = refusalHeaders(rejection, request.sid, authenticated);
    const { userAgent, limits } = this.#parts;
    const hasRoom = userAgent.counts().serverTransactions <= limits.maxServerTransactions;
    if ((isKept || authenticated) && hasRoom) session.reject(rejection.status, rejection.phrase, headers);
    else session.turnAway(rejection.status, rejection.phrase, headers);
  }

  /** A refused call that has a record has its messages too (EVD-2). */
  #capture({ flow }: Session, request: CallRequest, { call }: Refuse): void {
    const { captures } = this.#parts;
    if (!call || !captures) return;
    const isTerminating = call.direction === "trunking-terminating";
    captures.claim(
      { sid: request.sid, accountSid: call.accountSid },
      legAOf(request, isTerminating ? call.trunkSid : ""),
      flow,
    );
    captures.over(request.sid);
  }

  #dial(session: Session, request: CallRequest, decision: Dial): void {
    const sdp = sdpOf(session.invite);
    const { limits, journal, calls, counters, contacts, place } = this.#parts;
    const { sid } = request;
    const startedAtMs = this.#parts.wallClockMs();
    const { attempts, callerSid, call: identity, symmetricRtp, callerSrtp, claims, trace, recording } = decision;
    const call = new Call(this.#parts, {
      sid,
      identity,
      attempts,
      callerSid,
      plan: {
        direction: identity.direction,
        attempts: attempts.map(planned),
        offer: sdp === undefined ? undefined : copyString(sdp),
        reliableEarly: session.invite.values("require").some((tag) => tag.toLowerCase() === "100rel"),
        ringTimeoutMs: limits.ringTimeoutMs,
        maxDurationMs: decision.maxCallDurationSec * 1_000,
        recordFrom: recording?.from ?? null,
      },
      openCaller: (listener) => {
        const login = this.#parts.peers.login(callerSid);
        if (login) session.authenticateAs(login);
        return new LegA(session, sid, listener);
      },
      maxForwards: request.maxForwards - 1,
      media: { symmetricRtp, callerSrtp, mediaSilenceMs: limits.mediaSilenceMs },
      recording: recording && { ...recording, edge: place.edge },
      claims,
      startedAtMs,
      redirect: (redirect) =>
        routeRedirect({ ...redirect, dialled: identity.to, secure: redirect.attempt.srtp }, place),
      onAnswered: () => {
        counters.add("calls_answered");
        if (identity.trunkSid !== null) contacts.noteAnswered(identity.trunkSid, sid);
      },
      onOver: () => {
        calls.delete(sid);
        counters.add("calls_ended");
      },
    });
    this.#parts.captures?.claim({ sid, accountSid: identity.accountSid }, legAOf(request, callerSid), session.flow);
    counters.add("calls_started");
    calls.set(sid, call);
    const { sipCallId, sourceAddress: source } = request;
    journal.append({ kind: "started", atMs: startedAtMs, sid, ...identity, sipCallId, source, trace });
    call.start();
  }

  #unavailable(session: Session, counter: string, text: string): void {
    this.#parts.counters.add(`unavailable_${counter}`);
    session.reject(503, "Service Unavailable", [
      ["Retry-After", String(RETRY_AFTER_SEC)],
      ["Reason", reasonValue(503, text)],
    ]);
  }

  #malformed(session: Session, { what }: Malformed): void {
    this.#parts.counters.add("malformed");
    session.reject(400, `Bad ${what}`, [["Reason", reasonValue(400, `${what} cannot be read`)]]);
  }

  #alertRegister({ request, flow }: IncomingRequest): void {
    const { place, alert } = this.#parts;
    const directory = this.#parts.directory();
    const requestUri = readTarget(request);
    if (!directory || !requestUri) return;
    const { remoteAddress: sourceAddress, remotePort: sourcePort, localAddress } = flow;
    const asked = { requestUri, sourceAddress, sourcePort, localAddress, sipCallId: request.callId };
    const identity = identify(asked, directory, place);
    if (identity.kind !== "termination") return;
    const { accountSid, sid, domainName } = identity.trunk;
    if (!this.#refusals.takeStranger(accountSid)) return;
    alert(accountSid, 32210, sid, `${errorText(32210)}: REGISTER for ${domainName ?? sid} from ${sourceAddress}`);
  }
}

function legAOf({ sipCallId }: CallRequest, peerSid: string | null): CapturedLeg {
  return { leg: "a", attempt: 0, peerSid: peerSid ?? "", sipCallId };
}

function allow(): ExtraHeader {
  return ["Allow", ALLOWED_METHODS.join(", ")];
}
