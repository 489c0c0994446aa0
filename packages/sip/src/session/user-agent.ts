import { contactOf, dialogFromRequest } from "../dialog/dialog.ts";
import type { Flow } from "../flow.ts";
import type { Host } from "../host.ts";
import { Malformed } from "../malformed.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Unreadable } from "../message/unreadable.ts";
import type { OutgoingRequest } from "../transaction/outgoing-request.ts";
import type { InviteServerTransaction, NonInviteServerTransaction } from "../transaction/server-transaction.ts";
import { GIVE_UP_MS } from "../transaction/timers.ts";
import { type Admission, TransactionLayer, type TransactionUser } from "../transaction/transaction-layer.ts";
import { ACCEPTED_BODIES, isBodyUnderstood } from "./body.ts";
import type { ExtraHeader, SessionEvent } from "./events.ts";
import type { InviteUsage } from "./invite-usage.ts";
import { RegistrationClient } from "./registration.ts";
import type { Registration, RegistrationOptions } from "./registration.types.ts";
import { type TimerPolicy, timerPolicyOf, tooSmall } from "./session-expires.ts";
import { capabilities, newTag, overStream, type Stack } from "./stack.ts";
import { sendStandalone } from "./standalone-request.ts";
import { UacSession } from "./uac-session.ts";
import { UasSession } from "./uas-session.ts";
import { unsupportedExtensions } from "./unsupported.ts";
import type {
  OutgoingInvite,
  Session,
  UserAgent,
  UserAgentCounts,
  UserAgentHandlers,
  UserAgentOptions,
} from "./user-agent.types.ts";

const DEFAULT_MAX_TRANSACTIONS = 200_000;

/** "If ... larger than 1300 bytes and the path MTU is unknown" (§18.1.1). */
const MAX_UDP_REQUEST_BYTES = 1_300;

/** Methods that make no sense outside a dialog, or without the transaction they refer to: 481. */
const NEEDS_DIALOG: ReadonlySet<string> = new Set(["BYE", "CANCEL", "PRACK", "UPDATE"]);

/** Methods that a user may want to hear of outside a dialog, whether or not it announces them. */
const STANDALONE: ReadonlySet<string> = new Set([
  "INFO",
  "MESSAGE",
  "NOTIFY",
  "OPTIONS",
  "PUBLISH",
  "REFER",
  "REGISTER",
  "SUBSCRIBE",
]);

/** Schemes a Request-URI may have; what becomes of a telephone number is the user's business (RFC 3261 §8.2.2.1). */
const KNOWN_SCHEME = /^(?:sips?|tel):/i;

const TAKE: Admission = { kind: "new" };
const TAKE_IN_DIALOG: Admission = { kind: "in-dialog" };
const DROP: Admission = { kind: "drop" };
const NO_DIALOG: Admission = { kind: "refuse", status: 481, reason: "Call/Transaction Does Not Exist" };

/** Makes the SIP stack for one address: transactions, dialogs, sessions (RFC 3261). It owns nothing but its memory. */
export function createUserAgent(host: Host, options: UserAgentOptions, handlers: UserAgentHandlers): UserAgent {
  return new Core(host, options, handlers);
}

class Core implements UserAgent, TransactionUser {
  readonly #options: UserAgentOptions;
  readonly #handlers: UserAgentHandlers;
  readonly #stack: Stack;
  readonly #registrations = new Set<RegistrationClient>();

  constructor(host: Host, given: UserAgentOptions, handlers: UserAgentHandlers) {
    const options = { ...given, allow: allowedMethods(given) };
    this.#options = options;
    this.#handlers = handlers;
    const { product, maxTransactions = DEFAULT_MAX_TRANSACTIONS, maxUdpRequestBytes = MAX_UDP_REQUEST_BYTES } = options;
    const layer = {
      product,
      maxTransactions,
      maxUdpRequestBytes,
      onMessage: handlers.onMessage?.bind(handlers),
      overStream: (request: OutgoingRequest) => overStream(options, request),
    };
    const transactions = new TransactionLayer(host, layer, this);
    this.#stack = { host, options, transactions, timerPolicy: timerPolicyOf(options), sessions: new Map() };
  }

  receive(flow: Flow, text: string): void {
    this.#stack.transactions.receive(flow, text);
  }

