import type { Leg as LegName } from "@trunkline/media";
import type { Flow, TimerHandle } from "@trunkline/sip";
import type { Attempt, CallEvent, CallIdentity, TraceStep } from "@trunkline/trunking";
import type { LiveCallView } from "../edge.types.ts";
import type { Leg, LegListener, RelayedInfo } from "../leg/leg.ts";
import { LegA } from "../leg/leg-a.ts";
import { LegB } from "../leg/leg-b.ts";
import { MAX_TARGETS_PER_ATTEMPT } from "../limits.ts";
import type { Located, Target } from "../locate/locator.ts";
import type { CallInput, CallOutput, CallPlan, CallState, CallTimer } from "./call.types.ts";
import { CallMedia } from "./call-media.ts";
import { reasonValue } from "./outcome.ts";
import type { CallParts, FlowPeer } from "./parts.ts";
import { step } from "./step.ts";

/** A call that routing decided to dial. */
export type CallOpening = {
  readonly sid: string;
  readonly identity: CallIdentity;
  readonly attempts: readonly Attempt[];
  readonly plan: CallPlan;
  readonly session: LegA["session"];
  /** What leg B's INVITE may still be forwarded. */
  readonly maxForwards: number;
  readonly symmetricRtp: boolean;
  readonly startedAtMs: number;
  readonly onAnswered: () => void;
  readonly onOver: (call: Call) => void;
};

/** Outputs that are for the legs. */
type LegOutput = Extract<
  CallOutput,
  {
    readonly kind:
      | "dial"
      | "abandon"
      | "progress"
      | "answer"
      | "late-answer"
      | "release"
      | `${"" | "accept-" | "reject-"}offer`;
  }
>;

/**
 * The call machine's shell: gives it what happens and does what it says, in order. The only place where a call touches the media plane,
 * the journal, timers and its legs.
 */
export class Call {
  readonly opening: CallOpening;
  readonly #parts: CallParts;
  readonly #legA: LegA;
  readonly #startedMonoMs: number;
  readonly #timers = new Map<CallTimer, TimerHandle>();
  readonly #inputs: CallInput[] = [];
  readonly #trace: TraceStep[] = [];
  #state: CallState = { name: "new" };
  #stepping = false;
  #legB: LegB | undefined;
  readonly #media: CallMedia;
  #target: Target | undefined;
  #attemptStartedAtMs = 0;
  #dialled: Attempt | undefined;
  #answeredAtMs: number | null = null;

