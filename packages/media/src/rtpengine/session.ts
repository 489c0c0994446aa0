import { randomInt } from "node:crypto";
import { isUnspecified, type MediaDescription } from "@trunkline/sip";
import {
  type Answer,
  type CarriedLine,
  isRefusal,
  type LegRules,
  type Offer,
  other,
  readAnswer,
  readOffer,
  refuse,
  rulesOf,
} from "../description/negotiation.ts";
import { type Showing, showAnswer, showOffer } from "../description/showing.ts";
import { ShownOrigin } from "../description/shown-origin.ts";
import type { Leg, LegCounters, MediaEvent, MediaOptions, MediaRefusal, MediaSession } from "../plane.ts";
import { FIRST_STEP_MS } from "../rtp/quality-course.ts";
import { OFFERED } from "../srtp/sdes.ts";
import { CallCopies } from "./copies.ts";
import type { CopyThread } from "./copy-thread.ts";
import { CallCounters } from "./counters.ts";
import { type EngineCall, EngineFailure } from "./engine-call.ts";
import { type EngineLine, type EngineLines, type EnginePlace, type EnginePlaces, engineLine } from "./engine-sdp.ts";
import type { Carried } from "./server.ts";
import { SilenceWatch } from "./silence.ts";

/** A look at the counters of a call under way; nothing waits for it. */
const LOOK_LIMIT_MS = 2_000;
/** The edge waits a second for the last counters. */
const LAST_LOOK_MS = 800;

/** What a session needs from the plane. */
export type Ground = {
  /** Opens the call on some server with its first offer; a refusal when none takes it. */
  place(
    open: (call: EngineCall, untilMs: number) => Promise<EnginePlaces | EngineFailure>,
  ): Promise<Placed | MediaRefusal>;
  /** Until when a question asked now has to be answered. */
  untilMs(): number;
  readonly copying: CopyThread;
  /** The session is closed or has failed. */
  onEnded(): void;
};

export type Placed = { readonly call: EngineCall; readonly places: EnginePlaces };

type Sides<T> = Record<Leg, T>;

/**
 * The offers and answers of one call that an rtpengine carries. What the legs say is judged and shown by the rules of every media plane;
 * the server opens ports, makes keys, and relays.
 */
export class EngineSession implements MediaSession, Carried {
  readonly #ground: Ground;
  readonly #options: MediaOptions;
  readonly #onEvent: (event: MediaEvent) => void;
  readonly #rules: Readonly<Sides<LegRules>>;
  readonly #shown: Readonly<Sides<ShownOrigin>>;
  readonly #counters: CallCounters;
  readonly #silence: SilenceWatch | undefined;
  readonly #places: Sides<(EnginePlace | undefined)[]> = { a: [], b: [] };
  /** What rtpengine was told of each leg last. */
  readonly #said: Sides<EngineLines> = { a: [], b: [] };
  #ring: SharedArrayBuffer | null = null;
  #recorded: { readonly ring: SharedArrayBuffer; readonly copies: CallCopies } | undefined;
  #isExpected = false;
  #looking: NodeJS.Timeout | undefined;
  #call: EngineCall | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #offer: Offer | undefined;
  #ended: string | undefined;
  /** The last counters, of a session that is over: its time has ended. */
  #last: readonly LegCounters[] | undefined;
  #closing: Promise<readonly LegCounters[]> | undefined;

  constructor(ground: Ground, options: MediaOptions, onEvent: (event: MediaEvent) => void) {
    this.#ground = ground;
    this.#options = options;
    this.#onEvent = onEvent;
    this.#rules = { a: rulesOf(options, "a"), b: rulesOf(options, "b") };
    this.#shown = { a: new ShownOrigin(randomInt(2 ** 31)), b: new ShownOrigin(randomInt(2 ** 31)) };
    this.#counters = new CallCounters({ a: this.#rules.a.secure, b: this.#rules.b.secure });
    if (options.silenceMs !== undefined) this.#silence = new SilenceWatch(options.silenceMs);
  }

  /** Ports it holds: four for each line, whichever leg has been shown its own. */
  get ports(): number {
    const { a, b } = this.#places;
    return (
      4 * Array.from({ length: Math.max(a.length, b.length) }, (_, line) => a[line] ?? b[line]).filter(Boolean).length
    );
  }

  offer(leg: Leg, sdp: string): Promise<string | MediaRefusal> {
    return this.#inTurn(() => this.#takeOffer(leg, sdp));
  }

  answer(leg: Leg, sdp: string): Promise<string | MediaRefusal> {
    return this.#inTurn(() => this.#takeAnswer(leg, sdp));
  }

