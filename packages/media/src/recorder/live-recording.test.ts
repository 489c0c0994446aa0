import { describe, expect, it } from "vitest";
import { DECODED } from "../audio/g711.ts";
import {
  compare,
  FRAME,
  find,
  play,
  playOn,
  type Sent,
  silence,
  soundOf,
  spoken,
  Tape,
  talk,
  WHOLE,
  whole,
} from "./tape.fixture.ts";

describe("REC-1: what is recorded", () => {
  it("begins when the ring is given to a media plane, and ends when it is stopped", () => {
    const tape = new Tape();
    play(
      tape,
      talk(50).map((sent) => ({ ...sent, atMs: sent.atMs + 500 })),
    );
    const { a, ending } = tape.end(2_000);
    expect(ending.frames).toBe(16_000);
    expect(find(a, soundOf("a", 0, 50 * FRAME))).toBe(4_000);
    expect(silence(a, 0, 4_000) && silence(a, 12_000, 16_000)).toBe(true);
  });

  it("trims silence off both ends, with a quarter of a second around what is heard", () => {
    const tape = new Tape({ trim: true });
    play(
      tape,
      talk(50).map((sent) => ({ ...sent, atMs: sent.atMs + 3_000 })),
    );
    const { a, b } = tape.end(9_000);
    expect(compare(a, [...Array(2_000).fill(0), ...soundOf("a", 0, 50 * FRAME), ...Array(2_000).fill(0)])).toBe("same");
    expect(b).toHaveLength(a.length);
  });

  it("keeps silence within the recording when it trims", () => {
    const tape = new Tape({ trim: true });
    const hush = { codes: new Uint8Array(FRAME).fill(0xff) };
    const sent = Array.from({ length: 300 }, (_, n): Sent => {
      const isQuiet = n < 40 || (n >= 60 && n < 200) || n >= 220;
      return { leg: "a", atMs: n * 20, packet: spoken("a", n, isQuiet ? hush : {}) };
    });
    play(tape, sent);
    const { a } = tape.end(6_000);
    expect(a).toHaveLength(2_000 + 180 * FRAME + 2_000);
    expect(find(a, soundOf("a", 200 * FRAME, 20 * FRAME))).toBe(2_000 + 160 * FRAME);
  });

  it.each([
    ["silent", true, new Uint8Array(FRAME).fill(0xff), 0],
    [null, false, new Uint8Array(FRAME).fill(0xff), 8_000],
  ] as const)("is absence %s when all is silence and trim is %s", (absence, trim, codes, frames) => {
    const tape = new Tape({ trim });
    play(
      tape,
      Array.from({ length: 50 }, (_, n): Sent => ({ leg: "a", atMs: n * 20, packet: spoken("a", n, { codes }) })),
    );
    expect(tape.end(1_000).ending).toMatchObject({ absence, frames });
  });

  it("is absent when no leg was ever heard, and when it ended before it began", () => {
    expect(new Tape().end(5_000).ending.absence).toBe("no-media");
    const paused = new Tape();
    paused.recording.pause("skip", paused.clock(0));
    play(paused, talk(50));
    expect(paused.end(1_000).ending).toMatchObject({ absence: "too-short", frames: 0 });
  });
});

