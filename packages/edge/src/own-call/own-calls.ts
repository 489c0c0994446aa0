import {
  type DirectoryReader,
  errorText,
  type Facts,
  type OwnCallDecision,
  routeOwnCall,
  routeRedirect,
} from "@trunkline/trunking";
import { Call } from "../call/call.ts";
import type { CallParts } from "../call/parts.ts";
import { planned } from "../call/planned.ts";
import type { EdgeLimits } from "../edge.types.ts";
import type { OwnCallOrder, OwnCallScript, Placing, Voice, VoiceNews } from "./own-call.types.ts";
import { OwnLeg } from "./own-leg.ts";

type Dial = Extract<OwnCallDecision, { readonly kind: "dial" }>;
type Unrecorded = Exclude<Placing, { readonly kind: "placed" }>;

export type OwnCallParts = CallParts & {
  readonly limits: EdgeLimits;
  readonly calls: Map<string, Call>;
  /** What routing is told beside the configuration. */
  facts(): Omit<Facts, "verifyDigest" | "digestAssumed">;
  /** Undefined until it was loaded once. */
  directory(): DirectoryReader | undefined;
  isDraining(): boolean;
  /** Absent: the edge has no voice and makes no calls. Rejects when there is no port. */
  openVoice?(news: VoiceNews): Promise<Voice>;
};

/** RFC 3261 §8.1.1.6. */
const MAX_FORWARDS = 70;

/**
 * Calls that the platform makes itself: one side is a peer, found, called and recorded as in every call; the other is a script with a voice
 * (design §2, two half calls).
 */
export class OwnCalls {
  readonly #parts: OwnCallParts;

  constructor(parts: OwnCallParts) {
    this.#parts = parts;
  }

  /** Whether such a call would be made now. Takes nothing from any limit. */
  judge(order: OwnCallOrder): Placing {
    const away = this.#whyNotNow();
    if (away) return away;
    const { counters: _counted, ...facts } = this.#parts.facts();
    const decision = this.#route(order, facts);
    return decision.kind === "refuse" ? { kind: "refused", rejection: decision.rejection } : { kind: "placed" };
  }

  /** Makes the call. One that is not made has no record, and the script hears nothing. */
  async place(order: OwnCallOrder, script: OwnCallScript): Promise<Placing> {
    const away = this.#whyNotNow();
    if (away) return away;
    const decision = this.#route(order, this.#parts.facts());
    if (decision.kind === "refuse") return { kind: "refused", rejection: decision.rejection };
    let voice: Voice | undefined;
    try {
      voice = await this.#parts.openVoice?.(script);
    } catch (error) {
      this.#parts.log("error", "no audio for a call of our own", { callSid: order.callSid, error: String(error) });
    }
    if (!voice) return NO_VOICE;
    const late = this.#whyNotNow();
    if (late) {
      voice.audio.close();
      return late;
    }
    this.#dial(order, decision, voice, script);
    return { kind: "placed" };
  }

  /** Writes the record of a call that was asked for, and promised, and is not made. */
  recordFailure({ callSid: sid, accountSid, to, from }: OwnCallOrder, failure: Unrecorded): void {
    const { journal, alert } = this.#parts;
    const atMs = this.#parts.wallClockMs();
    const rejection = failure.kind === "refused" ? failure.rejection : undefined;
    const detail = failure.kind === "refused" ? failure.rejection.detail : failure.why;
    const { status = 503, phrase = "Service Unavailable", code = null } = rejection ?? {};
    const trace = [{ rule: "own-call.refusal", input: to, verdict: "refuse", detail, atMs: 0 }] as const;
    const call = {
      direction: "outbound-api",
      accountSid,
      trunkSid: "",
      phoneNumberSid: null,
      from,
      to,
      callerName: null,
    } as const;
    journal.append({ kind: "started", atMs, sid, ...call, ...NO_CALLER, trace });
    journal.append({
      kind: "ended",
      atMs,
      sid,
      by: "platform",
      sipStatus: status,
      reason: phrase,
      errorCode: code,
      quality: [],
    });
    if (code !== null) alert(accountSid, code, sid, `${errorText(code)}: ${detail}`);
  }

  #whyNotNow(): Extract<Placing, { readonly kind: "unavailable" }> | undefined {
    const { directory, isDraining, calls, limits, openVoice } = this.#parts;
    if (!openVoice) return NO_VOICE;
    if (!directory()) return { kind: "unavailable", why: "The platform is starting" };
    if (isDraining()) return { kind: "unavailable", why: "The platform is closing" };
    return calls.size >= limits.maxCalls ? { kind: "unavailable", why: "The platform is full" } : undefined;
  }

  #route({ accountSid, to, from }: OwnCallOrder, facts: Omit<Facts, "verifyDigest">): OwnCallDecision {
    const directory = this.#parts.directory();
    if (!directory) throw new Error("an own call is routed without a directory");
    return routeOwnCall({ accountSid, to, from }, directory, facts);
  }

  #dial(order: OwnCallOrder, decision: Dial, voice: Voice, script: OwnCallScript): void {
    const { calls, counters, journal, limits } = this.#parts;
    const { callSid: sid, ringTimeoutMs, maxDurationMs } = order;
    const { attempts, call: identity, claims, trace } = decision;
    const startedAtMs = this.#parts.wallClockMs();
    const call = new Call(this.#parts, {
      sid,
      identity,
      attempts,
      callerSid: "",
      plan: {
        direction: identity.direction,
        attempts: attempts.map(planned),
        offer: voice.audio.describe(),
        reliableEarly: false,
        ringTimeoutMs,
        maxDurationMs,
        recordFrom: null,
      },
      openCaller: (listener) => new OwnLeg(voice, listener, script),
      maxForwards: MAX_FORWARDS,
      media: { symmetricRtp: false, callerSrtp: false, mediaSilenceMs: limits.mediaSilenceMs },
      recording: null,
      claims,
      startedAtMs,
      redirect: (redirect) => {
        const place = this.#parts.facts();
        return routeRedirect({ ...redirect, dialled: identity.to, secure: redirect.attempt.srtp }, place);
      },
      onAnswered: () => counters.add("calls_answered"),
      onOver: () => {
        calls.delete(sid);
        counters.add("calls_ended");
      },
    });
    counters.add("calls_started");
    counters.add("own_calls");
    calls.set(sid, call);
    journal.append({ kind: "started", atMs: startedAtMs, sid, ...identity, ...NO_CALLER, trace });
    call.start();
  }
}

const NO_VOICE: Placing & { readonly kind: "unavailable" } = {
  kind: "unavailable",
  why: "The platform has no port for audio",
};

/** Nobody called us. */
const NO_CALLER = { sipCallId: "", source: "" } as const;
