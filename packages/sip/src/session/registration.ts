import type { Flow } from "../flow.ts";
import type { TimerHandle } from "../host.ts";
import type { SipResponse } from "../message/message.ts";
import { copyString } from "../message/text.ts";
import type { Registration, RegistrationOptions, RegistrationState } from "./registration.types.ts";
import { backOffMs, grantedSec, minExpiresSec, refreshAfterMs, retryAfterMs } from "./registration-times.ts";
import { ourContact, type Stack } from "./stack.ts";
import { sendStandalone } from "./standalone-request.ts";

/** Addresses of the registrar that are asked one after the other before it counts as away. */
const MAX_WAYS = 4;

/** A connection that is gone is replaced within this, so that calls over it find us; not all clients of a registrar at once. */
const RECOVER_WITHIN_MS = 1_000;

/** But not sooner after the last REGISTER: a registrar that closes every connection would be asked for ever. */
const RECOVER_AFTER_MS = 30_000;

/** What a registrar says is shown to people and kept until it says something else. */
const MAX_REASON_LENGTH = 128;

type Asked = { readonly response: SipResponse | undefined; readonly why: string };

/**
 * The client of a registrar (RFC 3261 §10.2): one Contact, one Call-ID, numbers that grow by one. It is renewed before it expires; after a
 * failure the next attempt waits as RFC 5626 §4.5 has it. One REGISTER at a time (§10.2.4 end).
 */
export class RegistrationClient implements Registration {
  readonly #stack: Stack;
  readonly #options: RegistrationOptions;
  readonly #released: () => void;
  readonly #callId: string;
  #cseq = 0;
  #expiresSec: number;
  #failures = 0;
  #isAsking = false;
  /** A 423 was obeyed at once; a registrar that demands ever more is not. */
  #isRaised = false;
  #isClosing = false;
  #closed = (): void => undefined;
  #timer: TimerHandle;
  #flow: Flow | undefined;
  #askedAtMs = 0;
  #state: RegistrationState = { name: "registering", untilMs: undefined, lastAnswer: undefined, nextMs: undefined };

  /** @param released called once it is closed */
  constructor(stack: Stack, options: RegistrationOptions, released: () => void) {
    this.#stack = stack;
    this.#options = options;
    this.#released = released;
    this.#callId = stack.host.randomHex(16);
    this.#expiresSec = options.expiresSec;
  }

