import type { Leg, LegCounters, QualitySample } from "../plane.ts";
import { estimateMos } from "../rtp/mos.ts";
import type { QualityCourse, StreamTotals } from "../rtp/quality-course.ts";
import type { Line, LineEnd } from "./line.ts";

type Lines = readonly (Line | undefined)[];

/** The streams of a session, in the order of `streamTotals`. */
const STREAMS = { a: { received: 0, sent: 1 }, b: { received: 2, sent: 3 } } as const;

/** What went over each of `STREAMS` so far. */
export function streamTotals(lines: Lines): readonly StreamTotals[] {
  return [received(lines, "a"), sent(lines, "a"), received(lines, "b"), sent(lines, "b")];
}

/** What is known of both legs. Sums over the leg's lines; codec, jitter and quality are those of its first line with packets. */
export function countersOf(lines: Lines, course: QualityCourse | undefined, nowMs: number): readonly LegCounters[] {
  const totals = streamTotals(lines);
  // The clock of the packets knows no date, and its distance to the clock on the wall changes when that one is set.
  const epochMs = Date.now() - performance.now();
  return (["a", "b"] as const).map((leg): LegCounters => {
    const samples = (["received", "sent"] as const).flatMap((direction): readonly QualitySample[] => {
      const read = course?.read(STREAMS[leg][direction], totals, nowMs, epochMs) ?? [];
      return read.map((sample) => ({ direction, ...sample }));
    });
    return {
      ...countersOfLeg(lines, leg),
      samples,
      keyPresses: endsOf(lines, leg).flatMap((end) => end.keyPresses.read(epochMs)),
    };
  });
}

function countersOfLeg(lines: Lines, leg: Leg): LegCounters {
  const ends = endsOf(lines, leg);
  const { packets, lost, jitterMs, roundTripMs, codec } = received(lines, leg);
  const lossRatio = firstHeard(ends)?.reception.lossRatio ?? 0;
  return {
    leg,
    codec,
    packetsReceived: packets,
    bytesReceived: sumOf(ends, (end) => end.reception.bytes),
    packetsLost: lost,
    jitterMs,
    roundTripMs,
    mos: codec === null ? null : estimateMos({ codec, lossRatio, jitterMs: jitterMs ?? 0, roundTripMs }),
    sourceChanges: sumOf(ends, (end) => end.gate.sourceChanges),
    packetsRejected: sumOf(ends, (end) => end.rejected),
  };
}

function received(lines: Lines, leg: Leg): StreamTotals {
  const ends = endsOf(lines, leg);
  const first = firstHeard(ends);
  return {
    packets: sumOf(ends, (end) => end.reception.packets),
    lost: sumOf(ends, (end) => end.reception.lost),
    jitterMs: first?.reception.jitterMs ?? null,
    roundTripMs: roundTripOf(ends),
    codec: first?.codec ?? null,
  };
}

/** What a leg reports of what it hears: the other leg's sound, with everything that was lost on the way before us too. */
function sent(lines: Lines, leg: Leg): StreamTotals {
  const ends = endsOf(lines, leg);
  const source = firstHeard(endsOf(lines, leg === "a" ? "b" : "a"));
  return {
    packets: sumOf(ends, (end) => end.sent),
    lost: sumOf(ends, (end) => end.reportedLost ?? 0),
    jitterMs: ends.find((end) => end.reportedLost !== null)?.reportedJitterMs ?? null,
    roundTripMs: roundTripOf(ends),
    codec: source?.codec ?? null,
  };
}

function endsOf(lines: Lines, leg: Leg): readonly LineEnd[] {
  return lines.flatMap((line) => line?.[leg] ?? []);
}

function firstHeard(ends: readonly LineEnd[]): LineEnd | undefined {
  return ends.find((end) => end.reception.packets > 0);
}

function roundTripOf(ends: readonly LineEnd[]): number | null {
  return ends.find((end) => end.roundTrip.latestMs !== null)?.roundTrip.latestMs ?? null;
}

function sumOf(ends: readonly LineEnd[], of: (end: LineEnd) => number): number {
  return ends.reduce((sum, end) => sum + of(end), 0);
}