  /** Rejects when no copy of the call can be had. */
  record(ring: SharedArrayBuffer | null): Promise<void> {
    return this.#inTurn(() => {
      this.#ring = ring;
      return this.#copy();
    });
  }

  counters(): Promise<readonly LegCounters[]> {
    return this.#inTurn(async () => {
      if (this.#last === undefined) await this.#look(this.#ground.untilMs());
      return this.#last ?? this.#counters.read(performance.now());
    });
  }

  close(): Promise<readonly LegCounters[]> {
    this.#closing ??= this.#inTurn(async () => {
      const call = this.#call;
      if (call !== undefined && this.#ended === undefined) await this.#leave(call);
      this.#end("the media session is closed");
      return this.#last ?? [];
    });
    return this.#closing;
  }

  /** Takes the last counters, and has the ports freed. */
  async #leave(call: EngineCall): Promise<void> {
    const untilMs = performance.now() + LAST_LOOK_MS;
    if (!call.server.isAway) await this.#look(untilMs);
    const deleted = call.delete(untilMs);
    if (!call.server.isAway) await deleted;
  }

  isKnown(limitMs: number): Promise<boolean> {
    return this.#look(performance.now() + limitMs);
  }

  fail(why: string): void {
    if (this.#ended !== undefined) return;
    this.#end(why);
    this.#onEvent({ kind: "failed", why });
  }

  #end(why: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = why;
    this.#last = this.#counters.read(performance.now());
    clearInterval(this.#looking);
    this.#call?.server.release(this);
    void this.#recorded?.copies.drop();
    this.#places.a = [];
    this.#places.b = [];
    this.#ground.onEnded();
  }

  /** One step at a time, so that an answer finds the ports of its offer and the end of a call finds them all. */
  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(step);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #takeOffer(leg: Leg, sdp: string): Promise<string | MediaRefusal> {
    if (this.#ended !== undefined) return refuse(503, this.#ended);
    const offer = readOffer(sdp, leg, this.#rules);
    if (isRefusal(offer)) return offer;
    const towards = other(leg);
    if (offer.lines.some((line, index) => line !== null && !this.#isReady(towards, index, line.content))) {
      const refusal = await this.#open(offer);
      if (refusal) return refusal;
      if (this.#ended !== undefined) return refuse(503, this.#ended);
    }
    // The offerer goes on hearing and being heard where it was until this is answered (RFC 3264 §8.3.1).
    this.#offer = offer;
    return this.#show(towards, (showing) => showOffer(offer, showing));
  }

  async #takeAnswer(leg: Leg, sdp: string): Promise<string | MediaRefusal> {
    const offer = this.#offer;
    const call = this.#call;
    if (offer === undefined || offer.leg === leg) return refuse(488, "an answer without an offer");
    if (this.#ended !== undefined || call === undefined) return refuse(503, this.#ended ?? "no media server");
    const answer = readAnswer(sdp, offer, this.#rules[leg]);
    if (isRefusal(answer)) return answer;
    const isOn = (index: number): boolean => offer.lines[index] !== null && answer.lines[index] !== null;
    const offered = this.#linesOf(offer.leg, offer, isOn);
    const answered = this.#linesOf(leg, answer, isOn);
    const untilMs = this.#ground.untilMs();
    const places = await call.agree(offer.leg, offered, answered, untilMs);
    if (places instanceof EngineFailure) return this.#refused(places);
    this.#said[offer.leg] = offered;
    this.#said[leg] = answered;
    this.#places[offer.leg] = [...places];
    this.#places[leg] = this.#places[leg].map((place, index) => (isOn(index) ? place : undefined));
    const flow = flowOf(offer, answer, isOn);
    const failure = await call.hold(flow.receives, untilMs);
    if (failure) return this.#refused(failure);
    this.#watch(flow.isExpected);
    await this.#copy().catch((error: Error) => this.#onEvent({ kind: "unrecorded", why: error.message }));
    if (this.#ended !== undefined) return refuse(503, this.#ended);
    return this.#show(offer.leg, (showing) => showAnswer(answer, offer, showing));
  }

  /** The line has a port for that leg and, if it needs one, a key of the suite that we offer. */
  #isReady(leg: Leg, index: number, content: CarriedLine["content"]): boolean {
    const place = this.#places[leg][index];
    const isSecure = this.#rules[leg].secure && content === "rtp";
    return place !== undefined && (!isSecure || place.crypto?.key.suite === OFFERED.suite);
  }

  /** Has ports opened for lines that have none yet. What was agreed of the others stays as it is until the answer comes. */
  async #open(offer: Offer): Promise<MediaRefusal | undefined> {
    const { leg } = offer;
    const lines = this.#linesOf(leg, offer).map((line, index) => line && (this.#said[leg][index] ?? line));
    let places: EnginePlaces | EngineFailure;
    if (this.#call) places = await this.#call.offer(leg, lines, this.#ground.untilMs());
    else {
      const placed = await this.#ground.place((call, untilMs) => call.offer(leg, lines, untilMs));
      if (isRefusal(placed)) return placed;
      this.#call = placed.call;
      this.#call.server.carry(this);
      places = placed.places;
    }
    if (places instanceof EngineFailure) return this.#refused(places);
    this.#said[leg] = lines;
    this.#places[other(leg)] = [...places];
    return undefined;
  }

  /** What a leg said of its lines, for rtpengine. */
  #linesOf(
    leg: Leg,
    { description, lines }: Offer | Answer,
    isOn: (index: number) => boolean = () => true,
  ): readonly (EngineLine | undefined)[] {
    return description.media.map((media, index) => {
      const line = isOn(index) ? lines[index] : null;
      return line ? engineLine(media, line, this.#said[leg][index]) : undefined;
    });
  }

  /** Has the call copied into the ring that it is to be recorded into, as far as the legs are known. */
  async #copy(): Promise<void> {
    const [ring, call] = [this.#ring, this.#call];
    const untilMs = this.#ground.untilMs();
    if (this.#recorded !== undefined && this.#recorded.ring !== ring) {
      await this.#recorded.copies.close(untilMs);
      this.#recorded = undefined;
    }
    if (ring === null || call === undefined || this.#ended !== undefined) return;
    if (this.#recorded === undefined) {
      const copies = new CallCopies(call, this.#ground.copying, () => this.#copyAnew());
      await copies.open(ring);
      this.#recorded = { ring, copies };
    }
    await this.#recorded.copies.follow(this.#said, untilMs);
  }

  /** The thread that took the copies has died, and another takes them from now on. */
  #copyAnew(): void {
    const again = this.#inTurn(async () => {
      await this.#recorded?.copies.close(this.#ground.untilMs());
      this.#recorded = undefined;
      await this.#copy();
    });
    again.catch((error: Error) => this.#onEvent({ kind: "unrecorded", why: error.message }));
  }

  #refused(failure: EngineFailure): MediaRefusal {
    if (this.#ended !== undefined) return refuse(503, this.#ended);
    // A server that has run out of ports in the middle of a call has given the whole call up.
    if (failure.kind === "unknown" || failure.kind === "full") this.fail(failure.why);
    return refuse(failure.kind === "refused" ? 488 : 503, failure.why);
  }

  #show(leg: Leg, write: (showing: Showing) => string): string {
    const places = this.#places[leg];
    const address = places.find((place) => place)?.address ?? this.#options.advertise[leg];
    const ports = places.map((place) => place?.port);
    const keys = places.map((place) => place?.crypto?.key ?? null);
    return this.#shown[leg].sign(write({ address, ports, keys }), address);
  }

  /** Looks how the call is going, and after silence, from now on. */
  #watch(isExpected: boolean): void {
    this.#isExpected = isExpected;
    this.#silence?.restart(performance.now());
    const lookMs = Math.min(FIRST_STEP_MS, this.#silence?.lookMs ?? FIRST_STEP_MS);
    this.#looking ??= setInterval(() => void this.#look(performance.now() + LOOK_LIMIT_MS), lookMs);
  }

  /** Takes the counters. False when the server has answered that it does not know the call: then its media is lost. */
  async #look(untilMs: number): Promise<boolean> {
    const fields = await this.#call?.query(untilMs);
    if (fields === undefined || this.#ended !== undefined) return true;
    if (fields instanceof EngineFailure) {
      if (fields.kind !== "unknown") return true;
      this.fail(`${fields.why}: it was restarted, or has given the call up`);
      return false;
    }
    this.#counters.take(fields, performance.now());
    const forMs = this.#silence?.look(this.#counters.pulse, this.#isExpected, performance.now());
    if (forMs !== undefined) this.#onEvent({ kind: "silent", forMs: Math.round(forMs) });
    return true;
  }
}

type Flow = { readonly receives: Readonly<Sides<boolean>>; readonly isExpected: boolean };

/** Which legs take media on some line, and whether media is to be heard at all: not from a call on hold. */
function flowOf(offer: Offer, answer: Answer, isOn: (index: number) => boolean): Flow {
  const pairs = offer.description.media.flatMap((offered, index) => {
    const answered = answer.description.media[index];
    return answered && isOn(index) ? [{ offered, answered }] : [];
  });
  const offererReceives = pairs.some(({ offered }) => receives(offered));
  const answererReceives = pairs.some(({ answered }) => receives(answered));
  return {
    receives:
      offer.leg === "a" ? { a: offererReceives, b: answererReceives } : { a: answererReceives, b: offererReceives },
    isExpected: pairs.some(({ offered, answered }) => receives(offered) && receives(answered)),
  };
}

function receives({ direction, connection }: MediaDescription): boolean {
  return (direction === "sendrecv" || direction === "recvonly") && !isUnspecified(connection?.address ?? "");
}
