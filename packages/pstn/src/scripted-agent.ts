import type { AudioEndpoint } from "@trunkline/media";
import {
  createUserAgent,
  type Flow,
  type Host,
  type Session,
  type SipRequest,
  type UserAgent,
  type UserAgentCounts,
  type UserAgentHandlers,
} from "@trunkline/sip";
import { AnsweringCall } from "./answering.ts";
import type { Behaviour } from "./behaviour.ts";
import { OutgoingCall, type ScriptedCallOptions } from "./calling.ts";
import { reasonPhrase } from "./refusal.ts";
import { type Stage, uriHost } from "./stage.ts";

/** Methods a scripted agent takes part in. */
const ALLOW = ["INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "PRACK", "UPDATE", "INFO"];

/** Calls at once, both directions: each has audio sockets, and more than this is beyond what a process may usually open. */
const MAX_CALLS = 10_000;

/** As long as the platform lets a call last, and a minute more, so that it is never this side that ends a long one. */
const MAX_CALL_MS = 4 * 3_600_000 + 60_000;

export type ScriptedAgentOptions = {
  readonly host: Host;
  /** Opens RTP on that local address. */
  openAudio(address: string): Promise<AudioEndpoint>;
  /** User-Agent and Server. */
  readonly product: string;
  /** What to do with a call. Asked twice for a call that is not dropped, so it must be a function of the request alone. */
  behaviourOf(invite: SipRequest): Behaviour;
  readonly maxCalls?: number;
  /** Every message in and out. */
  readonly onMessage?: UserAgentHandlers["onMessage"];
  /** A call came in and is being played. */
  onCall?(call: AnsweringCall): void;
};

/** A SIP user agent whose every call follows a script, in both directions. Knows no socket: its owner hands messages in. */
export class ScriptedAgent {
  readonly #stage: Stage;
  readonly #userAgent: UserAgent;
  readonly #options: ScriptedAgentOptions;
  readonly #maxCalls: number;
  readonly #answering = new Set<AnsweringCall>();
  readonly #outgoing = new Set<OutgoingCall>();
  #closing = false;

  constructor(options: ScriptedAgentOptions) {
    const { host, onMessage } = options;
    this.#options = options;
    this.#maxCalls = options.maxCalls ?? MAX_CALLS;
    this.#stage = { host, openAudio: (address) => options.openAudio(address), maxCallMs: MAX_CALL_MS };
    this.#userAgent = createUserAgent(
      host,
      {
        product: options.product,
        allow: ALLOW,
        supported: [],
        advertised: (flow) => ({ host: uriHost(flow.localAddress), port: flow.localPort }),
      },
      {
        screen: (request) => request.method !== "INVITE" || options.behaviourOf(request).kind !== "drop",
        onInvite: (session) => this.#answer(session),
        ...(onMessage ? { onMessage } : {}),
      },
    );
  }

  /** Calls in progress, ringing ones included, both directions. */
  get liveCalls(): number {
    return this.#answering.size + this.#outgoing.size;
  }

  /** True when no further call would be taken or made. */
  get full(): boolean {
    return this.#closing || this.liveCalls >= this.#maxCalls;
  }

  receive(flow: Flow, text: string): void {
    this.#userAgent.receive(flow, text);
  }

  flowFailed(flow: Flow, reason: string): void {
    this.#userAgent.flowFailed(flow, reason);
  }

  counts(): UserAgentCounts {
    return this.#userAgent.counts();
  }

  /** Makes a call, also when `full`: whoever calls is asked to look first. */
  call(options: ScriptedCallOptions): OutgoingCall {
    const call = new OutgoingCall({ ...options, stage: this.#stage, userAgent: this.#userAgent });
    this.#outgoing.add(call);
    void call.over.then(() => this.#outgoing.delete(call));
    return call;
  }

  /** Ends every call and takes no new one. */
  hangUpAll(): void {
    this.#closing = true;
    for (const call of [...this.#answering, ...this.#outgoing]) call.hangup();
  }

  #answer(session: Session): void {
    if (this.full) {
      session.reject(503, reasonPhrase(503), [["Retry-After", "5"]]);
      return;
    }
    const behaviour = this.#options.behaviourOf(session.invite);
    const call = new AnsweringCall(this.#stage, session, behaviour, (over) => this.#answering.delete(over));
    if (!call.isOver) this.#answering.add(call);
    this.#options.onCall?.(call);
  }
}
