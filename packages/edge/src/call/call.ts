import type { Leg as LegName } from "@trunkline/media";
import type { Flow } from "@trunkline/sip";
import type { Attempt, CallAudio } from "@trunkline/trunking";
import type { LiveCallView } from "../edge.types.ts";
import type { CallerLeg, TalkingLeg } from "../leg/caller-leg.ts";
import type { LegListener, RelayedInfo } from "../leg/leg.ts";
import { LegB } from "../leg/leg-b.ts";
import { MAX_TARGETS_PER_ATTEMPT, UNWELL } from "../limits.ts";
import type { Located, Target } from "../locate/locator.ts";
import type { CallInput, CallOutput, CallState, Ending, LegEvent } from "./call.types.ts";
import { CallMedia } from "./call-media.ts";
import { CallRecording } from "./call-recording.ts";
import { CallTimers } from "./call-timers.ts";
import { Evidence } from "./evidence.ts";
import { HeldLimits } from "./held-limits.ts";
import { mediaOptions } from "./media-options.ts";
import type { CallOpening } from "./opening.ts";
import { reasonValue, recordingHeaders } from "./outcome.ts";
import type { CallParts, PeerOwner } from "./parts.ts";
import { planned } from "./planned.ts";
import { step } from "./step.ts";

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
  readonly recording: CallRecording;
  readonly #parts: CallParts;
  readonly #legA: CallerLeg;
  readonly #evidence: Evidence;
  readonly #limits: HeldLimits;
  readonly #media: CallMedia;
  readonly #timers: CallTimers;
  readonly #inputs: CallInput[] = [];
  /** Routing's, and those that came of a redirection; the machine's are in the same order. */
  readonly #attempts: Attempt[];
  #state: CallState = { name: "new" };
  #stepping = false;
  #isReleased = false;
  #legB: LegB | undefined;
  #target: Target | undefined;
  #attemptStartedAtMs = 0;
  #dialled: Attempt | undefined;
  #dials = 0;
  #answeredAtMs: number | null = null;

  constructor(parts: CallParts, opening: CallOpening) {
    this.opening = opening;
    this.#parts = parts;
    this.#attempts = [...opening.attempts];
    this.#evidence = new Evidence(parts, opening);
    this.#media = new CallMedia(parts, (input) => this.#feed(input));
    this.#media.onHeard = (media) => parts.captures?.heard(opening.sid, media);
    const within = { media: this.#media, evidence: this.#evidence };
    this.recording = new CallRecording(parts, opening, within, () => this.#feed({ kind: "recording-settled" }));
    this.#timers = new CallTimers(parts.host, (timer) => this.#feed({ kind: "timer", timer }));
    this.#legA = opening.openCaller(this.#listen("a", (event) => ({ kind: "leg-a", event })));
    this.#limits = new HeldLimits(parts.callCounters, opening.sid, opening.claims);
  }

  start(): void {
    this.#feed({ kind: "start" });
  }

  /** Ends the call from outside, with this status when nobody has answered yet. */
  hangUp(sipStatus: number, phrase: string, reason: string): void {
    this.#feed({ kind: "hang-up", sipStatus, phrase, reason });
  }

  /** Who is behind that flow, when one of the legs is carried over it. */
  peerOn(flow: Flow): PeerOwner | undefined {
    const isOriginating = this.opening.identity.direction === "trunking-originating";
    const { at } = this.#legA;
    if (at.kind === "peer" && isSameFlow(at.flow, flow)) {
      return { towards: isOriginating ? "carrier" : "customer", ownerSid: this.opening.callerSid };
    }
    if (!this.#legB || !isSameFlow(this.#legB.session.flow, flow)) return undefined;
    return { towards: isOriginating ? "customer" : "carrier", ownerSid: this.#dialled?.peerSid };
  }

  /** Whether that carrier or trunk has a part in it, now. */
  isWith(ownerSid: string): boolean {
    const { identity, callerSid } = this.opening;
    return [identity.trunkSid, callerSid, this.#dialled?.peerSid].includes(ownerSid);
  }

  /** How its audio is going. */
  audio(): Promise<CallAudio> {
    return this.#media.audio();
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
        this.#locate(output);
        break;
      case "redirect":
        this.#redirect(output);
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
      case "record":
        this.recording.begin();
        break;
      case "set":
        this.#timers.set(output.timer, output.afterMs);
        break;
      case "clear":
        this.#timers.clear(output.timer);
        break;
      case "attempted":
        this.#attempted(output);
        break;
      case "rang":
        this.#evidence.rang();
        break;
      case "answered":
        this.#answered();
        break;
      case "ended":
        this.#evidence.ended(output);
        break;
      case "alert":
        this.#evidence.alert(output.errorCode, output.text);
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
        this.#release(output.ending);
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

  #locate({ attempt: index, uri }: Extract<CallOutput, { readonly kind: "locate" }>): void {
    this.#attemptStartedAtMs = this.#parts.wallClockMs();
    this.#legB = undefined;
    const attempt = this.#attempts[index];
    const full = attempt && this.#limits.next(attempt);
    if (full) {
      const { phrase, detail, retryAfterSec } = full;
      this.#feed({ kind: "over-limit", phrase, detail, retryAfterSec });
      return;
    }
    const { locator, health, peers } = this.#parts;
    if (attempt) peers.trying(attempt);
    const isCustomers = attempt?.carrierSid === null;
    const tell = ({ targets, why }: Located): void => {
      const open = isCustomers ? targets.filter((target) => !peers.isCarrier(target)) : targets;
      const inOrder = health.inOrderOfTrial(open).slice(0, MAX_TARGETS_PER_ATTEMPT);
      const whyNone = targets.length > 0 ? "the address is a carrier's, which only calls to that carrier go to" : why;
      this.#feed({ kind: "located", targets: inOrder, why: whyNone });
    };
    const found = locator.locate(uri);
    if (found instanceof Promise) void found.then(tell, (error: unknown) => this.#broken(error));
    else tell(found);
  }

  #redirect({ attempt: index, contact, again }: Extract<CallOutput, { readonly kind: "redirect" }>): void {
    const attempt = this.#attempts[index];
    if (!attempt) throw new Error(`attempt ${index} was redirected, and there is none`);
    const contacts = contact === undefined ? [] : [contact];
    const decision = this.opening.redirect({ attempt, contacts, redirectedBefore: again });
    this.#evidence.traced(decision.trace);
    if (decision.kind === "refuse") {
      const { status, phrase, detail } = decision.rejection;
      this.#feed({ kind: "redirect-refused", status, phrase, detail });
      return;
    }
    this.#attempts.splice(index + 1, 0, decision.attempt);
    this.#feed({ kind: "redirected", attempt: planned(decision.attempt) });
  }

  #dial({ tryNumber, attempt: index, target, sdp }: Extract<CallOutput, { readonly kind: "dial" }>): void {
    const { identity, maxForwards, sid } = this.opening;
    const { userAgent, health, peers, unheard } = this.#parts;
    const attempt = this.#attempts[index];
    const flow = attempt && peers.flowTo(target, attempt);
    this.#legB = undefined;
    this.#target = target;
    this.#attemptStartedAtMs = this.#parts.wallClockMs();
    const listener = this.#listen("b", (event) => {
      if (event.kind === "fail" && event.cause === "unreachable") health.failed(target);
      else health.heard(target);
      if (attempt && isSignOfLife(event)) peers.answered(attempt);
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
    const [login, callId] = [peers.login(attempt.peerSid), peers.callId(attempt)];
    const legB = LegB.dial(userAgent, { attempt, flow, sdp, maxForwards, login, callId, callSid }, listener, unheard);
    this.#legB = legB;
    const dialog = { attempt: ++this.#dials, peerSid: attempt.peerSid, sipCallId: legB.session.callId };
    this.#parts.captures?.claim({ sid, accountSid: identity.accountSid }, { leg: "b", ...dialog }, flow);
  }

  #prepareMedia({ attempt, target, sdp }: Extract<CallOutput, { readonly kind: "prepare-media" }>): void {
    const { sid, identity, media } = this.opening;
    const { advertised, peers } = this.#parts;
    const callee = this.#attempts[attempt];
    const { at } = this.#legA;
    const a = at.kind === "peer" ? advertised(at.flow).host : at.mediaAddress;
    const flowToB = callee && peers.flowTo(target, callee);
    const shown = { a, b: flowToB ? advertised(flowToB).host : a };
    this.#media.open(sid, mediaOptions(media, identity.direction, callee, shown));
    if (sdp !== undefined) this.#media.ask({ kind: "prepare" }, (opened) => opened.offer("a", sdp));
  }

  #attempted(output: Extract<CallOutput, { readonly kind: "attempted" }>): void {
    const attempt = this.#attempts[output.attempt];
    if (!attempt) return;
    if (output.isUnwell) this.#parts.peers.failed(attempt);
    this.#evidence.attempted(attempt, output, this.#attemptStartedAtMs, this.#legB?.session.callId ?? null);
  }

  #answered(): void {
    this.#answeredAtMs = this.#parts.wallClockMs();
    this.#evidence.answered(this.#answeredAtMs, this.#dialled?.uri ?? null);
    this.opening.onAnswered();
  }

  /** Once, whatever goes wrong meanwhile: both legs are let go, and nothing is held any more. */
  #release(ending: Ending): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    try {
      const note = recordingHeaders(this.recording.end(this.#answeredAtMs !== null));
      const isTerminating = this.opening.identity.direction === "trunking-terminating";
      this.#legA.release(ending, isTerminating ? note : []);
      this.#legB?.release(ending, isTerminating ? [] : note);
    } finally {
      this.#limits.release();
      this.#parts.captures?.over(this.opening.sid);
      this.opening.onOver(this);
    }
  }

  #leg(name: LegName): TalkingLeg | undefined {
    return name === "a" ? this.#legA : this.#legB;
  }

  #listen(name: LegName, toInput: (event: Parameters<LegListener["event"]>[0]) => CallInput): LegListener {
    return {
      event: (event) => this.#feed(toInput(event)),
      info: (info) => this.#relayInfo(name, info),
      transferRefused: () =>
        this.#evidence.alert(32218, "Transfer not allowed: the trunk's transfer mode is disable-all"),
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
    log("error", "call broke", { callSid: this.opening.sid, state: this.#state.name, error: stackOf(error) });
    this.#inputs.length = 0;
    this.#state = { name: "over" };
    if (this.#isReleased) return;
    const answered = this.#answeredAtMs !== null;
    const why = reasonValue(500, "internal error");
    const ending = {
      by: "internal",
      sipStatus: answered ? 200 : 500,
      reason: answered ? "internal error" : "Server Internal Error",
      errorCode: null,
      why,
    } as const;
    this.#timers.clearAll();
    this.#evidence.ended({ kind: "ended", ending, quality: [] });
    void this.#media.drop();
    this.#release(ending);
  }
}

/** Who answers, and not that it is unwell, lives. A 100 says nothing yet: a proxy sends it before it knows better (RFC 3261 §16.2). */
function isSignOfLife(event: LegEvent): boolean {
  if (event.kind === "fail") return event.cause === "response" && !UNWELL.has(event.status);
  return event.kind === "progress" || event.kind === "answer";
}

/** The same connection, or over UDP the same peer at the same socket. */
function isSameFlow(a: Flow, b: Flow): boolean {
  if (a.connection !== undefined || b.connection !== undefined) return a.connection === b.connection;
  return a.remoteAddress === b.remoteAddress && a.remotePort === b.remotePort && a.localAddress === b.localAddress;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
