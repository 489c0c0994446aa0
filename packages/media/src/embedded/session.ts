import type { SessionDescription } from "@trunkline/sip";
import type { Leg, LegCounters, MediaEvent, MediaOptions, MediaRefusal, MediaSession } from "../plane.ts";
import {
  contentOf,
  familyOf,
  isRefusal,
  mismatch,
  readDescription,
  refuse,
  remoteOf,
  showTo,
  withOrigin,
} from "./negotiation.ts";
import type { DirectLine, LocalPair, WorkerReply, WorkerRequest } from "./protocol.ts";

/** Pairs tried for one line when other programs sit on ports of our range; then the call is refused rather than delayed. */
const BIND_ATTEMPTS = 16;

type LinePorts = Record<Leg, LocalPair>;
/** What a leg was shown last, `o=` left out. */
type Shown = { readonly sessionId: number; version: number; text: string };

/** What a session needs from the plane. */
export type Ground = {
  /** Number of the session, unique in its worker. */
  readonly number: number;
  /** Rejects when the worker is gone; the plane then calls `fail`. */
  request(request: WorkerRequest): Promise<WorkerReply>;
  /** A free pair of our address towards that leg, or undefined when there is none. */
  takePair(leg: Leg): LocalPair | undefined;
  /** After use: it rests before it is drawn again. */
  giveBack(pair: LocalPair): void;
  /** Taken in vain: free at once. */
  putBack(pair: LocalPair): void;
  /** An unpredictable whole number in [0, below). */
  random(below: number): number;
  /** The session is closed or has failed and holds no port any more. */
  onEnded(): void;
};

/** The offers and answers of one call, line by line; its packets are the worker's business. */
export class EmbeddedSession implements MediaSession {
  readonly #ground: Ground;
  readonly #options: MediaOptions;
  readonly #onEvent: (event: MediaEvent) => void;
  readonly #lines: (LinePorts | undefined)[] = [];
  readonly #shown: Readonly<Record<Leg, Shown>>;
  #turn: Promise<unknown> = Promise.resolve();
  #offer: { readonly leg: Leg; readonly description: SessionDescription } | undefined;
  #counters: readonly LegCounters[] = [noCounters("a"), noCounters("b")];
  #ended: string | undefined;
  #closing: Promise<readonly LegCounters[]> | undefined;

