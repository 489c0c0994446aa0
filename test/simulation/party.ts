import { createUserAgent, type OutgoingInvite, type Session, type SessionEvent, type UserAgent } from "@trunkline/sip";
import { flowBetween, type VirtualNetwork } from "../support/lent-fixtures.ts";
import { EDGE } from "./configuration.ts";
import { type MortalHost, mortalHost } from "./mortal-host.ts";
import { PartyCall, type TimedAct } from "./party-call.ts";

/** How a party takes a call. */
export type Answering =
  | { readonly kind: "refuse"; readonly afterMs: number; readonly status: number }
  /** 302 */
  | { readonly kind: "redirect"; readonly afterMs: number; readonly contact: string }
  /** 180 until the caller gives up. */
  | { readonly kind: "ring" }
  | {
      readonly kind: "answer";
      /** 180, or 183 with `earlyMedia`; null: neither. */
      readonly ringAfterMs: number | null;
      readonly earlyMedia: boolean;
      readonly answerAfterMs: number;
    };

/** What a party can do beyond RFC 3261. */
export type Extensions = {
  /** RFC 3262: whether it can have, and as a caller demands, provisional responses that are acknowledged. */
  readonly reliable: "no" | "supported" | "required";
  /** RFC 4028: the session timer it asks for; null: it knows none. */
  readonly timerSec: number | null;
  /** RFC 3261 §13.2.1: its INVITEs leave the offer to the callee. */
  readonly lateOffer: boolean;
};

export const NO_EXTENSIONS: Extensions = { reliable: "no", timerSec: null, lateOffer: false };

const ALLOW = ["INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "PRACK", "UPDATE", "INFO"];

/** A SIP user agent at one end of the platform: takes and makes calls by plan, remembers what it saw, and can lose its memory. */
export class Party {
  readonly address: string;
  /** Every call it ever had, forgotten ones included. */
  readonly calls: PartyCall[] = [];
  answering: Answering = { kind: "ring" };
  /** What it does in a call that it answered, counted from the answer. */
  acts: readonly TimedAct[] = [];
  /** In calls that it takes, it says 488 to every change of the session. */
  refusesOffers = false;
  /** How long it holds the line when nobody hangs up. */
  patienceMs = 400_000;
  readonly #network: VirtualNetwork;
  readonly #extensions: Extensions;
  #host: MortalHost;
  #agent: UserAgent;

  constructor(network: VirtualNetwork, address: string, extensions = NO_EXTENSIONS) {
    this.#network = network;
    this.#extensions = extensions;
    this.address = address;
    this.#host = mortalHost(network.host());
    this.#agent = this.#open();
  }

  counts(): Readonly<Record<string, number>> {
    return this.#agent.counts();
  }

  call(invite: Omit<OutgoingInvite, "flow" | "sdp">, acts: readonly TimedAct[]): PartyCall {
    const call = new PartyCall(this.#host, this.address);
    call.patienceMs = this.patienceMs;
    this.calls.push(call);
    call.onAnswer = () => call.follow(acts);
    const flow = flowBetween({ address: this.address, port: 5060 }, EDGE);
    const early: SessionEvent[] = [];
    let session: Session | undefined;
    const { reliable, lateOffer } = this.#extensions;
    const headers = [...(invite.headers ?? []), ...(reliable === "required" ? [["Require", "100rel"] as const] : [])];
    call.isLate = lateOffer;
    const offer = lateOffer ? {} : { sdp: call.local };
    session = this.#agent.invite({ ...invite, ...offer, flow, headers }, (event) => {
      if (session) call.take(event);
      else early.push(event);
    });
    call.session = session;
    for (const event of early) call.take(event);
    return call;
  }

  /** Power off and on: it knows nothing of its calls any more, and says so when asked. */
  forget(): void {
    this.#host.kill();
    for (const call of this.calls) call.forget();
    this.#host = mortalHost(this.#network.host());
    this.#agent = this.#open();
  }

  #open(): UserAgent {
    const { reliable, timerSec } = this.#extensions;
    const agent = createUserAgent(
      this.#host,
      {
        product: "party",
        allow: ALLOW,
        supported: [...(reliable === "no" ? [] : ["100rel"]), ...(timerSec === null ? [] : ["timer"])],
        reliableProgress: "when-supported",
        ...(timerSec === null ? {} : { sessionTimer: { intervalSec: timerSec, minimumSec: 90 } }),
        advertised: (flow) => ({ host: flow.localAddress, port: flow.localPort }),
      },
      { onInvite: (session) => this.#take(session) },
    );
    this.#network.attach(this.address, 5060, agent);
    return agent;
  }

  #take(session: Session): void {
    const call = new PartyCall(this.#host, this.address);
    call.patienceMs = this.patienceMs;
    this.calls.push(call);
    call.session = session;
    call.refusesOffers = this.refusesOffers;
    session.onEvent = (event) => call.take(event);
    const { answering } = this;
    switch (answering.kind) {
      case "ring":
        session.progress(180, "Ringing");
        break;
      case "refuse":
        call.after(answering.afterMs, () => session.reject(answering.status, "Refused"));
        break;
      case "redirect":
        call.after(answering.afterMs, () => session.reject(302, "Moved", [["Contact", answering.contact]]));
        break;
      case "answer": {
        const { ringAfterMs, earlyMedia, answerAfterMs } = answering;
        if (ringAfterMs !== null) call.after(ringAfterMs, () => call.ring(earlyMedia));
        call.after(answerAfterMs, () => {
          call.answer();
          call.follow(this.acts);
        });
        break;
      }
      default:
        answering satisfies never;
    }
  }
}