  get state(): RegistrationState {
    const { name, untilMs } = this.#state;
    if (name !== "registered" || (untilMs ?? 0) > this.#stack.host.nowMs()) return this.#state;
    return { ...this.#state, name: "failed", untilMs: undefined };
  }

  register(): void {
    this.#isAsking = true;
    this.#askedAtMs = this.#stack.host.nowMs();
    this.#become({ nextMs: undefined });
    this.#ask(this.#expiresSec, (asked) => {
      this.#isAsking = false;
      if (this.#state.name === "closed") return;
      this.#hear(asked);
      if (this.#isClosing) this.#unregister();
    });
  }

  close(closed: () => void = () => undefined): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#closed = closed;
    this.#stack.host.clearTimer(this.#timer);
    this.#become({ name: "closing", nextMs: undefined });
    if (!this.#isAsking) this.#unregister();
  }

  abandon(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#stack.host.clearTimer(this.#timer);
    this.#end();
  }

  /** A connection broke. When it is the one that our Contact was registered over, the registrar may have no other way to us. */
  flowFailed(flow: Flow): void {
    const { nextMs, name } = this.state;
    if (name !== "registered" || nextMs === undefined || flow.connection === undefined) return;
    if (this.#flow?.connection !== flow.connection || this.#flow.transport !== flow.transport) return;
    const { host } = this.#stack;
    const soonMs = Math.max(host.nowMs(), this.#askedAtMs + RECOVER_AFTER_MS) + host.random() * RECOVER_WITHIN_MS;
    if (soonMs < nextMs) this.#wait(soonMs - host.nowMs());
  }

  #hear({ response, why }: Asked): void {
    const { host } = this.#stack;
    const lastAnswer = response
      ? { status: response.status, reason: copyString(response.reason.slice(0, MAX_REASON_LENGTH)) }
      : { status: undefined, reason: why };
    const isGood = response !== undefined && response.status < 300;
    const sec = isGood ? grantedSec(response, this.#options.contactUser, this.#expiresSec) : 0;
    if (sec > 0) {
      this.#failures = 0;
      this.#isRaised = false;
      this.#become({ name: "registered", untilMs: host.nowMs() + sec * 1_000, lastAnswer });
      this.#wait(refreshAfterMs(sec, host.random()));
      return;
    }
    const isKept = !isGood && this.state.name === "registered";
    const untilMs = isKept ? this.#state.untilMs : undefined;
    const minimumSec = response?.status === 423 ? minExpiresSec(response) : 0;
    if (minimumSec > this.#expiresSec && !this.#isRaised) {
      this.#isRaised = true;
      this.#expiresSec = minimumSec;
      this.#become({ name: isKept ? "registered" : "registering", untilMs, lastAnswer });
      this.#wait(0);
      return;
    }
    this.#become({ name: isKept ? "registered" : "failed", untilMs, lastAnswer });
    this.#failures += 1;
    this.#isRaised = false;
    this.#wait(Math.max(backOffMs(this.#failures, host.random()), retryAfterMs(response)));
  }

  #wait(afterMs: number): void {
    const { host } = this.#stack;
    host.clearTimer(this.#timer);
    if (this.#isClosing) return;
    this.#timer = host.setTimer(afterMs, () => this.register());
    this.#become({ nextMs: host.nowMs() + afterMs });
  }

  #unregister(): void {
    if (this.#state.name === "closed") return;
    if ((this.#state.untilMs ?? 0) <= this.#stack.host.nowMs()) this.#end();
    else this.#ask(0, () => this.#end());
  }

  #end(): void {
    this.#become({ name: "closed", untilMs: undefined, nextMs: undefined });
    this.#released();
    this.#closed();
  }

  /** One REGISTER, over one way to the registrar after the other until one answers with something else than 503 (RFC 3263 §4.3). */
  #ask(expiresSec: number, done: (asked: Asked) => void, tried: readonly Flow[] = [], last?: Asked): void {
    const { onHeard, reach } = this.#options;
    reach((flow, why) => {
      if (this.#state.name === "closed") return;
      if (flow === undefined || tried.some((one) => isSameWay(one, flow))) {
        done(last ?? { response: undefined, why: flow ? "no response" : why });
        return;
      }
      this.#send(flow, expiresSec, (response) => {
        const isHeard = response !== undefined && response.status !== 503;
        onHeard?.(flow, isHeard);
        const asked = response === undefined && last ? last : { response, why: "no response" };
        if (isHeard || tried.length + 1 >= MAX_WAYS) done(asked);
        else this.#ask(expiresSec, done, [...tried, flow], asked);
      });
    });
  }

  #send(flow: Flow, expiresSec: number, done: (response: SipResponse | undefined) => void): void {
    const { registrar, addressOfRecord, contactUser, credentials } = this.#options;
    this.#flow = flow;
    sendStandalone(
      this.#stack,
      "REGISTER",
      {
        flow,
        requestUri: registrar,
        from: addressOfRecord,
        to: addressOfRecord,
        callId: this.#callId,
        contact: `${ourContact(this.#stack, flow, contactUser)};expires=${expiresSec}`,
        headers: [["Expires", String(expiresSec)]],
        ...(credentials ? { credentials } : {}),
      },
      (response, cseq) => {
        this.#cseq = cseq;
        done(response);
      },
      undefined,
      this.#cseq + 1,
    );
  }

  #become(change: Partial<RegistrationState>): void {
    const name = this.#isClosing && change.name !== "closed" ? "closing" : (change.name ?? this.#state.name);
    this.#state = { ...this.#state, ...change, name };
    this.#options.onChange?.(this.#state);
  }
}

function isSameWay(a: Flow, b: Flow): boolean {
  return a.transport === b.transport && a.remoteAddress === b.remoteAddress && a.remotePort === b.remotePort;
}