  constructor(ground: Ground, options: MediaOptions, onEvent: (event: MediaEvent) => void) {
    this.#ground = ground;
    this.#options = options;
    this.#onEvent = onEvent;
    const sessionId = (): number => ground.random(2 ** 31);
    this.#shown = {
      a: { sessionId: sessionId(), version: 0, text: "" },
      b: { sessionId: sessionId(), version: 0, text: "" },
    };
  }

  /** Ports it holds now. */
  get ports(): number {
    return 4 * this.#lines.filter((line) => line !== undefined).length;
  }

  offer(leg: Leg, sdp: string): Promise<string | MediaRefusal> {
    return this.#inTurn(() => this.#takeOffer(leg, sdp));
  }

  answer(leg: Leg, sdp: string): Promise<string | MediaRefusal> {
    return this.#inTurn(() => this.#takeAnswer(leg, sdp));
  }

  counters(): Promise<readonly LegCounters[]> {
    return this.#inTurn(() => this.#count("count"));
  }

  close(): Promise<readonly LegCounters[]> {
    this.#closing ??= this.#inTurn(async () => {
      await this.#count("end");
      this.#end("the media session is closed");
      return this.#counters;
    });
    return this.#closing;
  }

  /** The worker is gone, and our sockets with it. */
  fail(why: string): void {
    if (this.#ended !== undefined) return;
    this.#end(why);
    this.#onEvent({ kind: "failed", why });
  }

  #end(why: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = why;
    this.#lines.length = 0;
    this.#ground.onEnded();
  }

  /** One step at a time: the end of a call must not overtake the ports still being bound for it. */
  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(step);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #takeOffer(leg: Leg, sdp: string): Promise<string | MediaRefusal> {
    if (this.#ended !== undefined) return refuse(503, this.#ended);
    const description = readDescription(sdp, familyOf(this.#options.advertise[leg]));
    if (isRefusal(description)) return description;
    for (const [index, media] of description.media.entries()) {
      if (contentOf(media) === null || this.#lines[index] !== undefined) continue;
      const refusal = await this.#anchor(index);
      if (refusal) return refusal;
    }
    // The offerer goes on hearing and being heard where it was until this is answered (RFC 3264 §8.3.1).
    this.#offer = { leg, description };
    return this.#show(other(leg), description);
  }

  async #takeAnswer(leg: Leg, sdp: string): Promise<string | MediaRefusal> {
    const offer = this.#offer;
    if (offer === undefined || offer.leg === leg) return refuse(488, "an answer without an offer");
    const answer = readDescription(sdp, familyOf(this.#options.advertise[leg]));
    if (isRefusal(answer)) return answer;
    const wrong = mismatch(offer.description, answer);
    if (wrong !== null) return refuse(488, wrong);
    const lines = directions(leg, answer, offer.description);
    if ((await this.#ask({ kind: "direct", session: this.#ground.number, lines })) === undefined) {
      return refuse(503, this.#ended ?? "no media worker");
    }
    return this.#show(offer.leg, answer);
  }

  /** Binds the ports of a line, whichever pairs are really free. */
  async #anchor(line: number): Promise<MediaRefusal | undefined> {
    const a = this.#ground.takePair("a");
    const b = this.#ground.takePair("b");
    if (!a || !b) {
      if (a) this.#ground.putBack(a);
      if (b) this.#ground.putBack(b);
      return refuse(503, "no media port is free");
    }
    const local: Record<Leg, LocalPair | undefined> = { a, b };
    let why = "no media port is free";
    const session = this.#ground.number;
    for (let attempt = 0; attempt < BIND_ATTEMPTS && local.a && local.b; attempt += 1) {
      const pairs = { a: local.a, b: local.b };
      const symmetric = this.#options.symmetricRtp;
      const reply = await this.#ask({ kind: "anchor", session, line, symmetric, local: pairs });
      if (reply === undefined) {
        why = this.#ended ?? "no media worker";
        break;
      }
      if (reply.kind !== "unbound") {
        this.#lines[line] = pairs;
        return undefined;
      }
      why = reply.why;
      this.#ground.giveBack(pairs[reply.taken]);
      local[reply.taken] = this.#ground.takePair(reply.taken);
    }
    for (const pair of [local.a, local.b]) if (pair) this.#ground.giveBack(pair);
    return refuse(503, why);
  }

  /** Undefined when the worker is gone. */
  async #ask(request: WorkerRequest): Promise<WorkerReply | undefined> {
    if (this.#ended !== undefined) return undefined;
    try {
      return await this.#ground.request(request);
    } catch {
      return undefined;
    }
  }

  async #count(kind: "count" | "end"): Promise<readonly LegCounters[]> {
    const reply = await this.#ask({ kind, session: this.#ground.number });
    if (reply?.kind === "counted") this.#counters = reply.counters;
    return this.#counters;
  }

  /** The version of our origin rises when, and only when, what we show changes (RFC 3264 §8). */
  #show(leg: Leg, description: SessionDescription): string {
    const shown = this.#shown[leg];
    const address = this.#options.advertise[leg];
    const text = showTo(
      description,
      address,
      this.#lines.map((line) => line?.[leg].port),
    );
    if (text !== shown.text) {
      shown.version += 1;
      shown.text = text;
    }
    return withOrigin(text, address, shown.sessionId, shown.version);
  }
}

function directions(leg: Leg, answer: SessionDescription, offer: SessionDescription): readonly DirectLine[] {
  const lines: DirectLine[] = [];
  for (const [line, answered] of answer.media.entries()) {
    const offered = offer.media[line];
    if (offered === undefined || contentOf(offered) === null) continue;
    const answering = remoteOf(answered, offered);
    const offering = remoteOf(offered, answered);
    lines.push({ line, ends: leg === "a" ? { a: answering, b: offering } : { a: offering, b: answering } });
  }
  return lines;
}

function other(leg: Leg): Leg {
  return leg === "a" ? "b" : "a";
}

function noCounters(leg: Leg): LegCounters {
  return {
    leg,
    codec: null,
    packetsReceived: 0,
    bytesReceived: 0,
    packetsLost: 0,
    jitterMs: null,
    roundTripMs: null,
    mos: null,
    sourceChanges: 0,
  };
}