describe("REC-3: pause and resume", () => {
  it("records nothing of a pause: it stands as silence, to the millisecond", () => {
    const tape = new Tape();
    play(tape, talk(50));
    tape.recording.pause("silence", tape.clock(1_000));
    playOn(tape, 50, 100);
    tape.recording.resume(tape.clock(2_000));
    playOn(tape, 100, 110);
    // What was said during the pause is not recorded when it comes late either.
    tape.hear("b", spoken("b", 95, { ssrc: 2 }), 2_200);
    playOn(tape, 110, 150);
    const { a, b, ending } = tape.end(3_000);
    expect(ending.frames).toBe(24_000);
    for (const [leg, channel] of [["a", a] as const, ["b", b] as const]) {
      expect(
        compare(
          channel,
          whole(leg).map((sample, i) => (i >= 8_000 && i < 16_000 ? 0 : sample)),
        ),
      ).toBe("same");
    }
  });

  it("leaves a pause out of the file, both channels alike", () => {
    const tape = new Tape();
    play(tape, talk(50));
    tape.recording.pause("skip", tape.clock(1_000));
    playOn(tape, 50, 100);
    tape.recording.resume(tape.clock(2_000));
    playOn(tape, 100, 150);
    const { a, b, ending } = tape.end(3_000);
    expect(ending.frames).toBe(16_000);
    for (const [leg, channel] of [["a", a] as const, ["b", b] as const]) {
      expect(
        compare(
          channel,
          whole(leg).filter((_, i) => i < 8_000 || i >= 16_000),
        ),
      ).toBe("same");
    }
  });

  it.each(["silence", "skip"] as const)(
    "takes back what was written before the order to pause (%s) was read",
    (behavior) => {
      const tape = new Tape();
      play(tape, talk(100));
      tape.recording.pause(behavior, tape.clock(1_000));
      const { a } = tape.end(2_500);
      expect(compare(a.slice(0, 8_000), soundOf("a", 0, 8_000))).toBe("same");
      expect(silence(a, 8_000, a.length)).toBe(true);
    },
  );
});

describe("REC-4: what cannot be recorded is told", () => {
  it("marks a codec it cannot decode: silence on that channel, one alarm", () => {
    const tape = new Tape();
    tape.formats("b", [{ type: 9, name: "G722", clockRate: 8_000 }]);
    play(
      tape,
      talk(WHOLE, (n, sent) => (n < 50 ? sent : { ...sent, packet: spoken("b", n, { type: 9, ssrc: 2 }) })),
    );
    const { a, b, ending } = tape.end(WHOLE * 20);
    expect(compare(a, whole("a"))).toBe("same");
    expect(silence(b, 50 * FRAME, WHOLE * FRAME)).toBe(true);
    expect(tape.told).toEqual(["codec"]);
    expect(ending.gaps).toEqual([{ cause: "codec", leg: "b", fromMs: expect.any(Number), toMs: expect.any(Number) }]);
    expect(ending.gaps[0]?.fromMs).toBeLessThan(1_100);
    expect(ending.gaps[0]?.toMs).toBeGreaterThan(2_900);
  });

  it("marks the time in which its ring was full, and goes on in step", () => {
    const tape = new Tape({}, 16_384);
    const all = talk(WHOLE);
    // About 30 packets of 172 bytes and both legs fit; nobody empties the ring from 1 to 2 s.
    play(
      tape,
      all.filter(({ atMs }) => atMs < 1_000),
    );
    for (const { leg, atMs, packet } of all.filter((sent) => sent.atMs >= 1_000 && sent.atMs < 2_000)) {
      tape.hear(leg, packet, atMs);
    }
    tape.advance(2_000);
    playOn(tape, 100, WHOLE);
    const { a, b, ending } = tape.end(3_000);
    expect(tape.told).toEqual(["overrun"]);
    const [gap] = ending.gaps;
    expect(gap).toMatchObject({ cause: "overrun", leg: null, toMs: 2_000 });
    expect(gap?.fromMs).toBeGreaterThan(1_500);
    for (const [leg, channel] of [["a", a] as const, ["b", b] as const]) {
      // The last packet that found room was leg A's.
      const from = (gap?.fromMs ?? 0) * 8 + (leg === "a" ? FRAME : 0);
      const want = whole(leg).map((sample, i) => (i >= from && i < 16_000 ? 0 : sample));
      expect(compare(channel, want)).toBe("same");
    }
  });

  it("has every law's codes in its vectors", () => {
    for (const law of ["PCMU", "PCMA"] as const) {
      expect(Math.min(...soundOf("a", 0, 1_000, law).map(Math.abs))).toBeGreaterThan(327);
      expect(DECODED[law]).toHaveLength(256);
    }
  });
});