  flowFailed(flow: Flow, reason: string): void {
    this.#stack.transactions.flowFailed(flow, reason);
    for (const registration of this.#registrations) registration.flowFailed(flow);
  }

  invite(invite: OutgoingInvite, onEvent: (event: SessionEvent) => void): Session {
    return new UacSession(this.#stack, invite, onEvent);
  }

  request(
    method: string,
    target: OutgoingInvite,
    done: (response: SipResponse | undefined) => void,
    body?: { readonly type: string; readonly text: string },
  ): void {
    sendStandalone(this.#stack, method, target, (response) => done(response), body);
  }

  register(options: RegistrationOptions): Registration {
    const registration = new RegistrationClient(this.#stack, options, () => this.#registrations.delete(registration));
    this.#registrations.add(registration);
    registration.register();
    return registration;
  }

  counts(): UserAgentCounts {
    const { transactions, sessions } = this.#stack;
    return {
      clientTransactions: transactions.clientCount,
      serverTransactions: transactions.serverCount,
      sessions: sessions.size,
    };
  }

  /** RFC 3261 §8.2.1 to §8.2.3, in order. Refusals here cost no state: strangers get them. */
  admit(request: SipRequest, flow: Flow): Admission {
    if (this.#usageOf(request) !== undefined) return TAKE_IN_DIALOG;
    if (this.#handlers.screen?.(request, flow) === false) return DROP;
    if (request.to.params.has("tag")) return NO_DIALOG;
    const { method } = request;
    const { allow } = this.#options;
    if (!STANDALONE.has(method) && !allow.includes(method)) {
      return { kind: "refuse", status: 405, reason: "Method Not Allowed", headers: capabilities(this.#options) };
    }
    if (NEEDS_DIALOG.has(method)) return NO_DIALOG;
    if (!KNOWN_SCHEME.test(request.requestUri)) {
      return { kind: "refuse", status: 416, reason: "Unsupported URI Scheme" };
    }
    const unsupported = unsupportedExtensions(request, this.#options);
    if (unsupported.length > 0) {
      const headers = [["Unsupported", unsupported.join(", ")]] as const;
      return { kind: "refuse", status: 420, reason: "Bad Extension", headers };
    }
    return method === "INVITE" ? admitInvite(request, this.#stack.timerPolicy) : TAKE;
  }

  admitUnreadable(unreadable: Unreadable, flow: Flow): boolean {
    return this.#handlers.screenUnreadable?.(unreadable, flow) ?? true;
  }

  onInvite(transaction: InviteServerTransaction, request: SipRequest, flow: Flow): void {
    const usage = this.#usageOf(request);
    if (usage !== undefined) {
      transaction.trying();
      usage.receiveInvite(transaction, request, flow);
      return;
    }
    const dialog = dialogFromRequest(request, newTag(this.#stack));
    if (dialog instanceof Malformed) throw new Error("an INVITE without usable Contact was admitted");
    const session = new UasSession(this.#stack, transaction, request, flow, dialog);
    try {
      this.#handlers.onInvite(session);
    } catch (error) {
      session.reject(500, "Server Internal Error");
      throw error;
    }
    // Not before: who is turned away gets no 100, which would end the copies of the INVITE that replace a lost answer (§8.2.7).
    transaction.trying();
  }

  onRequest(transaction: NonInviteServerTransaction, request: SipRequest, flow: Flow): void {
    const usage = this.#usageOf(request);
    if (usage !== undefined) usage.receive(transaction, request, flow);
    else if (this.#handlers.onRequest !== undefined) this.#ask(transaction, request, flow);
    else if (request.method === "OPTIONS") transaction.respond(200, "OK", { headers: capabilities(this.#options) });
    else transaction.respond(405, "Method Not Allowed", { headers: capabilities(this.#options) });
  }

  onAck(request: SipRequest): void {
    this.#usageOf(request)?.receiveAck(request);
  }

  /** The dialog that a request belongs to; its To tag is one of ours. */
  #usageOf(request: SipRequest): InviteUsage | undefined {
    const localTag = request.to.params.get("tag");
    if (localTag === undefined) return undefined;
    return this.#stack.sessions.get(localTag)?.usageFor(request.callId, request.from.params.get("tag"));
  }

  #ask(transaction: NonInviteServerTransaction, request: SipRequest, flow: Flow): void {
    const { host } = this.#stack;
    let guard: unknown;
    const respond = (status: number, reason: string, headers: readonly ExtraHeader[] = [], body?: string): void => {
      if (status >= 200) host.clearTimer(guard);
      transaction.respond(status, reason, { headers, ...(body === undefined ? {} : { body }) });
    };
    const drop = (): void => {
      host.clearTimer(guard);
      transaction.drop();
    };
    try {
      this.#handlers.onRequest?.({ request, flow, respond, drop });
    } catch (error) {
      respond(500, "Server Internal Error");
      throw error;
    }
    // After 64*T1 the client has given up; nobody is left to answer.
    if (transaction.isOpen) guard = host.setTimer(GIVE_UP_MS, drop);
  }
}

/** Who speaks of reliable provisional responses takes their PRACKs, whether or not the user thought of it (RFC 3262 §3). */
function allowedMethods({ allow, supported }: UserAgentOptions): readonly string[] {
  return supported.includes("100rel") && !allow.includes("PRACK") ? [...allow, "PRACK"] : allow;
}

function admitInvite(request: SipRequest, policy: TimerPolicy | undefined): Admission {
  if (contactOf(request) instanceof Malformed) {
    return { kind: "refuse", status: 400, reason: "Missing or malformed Contact" };
  }
  if (!isBodyUnderstood(request)) {
    return { kind: "refuse", status: 415, reason: "Unsupported Media Type", headers: ACCEPTED_BODIES };
  }
  const minimum = tooSmall(request, policy);
  if (minimum === undefined) return TAKE;
  return { kind: "refuse", status: 422, reason: "Session Interval Too Small", headers: minimum };
}
