import type { Leg } from "../plane.ts";
import type { Ending } from "./files.ts";
import { LegTrack } from "./leg-track.ts";
import type { Absence, Gap, GapCause, RecordingOrder } from "./recording.types.ts";
import type { RecordingFile } from "./recording-file.ts";
import { type PacketSink, RingReader, readNotes, SAMPLES_PER_MS, unsupportedName } from "./ring.ts";
import { type PauseBehavior, Timeline } from "./timeline.ts";

/** Packets get so long to arrive, in samples: 200 ms. Later ones still find their place, at the cost of writing it again. */
const HOLD_BACK = 1_600;

/** Packets of an undecodable codec less than this apart make one stretch, in samples. */
const MERGE = 8_000;
/** More stretches are told as one long one. */
const MOST_STRETCHES = 100;

type StretchCause = Exclude<GapCause, "disk-full" | "disk-failed" | "too-long">;
/** A stretch of the timeline, in samples. */
type Stretch = { readonly cause: StretchCause; readonly leg: Leg | null; readonly from: number; to: number };

/** Told once per cause, with a sentence for a person. */
type OnGap = (cause: GapCause, why: string) => void;

/** A recording while its call runs: takes what has come into its ring and keeps its file up to date. */
export class LiveRecording {
  readonly order: RecordingOrder;
  readonly startedAtMs: number;
  readonly file: RecordingFile;
  readonly #ring: RingReader;
  readonly #timeline: Timeline;
  readonly #tracks: Readonly<Record<Leg, LegTrack>>;
  readonly #sink: PacketSink;
  readonly #onGap: OnGap;
  readonly #told = new Set<GapCause>();
  readonly #stretches: Stretch[] = [];
  #lastArrival = 0;
  /** Where another thread's work ended, until it is known where ours begins. */
  #brokenAt: number | null;

  /**
   * @param file as it was made; or with what is in it already, when another thread began the recording and failed
   * @param startedAtMs wall clock
   */
  constructor(order: RecordingOrder, startedAtMs: number, ring: SharedArrayBuffer, file: RecordingFile, onGap: OnGap) {
    this.order = order;
    this.startedAtMs = startedAtMs;
    this.file = file;
    this.#ring = new RingReader(ring);
    this.#onGap = onGap;
    const { shift } = readNotes(ring);
    const timeline = new Timeline(file, order.trim, { written: shift + file.frames, shift });
    this.#timeline = timeline;
    this.#tracks = { a: this.#trackOf("a"), b: this.#trackOf("b") };
    this.#sink = (leg, packet, arrival) => {
      if (this.#brokenAt !== null) this.#mend(arrival);
      this.#lastArrival = arrival;
      this.#tracks[leg].take(packet, arrival);
    };
    this.#brokenAt = file.frames > 0 ? shift + file.frames : null;
  }

  get heard(): Readonly<Record<Leg, number>> {
    return { a: this.#tracks.a.heard, b: this.#tracks.b.heard };
  }

  /** Takes what came until now and writes what is old enough. */
  advance(nowMs: number): void {
    const now = this.#now(nowMs);
    this.#drain(now, now);
    this.#timeline.writeTo(Math.max(0, now - HOLD_BACK));
    this.#tellHoles();
    this.#ring.note(this.file.frames, this.#timeline.shift, this.heard);
  }

  pause(behavior: PauseBehavior, atMs: number): void {
    this.#timeline.pause(behavior, this.#now(atMs));
  }

  resume(atMs: number): void {
    this.#timeline.resume(this.#now(atMs));
  }

  /** Takes the rest, writes it and lets go of the file, which is still to be cut to its length. */
  end(atMs: number): Ending {
    try {
      const now = this.#now(atMs);
      this.#drain(now, Number.POSITIVE_INFINITY);
      const { a, b } = this.#tracks;
      const frames = this.#timeline.finish(Math.max(now, a.end ?? 0, b.end ?? 0));
      this.#tellHoles();
      return { frames, absence: this.#absence(frames), gaps: this.#gaps(), interrupted: false };
    } finally {
      this.file.close();
    }
  }

  #absence(frames: number): Absence | null {
    if (this.#tracks.a.heard + this.#tracks.b.heard === 0) return "no-media";
    if (frames > 0) return null;
    return this.order.trim ? "silent" : "too-short";
  }

  /** What is missing in it, in the order of time. */
  #gaps(): readonly Gap[] {
    const holes = this.file.holes.map(({ cause, from, to }) => gap(cause, null, from, to));
    const stretches = this.#stretches.map(({ cause, leg, from, to }) =>
      gap(cause, leg, this.#timeline.frameOf(from), this.#timeline.frameOf(to)),
    );
    return [...holes, ...stretches].toSorted((one, other) => one.fromMs - other.fromMs);
  }

  #now(timeMs: number): number {
    return this.#ring.sampleAt(timeMs) ?? 0;
  }

  /** @param settleTo what came before has waited long enough for its place */
  #drain(now: number, settleTo: number): void {
    this.#ring.drain(this.#sink);
    if (this.#brokenAt !== null) this.#mend(now);
    const dropped = this.#ring.takeDropped();
    if (dropped > 0) {
      // The ring was full from its last packet on until just now.
      const why = `${dropped} packets came faster than they could be taken: the disk hangs, or the machine is overloaded`;
      this.#addStretch("overrun", null, this.#lastArrival, Math.max(now, this.#lastArrival), why);
    }
    for (const leg of ["a", "b"] as const) {
      const track = this.#tracks[leg];
      track.settle(settleTo);
      const codec = track.takeUnsupported();
      if (codec !== 0) {
        const why = `leg ${leg.toUpperCase()} sends ${unsupportedName(codec)}, which cannot be recorded`;
        this.#addStretch("codec", leg, this.#lastArrival, this.#lastArrival, why);
      }
    }
  }

  /** What was taken out of the ring and not yet written was lost with the other thread. */
  #mend(now: number): void {
    const from = this.#brokenAt ?? now;
    this.#brokenAt = null;
    this.#addStretch("fault", null, from, Math.max(from, now), "the recorder failed and was started again");
  }

  #trackOf(leg: Leg): LegTrack {
    return new LegTrack({
      typeOf: (payloadType) => this.#ring.typeOf(leg, payloadType),
      paint: (at, codes, values) => this.#timeline.paint(leg, at, codes, values),
    });
  }

  #tellHoles(): void {
    const last = this.file.holes.at(-1);
    if (last !== undefined) this.#tell(last.cause, `the disk refused to take more of ${this.file.path}`);
  }

  #addStretch(cause: StretchCause, leg: Leg | null, from: number, to: number, why: string): void {
    const last = this.#stretches.findLast((one) => one.cause === cause && one.leg === leg);
    // One of an undecodable codec lasts as long as it goes on; a second apart is still the same one.
    if (last !== undefined && (cause === "codec" ? from - last.to < MERGE : from <= last.to)) last.to = to;
    else if (this.#stretches.length < MOST_STRETCHES) this.#stretches.push({ cause, leg, from, to });
    else if (last !== undefined) last.to = to;
    this.#tell(cause, why);
  }

  #tell(cause: GapCause, why: string): void {
    if (this.#told.has(cause)) return;
    this.#told.add(cause);
    this.#onGap(cause, why);
  }
}

function gap(cause: GapCause, leg: Leg | null, fromFrame: number, toFrame: number): Gap {
  const perMs = SAMPLES_PER_MS;
  return { cause, leg, fromMs: Math.floor(fromFrame / perMs), toMs: Math.ceil(toFrame / perMs) };
}
