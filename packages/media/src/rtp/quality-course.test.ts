import { describe, expect, it } from "vitest";
import { KeyPressLog, MAX_KEY_PRESSES } from "./key-press-log.ts";
import { FIRST_STEP_MS, MAX_INTERVALS, QualityCourse, type StreamTotals } from "./quality-course.ts";
import { writeEvent } from "./telephone-event.ts";

const EPOCH_MS = 1_700_000_000_000;

function totals(packets: number, more: Partial<StreamTotals> = {}): StreamTotals {
  return { packets, lost: 0, jitterMs: 2, roundTripMs: null, codec: "PCMU", ...more };
}

describe("EVD-2: the quality of a call over time", () => {
  it("each interval has what came in it, judged by itself; nothing is told of the time before the first packet", () => {
    const course = new QualityCourse();
    course.take([totals(0)], 0);
    course.take([totals(1)], 7_000);
    course.take([totals(251)], 12_000);
    course.take([totals(476, { lost: 25, jitterMs: 12.34 })], 17_000);
    const samples = course.read(0, [totals(576, { lost: 25, jitterMs: 3 })], 19_000, EPOCH_MS);
    expect(samples).toEqual([
      { atMs: EPOCH_MS + 12_000, packets: 251, lost: 0, jitterMs: 2, roundTripMs: null, mos: 4.41 },
      { atMs: EPOCH_MS + 17_000, packets: 225, lost: 25, jitterMs: 12.3, roundTripMs: null, mos: expect.any(Number) },
      { atMs: EPOCH_MS + 19_000, packets: 100, lost: 0, jitterMs: 3, roundTripMs: null, mos: 4.41 },
    ]);
    expect(samples[1]?.mos).toBeLessThan(3.5);
  });

  it("an interval without packets has no quality, one of a hold; a rest that is too short is not told", () => {
    const course = new QualityCourse();
    course.take([totals(10)], 0);
    course.take([totals(10)], 5_000);
    expect(course.read(0, [totals(20)], 5_900, 0).map(({ packets, mos }) => [packets, mos])).toEqual([[10, 4.41]]);
    course.take([totals(10)], 10_000);
    expect(course.read(0, [totals(10)], 10_000, 0).at(-1)).toMatchObject({ packets: 0, jitterMs: null, mos: null });
  });

  it("of a call that is too short for an interval what there is, is told", () => {
    const course = new QualityCourse();
    course.take([totals(1)], 0);
    expect(course.read(0, [totals(20)], 380, 0)).toMatchObject([{ atMs: 380, packets: 20 }]);
  });

  it("a day is no more than some hundred intervals, nothing is lost of the counts, and a bad moment is still seen", () => {
    const course = new QualityCourse();
    const dayMs = 86_400_000;
    let taken = 0;
    for (let atMs = 0; atMs <= dayMs; atMs += 1_000) {
      if (!course.isDue(atMs)) continue;
      taken += 1;
      const isBad = atMs >= 40_000_000 && atMs < 41_000_000;
      course.take([totals(1 + atMs / 20, { jitterMs: isBad ? 80 : 2 })], atMs);
    }
    const samples = course.read(0, [totals(1 + dayMs / 20)], dayMs, 0);
    expect(samples.length).toBeLessThanOrEqual(MAX_INTERVALS + 1);
    expect(samples.length).toBeGreaterThan(MAX_INTERVALS / 2 - 2);
    expect(samples.reduce((sum, { packets }) => sum + packets, 0)).toBe(1 + dayMs / 20);
    expect(samples.filter(({ jitterMs }) => jitterMs === 80).length).toBeGreaterThan(0);
    expect(taken).toBeLessThan(dayMs / FIRST_STEP_MS);
  });
});

describe("EVD-2, SEC-1: keys that were pressed", () => {
  const event = new Uint8Array(4);
  const press = (
    log: KeyPressLog,
    key: number,
    timestamp: number,
    durations: readonly number[],
    atMs: number,
  ): void => {
    for (const [index, duration] of durations.entries()) {
      writeEvent(event, 0, key, index === durations.length - 1, duration);
      log.hear(event, 0, 4, timestamp, 8_000, atMs + index * 20);
    }
  };

  it("are told by time and length, each once, and never which", () => {
    const log = new KeyPressLog();
    press(log, 5, 8_000, [160, 320, 800, 800, 800], 1_000);
    press(log, 5, 16_000, [160, 1_600], 2_000);
    expect(log.read(EPOCH_MS)).toEqual([
      { atMs: EPOCH_MS + 1_000, durationMs: 100 },
      { atMs: EPOCH_MS + 2_000, durationMs: 200 },
    ]);
  });

  it("cost bounded memory; what is no event, or too short, is none", () => {
    const log = new KeyPressLog();
    log.hear(event, 0, 3, 1, 8_000, 0);
    press(log, 99, 5, [160], 0);
    expect(log.read(0)).toEqual([]);
    for (let count = 1; count <= 10_000; count += 1) press(log, count % 10, count * 8_000, [160], count);
    expect(log.read(0)).toHaveLength(MAX_KEY_PRESSES);
  });
});