  constructor(parts: CallParts, opening: CallOpening) {
    this.opening = opening;
    this.#parts = parts;
    this.#startedMonoMs = parts.host.nowMs();
    this.#media = new CallMedia(parts, (input) => this.#feed(input));
    this.#legA = new LegA(
      opening.session,
      opening.sid,
      this.#listen("a", (event) => ({ kind: "leg-a", event })),
    );
  }

  start(): void {
    this.#feed({ kind: "start" });
  }

  /** Ends the call from outside, with this status when nobody has answered yet. */
  hangUp(sipStatus: number, phrase: string, reason: string): void {
    this.#feed({ kind: "hang-up", sipStatus, phrase, reason });
  }

  /** Who is behind that flow, when one of the legs is carried over it. */
  peerOn(flow: Flow): FlowPeer["towards"] | undefined {
    const isTerminating = this.opening.identity.direction === "trunking-terminating";
    if (isSameFlow(this.#legA.session.flow, flow)) return isTerminating ? "customer" : "carrier";
    if (this.#legB && isSameFlow(this.#legB.session.flow, flow)) return isTerminating ? "carrier" : "customer";
    return undefined;
  }

  view(): LiveCallView {
    const { sid, identity, startedAtMs } = this.opening;
    return {
      sid,
      accountSid: identity.accountSid,
      trunkSid: identity.trunkSid,
      direction: identity.direction,
      from: identity.from,
      to: identity.to,
      status: this.#answeredAtMs === null ? "ringing" : "in-progress",
      startedAtMs,
      answeredAtMs: this.#answeredAtMs,
    };
  }

  /** One input at a time: an output that feeds back at once waits until the step that made it is done. */
  #feed(input: CallInput): void {
    this.#inputs.push(input);
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) {
        const { state, outputs } = step(this.opening.plan, this.#state, next);
        this.#state = state;
        for (const output of outputs) this.#do(output);
      }
    } catch (error) {
      this.#broken(error);
    } finally {
      this.#stepping = false;
    }
  }

  #do(output: CallOutput): void {
    switch (output.kind) {
      case "locate":
        this.#locate(output.uri);
        break;
      case "prepare-media":
        this.#prepareMedia(output);
        break;
      case "media-offer":
        this.#media.ask(output.purpose, (media) => media.offer(output.leg, output.sdp));
        break;
      case "media-answer":
        this.#media.ask(output.purpose, (media) => media.answer(output.leg, output.sdp));
        break;
      case "close-media":
        this.#media.close();
        break;
      case "set":
        this.#setTimer(output.timer, output.afterMs);
        break;
      case "clear":
        this.#clearTimer(output.timer);
        break;
      case "attempted":
      case "rang":
      case "answered":
      case "ended":
        this.#record(output);
        break;
      case "alert":
        this.#alert(output.errorCode, output.text);
        break;
      default:
        this.#tellLegs(output);
    }
  }

  #tellLegs(output: LegOutput): void {
    switch (output.kind) {
      case "dial":
        this.#dial(output);
        break;
      case "abandon":
        if (this.#target) this.#parts.health.failed(this.#target);
        this.#legB?.abandon(reasonValue(408, "no response in time"));
        break;
      case "progress":
        this.#legA.progress(output.status, output.reason, output.sdp);
        break;
      case "answer":
        this.#legA.answer(output.sdp);
        break;
      case "late-answer":
        this.#leg(output.leg)?.answerLate(output.sdp);
        break;
      case "release":
        this.#legA.release(output.ending);
        this.#legB?.release(output.ending);
        this.opening.onOver(this);
        break;
      case "offer":
        this.#leg(output.leg)?.offer(output.sdp);
        break;
      case "accept-offer":
        this.#leg(output.leg)?.acceptOffer(output.sdp);
        break;
      case "reject-offer":
        this.#leg(output.leg)?.rejectOffer(output.status);
        break;
      default:
        output satisfies never;
    }
  }

  #locate(uri: string): void {
    this.#attemptStartedAtMs = this.#parts.wallClockMs();
    this.#legB = undefined;
    const { locator, health } = this.#parts;
    const tell = ({ targets, why }: Located): void => {
      const inOrder = health.inOrderOfTrial(targets).slice(0, MAX_TARGETS_PER_ATTEMPT);
      this.#feed({ kind: "located", targets: inOrder, why });
    };
    const found = locator.locate(uri);
    if (found instanceof Promise) void found.then(tell, (error: unknown) => this.#broken(error));
    else tell(found);
  }

  #dial({ tryNumber, attempt: index, target, sdp }: Extract<CallOutput, { readonly kind: "dial" }>): void {
    const { attempts, identity, maxForwards, sid } = this.opening;
    const { userAgent, health, unheard } = this.#parts;
    const attempt = attempts[index];
    const flow = this.#flowTo(target, attempt);
    this.#legB = undefined;
    this.#target = target;
    this.#attemptStartedAtMs = this.#parts.wallClockMs();
    const listener = this.#listen("b", (event) => {
      if (event.kind === "fail" && event.cause === "unreachable") health.failed(target);
      else health.heard(target);
      return { kind: "leg-b", tryNumber, event };
    });
    if (!attempt || !flow) {
      const reason = `no ${target.transport} listener reaches ${target.address}`;
      const why = reasonValue(503, reason);
      this.#feed({ kind: "leg-b", tryNumber, event: { kind: "fail", cause: "unreachable", status: 503, reason, why } });
      return;
    }
    const callSid = identity.direction === "trunking-originating" ? sid : undefined;
    this.#dialled = attempt;
    this.#legB = LegB.dial(userAgent, { attempt, flow, sdp, maxForwards, callSid }, listener, unheard);
  }

  #flowTo({ transport, address, port, serverName }: Target, attempt: Attempt | undefined): Flow | undefined {
    const towards = attempt?.carrierSid == null ? "customer" : "carrier";
    return this.#parts.flowTo(transport, address, port, { serverName, towards });
  }

  #prepareMedia({ attempt, target, sdp }: Extract<CallOutput, { readonly kind: "prepare-media" }>): void {
    const { sid, identity, symmetricRtp, session } = this.opening;
    const { advertised } = this.#parts;
    const shownToA = advertised(session.flow).host;
    const flowToB = this.#flowTo(target, this.opening.attempts[attempt]);
    const customer: LegName = identity.direction === "trunking-terminating" ? "a" : "b";
    this.#media.open(sid, {
      symmetricRtp: { a: symmetricRtp && customer === "a", b: symmetricRtp && customer === "b" },
      advertise: { a: shownToA, b: flowToB ? advertised(flowToB).host : shownToA },
    });
    if (sdp !== undefined) this.#media.ask({ kind: "prepare" }, (opened) => opened.offer("a", sdp));
  }

  #record(output: Extract<CallOutput, { readonly kind: "attempted" | "rang" | "answered" | "ended" }>): void {
    const { sid } = this.opening;
    const atMs = this.#parts.wallClockMs();
    switch (output.kind) {
      case "attempted":
        this.#recordAttempt(output, atMs);
        break;
      case "rang":
        this.#append({ kind: "ringing", atMs, sid });
        break;
      case "answered": {
        this.#answeredAtMs = atMs;
        const originating = this.opening.identity.direction === "trunking-originating";
        this.#appendTrace(atMs);
        this.#append({ kind: "answered", atMs, sid, to: originating ? (this.#dialled?.uri ?? null) : null });
        this.opening.onAnswered();
        return;
      }
      case "ended": {
        const { by, sipStatus, reason, errorCode } = output.ending;
        this.#appendTrace(atMs);
        this.#append({ kind: "ended", atMs, sid, by, sipStatus, reason, errorCode, quality: output.quality });
        return;
      }
      default:
        output satisfies never;
    }
  }

  #recordAttempt(output: Extract<CallOutput, { readonly kind: "attempted" }>, atMs: number): void {
    const attempt = this.opening.attempts[output.attempt];
    if (!attempt) return;
    const { uri, carrierSid, originationUrlSid } = attempt;
    const { status, reason, verdict, detail } = output;
    const startedAtMs = this.#attemptStartedAtMs;
    this.#append({
      kind: "attempt",
      atMs,
      sid: this.opening.sid,
      attempt: { uri, carrierSid, originationUrlSid, startedAtMs, status, reason },
      sipCallId: this.#legB?.session.callId ?? null,
    });
    const sinceStartMs = Math.round(this.#parts.host.nowMs() - this.#startedMonoMs);
    this.#trace.push({ rule: "call.attempt", input: uri, verdict, detail, atMs: sinceStartMs });
  }

  #appendTrace(atMs: number): void {
    if (this.#trace.length === 0) return;
    this.#append({ kind: "trace", atMs, sid: this.opening.sid, steps: this.#trace.splice(0) });
  }

  #append(event: CallEvent): void {
    this.#parts.journal.append(event);
  }

  #alert(errorCode: number, text: string): void {
    this.#parts.alert(this.opening.identity.accountSid, errorCode, this.opening.sid, text);
  }

  #setTimer(timer: CallTimer, afterMs: number): void {
    this.#clearTimer(timer);
    this.#timers.set(
      timer,
      this.#parts.host.setTimer(afterMs, () => {
        this.#timers.delete(timer);
        this.#feed({ kind: "timer", timer });
      }),
    );
  }

  #clearTimer(timer: CallTimer): void {
    const handle = this.#timers.get(timer);
    if (handle !== undefined) this.#parts.host.clearTimer(handle);
    this.#timers.delete(timer);
  }

  #leg(name: LegName): Leg | undefined {
    return name === "a" ? this.#legA : this.#legB;
  }

  #listen(name: LegName, toInput: (event: Parameters<LegListener["event"]>[0]) => CallInput): LegListener {
    return {
      event: (event) => this.#feed(toInput(event)),
      info: (info) => this.#relayInfo(name, info),
      transferRefused: () => this.#alert(32218, "Transfer not allowed: the trunk's transfer mode is disable-all"),
    };
  }

  #relayInfo(from: LegName, info: RelayedInfo): void {
    const other = from === "a" ? this.#legB : this.#legA;
    if (this.#state.name !== "connected" || !other) info.done(491, "Request Pending");
    else other.relayInfo(info);
  }

  /** We are wrong: this call dies, the process lives, the record says `internal` (conventions, errors). */
  #broken(error: unknown): void {
    const { log } = this.#parts;
    const wasOver = this.#state.name === "over";
    log("error", "call broke", { callSid: this.opening.sid, state: this.#state.name, error: stackOf(error) });
    this.#inputs.length = 0;
    this.#state = { name: "over" };
    if (wasOver) return;
    const answered = this.#answeredAtMs !== null;
    const why = reasonValue(500, "internal error");
    const ending = {
      by: "internal",
      sipStatus: answered ? 200 : 500,
      reason: answered ? "internal error" : "Server Internal Error",
      errorCode: null,
      why,
    } as const;
    for (const timer of ["silence", "ring", "duration"] as const) this.#clearTimer(timer);
    this.#record({ kind: "ended", ending, quality: [] });
    this.#media.drop();
    this.#do({ kind: "release", ending });
  }
}

/** The same connection, or over UDP the same peer at the same socket. */
function isSameFlow(a: Flow, b: Flow): boolean {
  if (a.connection !== undefined || b.connection !== undefined) return a.connection === b.connection;
  return a.remoteAddress === b.remoteAddress && a.remotePort === b.remotePort && a.localAddress === b.localAddress;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
