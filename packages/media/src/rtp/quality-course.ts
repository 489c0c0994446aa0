import type { QualitySample } from "../plane.ts";
import { estimateMos } from "./mos.ts";

/** How long the first intervals are; a call of ten minutes has about as many as are kept. */
export const FIRST_STEP_MS = 5_000;
/** Intervals kept of a session. When there are more, each two become one. */
export const MAX_INTERVALS = 120;
/** A shorter rest at the end says nothing of its own, unless it is all there is. */
const SHORTEST_MS = 1_000;

/** One stream so far: counts from its beginning, the others as they are now. */
export type StreamTotals = {
  readonly packets: number;
  readonly lost: number;
  readonly jitterMs: number | null;
  readonly roundTripMs: number | null;
  /** Null: unknown, and so is the quality. */
  readonly codec: string | null;
};

type Interval = { readonly atMs: number; readonly streams: readonly StreamTotals[] };

/**
 * How the streams of a session went over time (EVD-2), in bounded memory: intervals of five seconds, of ten when the call is longer than
 * ten minutes, and so on. Takes what is counted anyway, now and then; packets cost it nothing.
 */
export class QualityCourse {
  #intervals: Interval[] = [];
  #stepMs = FIRST_STEP_MS;
  #totals: readonly StreamTotals[] = [];
  #sinceMs: number | undefined;

  /** Whether an interval is over. */
  isDue(nowMs: number): boolean {
    return this.#sinceMs === undefined || nowMs - this.#sinceMs >= this.#stepMs;
  }

  /**
   * Ends an interval, once any stream has begun.
   *
   * @param totals of the streams, each time the same ones in the same order
   */
  take(totals: readonly StreamTotals[], nowMs: number): void {
    if (this.#sinceMs !== undefined) this.#intervals.push(this.#intervalOf(totals, nowMs));
    else if (totals.every(({ packets }) => packets === 0)) return;
    this.#totals = this.#sinceMs === undefined ? [] : totals;
    this.#sinceMs = nowMs;
    if (this.#intervals.length >= MAX_INTERVALS) this.#thin();
  }

  /**
   * What is known of one stream, up to now.
   *
   * @param epochMs wall clock at 0 of the clock that `nowMs` is of
   */
  read(
    stream: number,
    totals: readonly StreamTotals[],
    nowMs: number,
    epochMs: number,
  ): readonly Omit<QualitySample, "direction">[] {
    const restMs = this.#sinceMs === undefined ? 0 : nowMs - this.#sinceMs;
    const isRestTold = restMs >= SHORTEST_MS || (restMs > 0 && this.#intervals.length === 0);
    const intervals = isRestTold ? [...this.#intervals, this.#intervalOf(totals, nowMs)] : this.#intervals;
    return intervals.flatMap(({ atMs, streams }) => {
      const one = streams[stream];
      return one === undefined ? [] : [sampleOf(one, Math.round(epochMs + atMs))];
    });
  }

  #intervalOf(totals: readonly StreamTotals[], atMs: number): Interval {
    const streams = totals.map((total, index) => {
      const before = this.#totals[index];
      const packets = Math.max(0, total.packets - (before?.packets ?? 0));
      // A late packet takes a loss back.
      return { ...total, packets, lost: Math.max(0, total.lost - (before?.lost ?? 0)) };
    });
    return { atMs, streams };
  }

  #thin(): void {
    const thinned: Interval[] = [];
    for (let index = 0; index + 1 < this.#intervals.length; index += 2) {
      thinned.push(joined(this.#intervals[index] as Interval, this.#intervals[index + 1] as Interval));
    }
    this.#intervals = thinned;
    this.#stepMs *= 2;
  }
}

/** Of two the counts together, and the worse of what was measured: a bad moment is still to be seen after an hour. */
function joined(first: Interval, second: Interval): Interval {
  const streams = second.streams.map((one, index) => {
    const before = first.streams[index] ?? one;
    return {
      packets: before.packets + one.packets,
      lost: before.lost + one.lost,
      jitterMs: worse(before.jitterMs, one.jitterMs),
      roundTripMs: worse(before.roundTripMs, one.roundTripMs),
      codec: one.codec ?? before.codec,
    };
  });
  return { atMs: second.atMs, streams };
}

function worse(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}

function sampleOf(stream: StreamTotals, atMs: number): Omit<QualitySample, "direction"> {
  const { packets, lost, jitterMs, roundTripMs, codec } = stream;
  const isHeard = packets > 0 && codec !== null && jitterMs !== null;
  const lossRatio = lost / Math.max(1, lost + packets);
  return {
    atMs,
    packets,
    lost,
    jitterMs: packets > 0 ? rounded(jitterMs, 10) : null,
    roundTripMs: rounded(roundTripMs, 10),
    mos: isHeard ? rounded(estimateMos({ codec, lossRatio, jitterMs, roundTripMs }), 100) : null,
  };
}

function rounded(value: number | null, parts: number): number | null {
  return value === null ? null : Math.round(value * parts) / parts;
}
