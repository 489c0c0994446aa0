import {
  type Answer,
  isRefusal,
  type LegRules,
  type Offer,
  type OfferedLine,
  other,
  readAnswer,
  readOffer,
  refuse,
  rulesOf,
} from "../description/negotiation.ts";
import { type Showing, showAnswer, showOffer } from "../description/showing.ts";
import { ShownOrigin } from "../description/shown-origin.ts";
import type { Leg, LegCounters, MediaEvent, MediaOptions, MediaRefusal, MediaSession } from "../plane.ts";
import { OwnKeys } from "../srtp/own-keys.ts";
import { type CryptoLine, OFFERED } from "../srtp/sdes.ts";
import type { SrtpKeys } from "../srtp/srtp-end.ts";
import type { SrtpSuite } from "../srtp/suite.ts";
import type { DirectLine, LocalPair, Remote, WorkerReply, WorkerRequest } from "./protocol.ts";
import { remoteOf, SWITCHED_OFF } from "./remote.ts";

/** Pairs tried for one line when other programs sit on ports of our range; then the call is refused rather than delayed. */
const BIND_ATTEMPTS = 16;

type LinePorts = Record<Leg, LocalPair>;

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
  /** Where packets to an address are to be sent: itself, unless it is how one of ours is shown. */
  reach(address: string): string;
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
  readonly #shown: Readonly<Record<Leg, ShownOrigin>>;
  readonly #rules: Readonly<Record<Leg, LegRules>>;
  readonly #keys = new OwnKeys();
  #turn: Promise<unknown> = Promise.resolve();
  #offer: Offer | undefined;
  #ring: SharedArrayBuffer | null = null;
  /** What the worker was told of the ring last. */
  #recorded: { readonly line: number; readonly ring: SharedArrayBuffer | null } = { line: -1, ring: null };
  #counters: readonly LegCounters[];
  #ended: string | undefined;
  #closing: Promise<readonly LegCounters[]> | undefined;

  constructor(ground: Ground, options: MediaOptions, onEvent: (event: MediaEvent) => void) {
    this.#ground = ground;
    this.#options = options;
    this.#onEvent = onEvent;
    const origin = (): ShownOrigin => new ShownOrigin(ground.random(2 ** 31));
    this.#shown = { a: origin(), b: origin() };
    this.#rules = { a: rulesOf(options, "a"), b: rulesOf(options, "b") };
    this.#counters = [noCounters("a", this.#rules.a.secure), noCounters("b", this.#rules.b.secure)];
  }

  get number(): number {
    return this.#ground.number;
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

  record(ring: SharedArrayBuffer | null): Promise<void> {
    return this.#inTurn(() => {
      this.#ring = ring;
      return this.#record();
    });
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

  /** Neither leg was heard for so long. */
  silent(forMs: number): void {
    if (this.#ended === undefined) this.#onEvent({ kind: "silent", forMs });
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
    const offer = readOffer(sdp, leg, this.#rules);
    if (isRefusal(offer)) return offer;
    for (const [index, line] of offer.lines.entries()) {
      if (line === null || this.#lines[index] !== undefined) continue;
      const refusal = await this.#anchor(index);
      if (refusal) return refusal;
    }
    // The offerer goes on hearing and being heard where it was until this is answered (RFC 3264 §8.3.1).
    this.#offer = offer;
    if (this.#ring !== null) await this.#record();
    return this.#show(other(leg), (showing) => showOffer(offer, showing), offer.lines, OFFERED.suite);
  }

  async #takeAnswer(leg: Leg, sdp: string): Promise<string | MediaRefusal> {
    const offer = this.#offer;
    if (offer === undefined || offer.leg === leg) return refuse(488, "an answer without an offer");
    const answer = readAnswer(sdp, offer, this.#rules[leg]);
    if (isRefusal(answer)) return answer;
    const lines = this.#directions(offer, answer);
    if ((await this.#ask({ kind: "direct", session: this.#ground.number, lines })) === undefined) {
      return refuse(503, this.#ended ?? "no media worker");
    }
    return this.#show(offer.leg, (showing) => showAnswer(answer, offer, showing), offer.lines);
  }

  /** What the worker is told of the lines that it has ports for. */
  #directions({ leg, description, lines }: Offer, answer: Answer): readonly DirectLine[] {
    const directions: DirectLine[] = [];
    for (const [line, offered] of lines.entries()) {
      const [asked, told] = [description.media[line], answer.description.media[line]];
      if (this.#lines[line] === undefined || asked === undefined || told === undefined) continue;
      const answered = answer.lines[line] ?? null;
      const isOn = offered !== null && answered !== null;
      const offering = isOn
        ? this.#reached(remoteOf(asked, told, offered.content, this.#srtpKeys(line, leg, offered.crypto)))
        : SWITCHED_OFF;
      const answering = isOn
        ? this.#reached(remoteOf(told, asked, answered.content, this.#srtpKeys(line, other(leg), answered.crypto)))
        : SWITCHED_OFF;
      directions.push({ line, ends: leg === "a" ? { a: offering, b: answering } : { a: answering, b: offering } });
    }
    return directions;
  }

  /** The other end may be another call of ours; not every NAT lets us reach ourselves by our outer address (RFC 4787 §6). */
  #reached(remote: Remote): Remote {
    const { address, rtcpAddress } = remote;
    return { ...remote, address: this.#ground.reach(address), rtcpAddress: this.#ground.reach(rtcpAddress) };
  }

  /** What is recorded of a call is its first line of sound. */
  async #record(): Promise<void> {
    const media = this.#offer?.description.media ?? [];
    const line = media.findIndex(({ kind }, index) => kind === "audio" && this.#lines[index] !== undefined);
    if (line === this.#recorded.line && this.#ring === this.#recorded.ring) return;
    this.#recorded = { line, ring: this.#ring };
    await this.#ask({ kind: "record", session: this.#ground.number, line, ring: this.#ring });
  }

  #srtpKeys(line: number, leg: Leg, theirs: CryptoLine | null): SrtpKeys | null {
    return theirs && { receive: theirs.key, send: this.#keys.of(line, leg, theirs.key.suite) };
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
      const { symmetricRtp: symmetric, silenceMs = null } = this.#options;
      const reply = await this.#ask({ kind: "anchor", session, line, symmetric, silenceMs, local: pairs });
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
    if (reply?.kind !== "counted") return this.#counters;
    this.#counters = reply.counters.map((counters) => ({ ...counters, srtp: this.#rules[counters.leg].secure }));
    return this.#counters;
  }

  /** @param suite of the key shown to a secure leg: ours when we offer; by default that of the offer's line */
  #show(
    leg: Leg,
    write: (showing: Showing) => string,
    lines: readonly (OfferedLine | null)[],
    suite?: SrtpSuite,
  ): string {
    const address = this.#options.advertise[leg];
    const text = write({
      address,
      ports: this.#lines.map((line) => line?.[leg].port),
      keys: lines.map((line, index) => {
        const chosen = suite ?? line?.crypto?.key.suite;
        return line && chosen && this.#rules[leg].secure ? this.#keys.of(index, leg, chosen) : null;
      }),
    });
    return this.#shown[leg].sign(text, address);
  }
}

function noCounters(leg: Leg, srtp: boolean): LegCounters {
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
    srtp,
    packetsRejected: 0,
  };
}
