import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Leg } from "../plane.ts";
import {
  codesOf,
  compare,
  FRAME,
  find,
  packetOf,
  play,
  type Sent,
  type Spoken,
  silence,
  soundOf,
  spoken,
  Tape,
  talk,
  WHOLE,
  whole,
} from "./tape.fixture.ts";

describe("REC-2: both channels on one timeline", () => {
  it("is bit-exact on both channels when nothing is lost", () => {
    const tape = new Tape();
    play(tape, talk(WHOLE));
    const { a, b, ending } = tape.end(WHOLE * 20);
    expect(compare(a, whole("a"))).toBe("same");
    expect(compare(b, whole("b"))).toBe("same");
    expect(ending).toEqual({ frames: WHOLE * FRAME, absence: null, gaps: [], interrupted: false });
  });

  it("mixes both legs into one channel, clipped at full scale", () => {
    const tape = new Tape({ channels: 1 });
    play(tape, talk(WHOLE));
    const b = whole("b");
    const sum = whole("a").map((sample, i) => sample + (b[i] as number));
    const clipped = sum.map((sample) => Math.max(-32_768, Math.min(sample, 32_767)));
    expect(compare(tape.end(WHOLE * 20).a, clipped)).toBe("same");
    expect(Math.max(...sum)).toBeGreaterThan(32_767);
  });

  // A delay per packet in ms; order and regularity of arrival must leave no trace.
  const delays: [title: string, delayMs: (n: number) => number][] = [
    ["jitter", (n) => (n * 7) % 19],
    ["reordering", (n) => (n % 5 === 3 ? 65 : 0)],
    ["packets that come 700 ms late", (n) => (n < 100 && n % 40 === 20 ? 700 : 0)],
    ["a way that stands still for 900 ms and then gives all at once", (n) => (n >= 50 && n < 95 ? (95 - n) * 20 : 0)],
    ["a first packet later than the others", (n) => (n === 0 ? 18 : 0)],
  ];
  it.each(delays)("is bit-exact through %s", (_title, delayMs) => {
    const tape = new Tape();
    play(
      tape,
      talk(WHOLE, (n, sent) => ({ ...sent, atMs: sent.atMs + delayMs(n) })),
    );
    const { a, b } = tape.end(WHOLE * 20);
    expect(compare(a, whole("a"))).toBe("same");
    expect(compare(b.slice(0, WHOLE * FRAME), whole("b"))).toBe("same");
  });

  it("puts every packet that came in its place, whatever was lost, late or twice", () => {
    const fate = fc.record({ isLost: fc.boolean(), isTwice: fc.boolean(), delayMs: fc.integer({ min: 0, max: 700 }) });
    const fates = fc.array(fate, { minLength: 100, maxLength: 100 });
    const check = fc.property(fates, (list) => {
      const tape = new Tape();
      // Every eighth packet comes at once: what clock there is shows in these.
      const isSure = (n: number): boolean => n % 8 === 0;
      const fateOf = (n: number) => list[n] ?? { isLost: false, isTwice: false, delayMs: 0 };
      const sent = talk(100).flatMap((one): Sent[] => {
        const n = one.atMs / 20;
        if (one.leg === "a" || isSure(n)) return [one];
        const { isLost, isTwice, delayMs } = fateOf(n);
        const late = { ...one, atMs: one.atMs + delayMs };
        return isLost ? [] : isTwice ? [late, { ...late, atMs: late.atMs + 3 }] : [late];
      });
      play(tape, sent);
      const isGone = (n: number): boolean => !isSure(n) && fateOf(n).isLost;
      const want = soundOf("b", 0, 100 * FRAME).map((sample, i) => (isGone(Math.floor(i / FRAME)) ? 0 : sample));
      const { a, b } = tape.end(2_000);
      expect(compare(b.slice(0, want.length), want)).toBe("same");
      expect(compare(a.slice(0, want.length), soundOf("a", 0, 100 * FRAME))).toBe("same");
    });
    fc.assert(check, { numRuns: 50 });
  });

  it("takes every packet twice without a trace", () => {
    const tape = new Tape();
    const twice = talk(WHOLE).flatMap((sent) => [sent, { ...sent, atMs: sent.atMs + 30 }]);
    play(tape, twice);
    expect(compare(tape.end(WHOLE * 20).b, whole("b"))).toBe("same");
  });

  it("puts silence where packets were lost, and everything else where it belongs", () => {
    const tape = new Tape();
    const isLost = (n: number): boolean => n % 10 === 4 || (n >= 60 && n < 80);
    play(
      tape,
      talk(WHOLE, (n, sent) => (isLost(n) ? null : sent)),
    );
    const want = whole("b").map((sample, i) => (isLost(Math.floor(i / FRAME)) ? 0 : sample));
    expect(compare(tape.end(WHOLE * 20).b, want)).toBe("same");
  });

  it.each([10, 30, 60])("is bit-exact with packets of %i ms", (ptimeMs) => {
    const tape = new Tape();
    const size = ptimeMs * 8;
    const sent = Array.from({ length: 50 }, (_, n): Sent[] => {
      const packet = (leg: Leg): Uint8Array =>
        packetOf({ sequence: n, timestamp: n * size, codes: codesOf(leg, n * size, size) });
      return (["a", "b"] as const).map((leg) => ({ leg, atMs: n * ptimeMs, packet: packet(leg) }));
    });
    play(tape, sent.flat());
    expect(compare(tape.end(50 * ptimeMs).a, soundOf("a", 0, 50 * size))).toBe("same");
  });

  it("follows a change between PCMU and PCMA, by static and by negotiated payload types", () => {
    const tape = new Tape();
    tape.formats("b", [{ type: 97, name: "PCMA", clockRate: 8_000 }]);
    const type = (n: number): number => (n < 50 ? 0 : n < 100 ? 8 : 97);
    play(
      tape,
      talk(WHOLE, (n, sent) => ({ ...sent, packet: spoken("b", n, { type: type(n), ssrc: 2 }) })),
    );
    const want = [...soundOf("b", 0, 50 * FRAME), ...soundOf("b", 50 * FRAME, 100 * FRAME, "PCMA")];
    expect(compare(tape.end(WHOLE * 20).b, want)).toBe("same");
  });

  // Delays in ms of what the old source sends, and of what the new one does.
  const ways: [title: string, before: (n: number) => number, after: (n: number) => number][] = [
    ["on the same way", (n) => (n * 7) % 9, (n) => (n * 7) % 9],
    ["on a longer way", () => 0, (n) => 4 + ((n * 7) % 5)],
    ["when the old one had begun on a longer way", (n) => (n < 12 ? 13 : 0), () => 0],
  ];
  it.each(ways)("goes on in step when a new source takes over %s, one packet lost", (_title, before, after) => {
    const tape = new Tape();
    play(
      tape,
      talk(WHOLE, (n, sent) => {
        if (n === 70) return null;
        if (n < 70) return { ...sent, atMs: sent.atMs + before(n) };
        const change = { ssrc: 77, sequence: (40_000 + n) & 0xffff, timestamp: 0xffff_ff00 + n * FRAME };
        return { ...sent, atMs: sent.atMs + after(n), packet: spoken("b", n, change) };
      }),
    );
    const { a, b } = tape.end(WHOLE * 20 + 50);
    const began = find(b, soundOf("b", 0, FRAME));
    const want = whole("b").map((sample, i) => (Math.floor(i / FRAME) === 70 ? 0 : sample));
    expect(began).toBe(8 * Math.min(...Array.from({ length: 10 }, (_, n) => before(n))));
    expect(compare(b.slice(began, began + want.length), want)).toBe("same");
    expect(compare(a.slice(0, WHOLE * FRAME), whole("a"))).toBe("same");
  });

  it("keeps both sources apart while packets of the old one straggle in", () => {
    const tape = new Tape();
    play(
      tape,
      talk(WHOLE, (n, sent) => {
        const delayed = { ...sent, atMs: sent.atMs + (n >= 68 && n < 70 ? 70 : 0) };
        return n < 70 ? delayed : { ...sent, packet: spoken("b", n, { ssrc: 77, timestamp: n * FRAME + 123_456 }) };
      }),
    );
    expect(compare(tape.end(WHOLE * 20).b.slice(0, WHOLE * FRAME), whole("b"))).toBe("same");
  });

  // Leg B is not heard from packet 40 to 110; afterwards its timestamps have gone on, stood still, or begun anew.
  const holds: [title: string, timestamp: (n: number) => number, sequence: (n: number) => number][] = [
    ["went on during hold", (n) => n * FRAME, (n) => n],
    ["stood still during hold", (n) => (n - 70) * FRAME, (n) => n - 70],
    ["began anew after hold", (n) => 7_000_000 + n * FRAME, (n) => n - 70],
    ["and numbers both began anew after hold", (n) => 7_000_000 + n * FRAME, (n) => 30_000 + n],
  ];
  it.each(holds)("is aligned to the sample again when timestamps %s", (_title, timestamp, sequence) => {
    const tape = new Tape();
    play(
      tape,
      talk(200, (n, sent) => {
        if (n >= 40 && n < 110) return null;
        if (n < 110) return sent;
        const packet = spoken("b", n, { ssrc: 2, timestamp: timestamp(n), sequence: sequence(n) });
        return { ...sent, atMs: sent.atMs + ((n * 5) % 8), packet };
      }),
    );
    const { a, b } = tape.end(4_000);
    expect(find(a, soundOf("a", 120 * FRAME, 400))).toBe(120 * FRAME);
    expect(find(b, soundOf("b", 120 * FRAME, 400))).toBe(120 * FRAME);
    expect(silence(b, 40 * FRAME, 110 * FRAME)).toBe(true);
    expect(compare(b.slice(111 * FRAME, 200 * FRAME), soundOf("b", 111 * FRAME, 89 * FRAME))).toBe("same");
  });

  it("treats comfort noise and telephone events as silence that moves nothing", () => {
    const tape = new Tape();
    tape.formats("b", [{ type: 101, name: "telephone-event", clockRate: 8_000 }]);
    const type = (n: number): number => (n >= 50 && n < 60 ? 101 : n >= 60 && n < 70 ? 13 : 0);
    play(
      tape,
      talk(WHOLE, (n, sent) => {
        const change = n >= 50 && n < 60 ? { timestamp: 50 * FRAME } : {};
        return { ...sent, packet: spoken("b", n, { type: type(n), ssrc: 2, ...change }) };
      }),
    );
    const want = whole("b").map((sample, i) => (i >= 50 * FRAME && i < 70 * FRAME ? 0 : sample));
    expect(compare(tape.end(WHOLE * 20).b, want)).toBe("same");
  });

  it("survives a wrap of sequence number and timestamp", () => {
    const tape = new Tape();
    play(
      tape,
      talk(WHOLE, (n, sent) => ({
        ...sent,
        packet: spoken("b", n, { sequence: (65_500 + n) & 0xffff, timestamp: 0xffff_f000 + n * FRAME, ssrc: 2 }),
      })),
    );
    expect(compare(tape.end(WHOLE * 20).b, whole("b"))).toBe("same");
  });

  it("lets a single packet with nonsense in its header change nothing", () => {
    const tape = new Tape();
    const nonsense: Sent[] = [
      { leg: "b", atMs: 1_005, packet: spoken("b", 50, { sequence: 9_999, timestamp: 1, ssrc: 2 }) },
      { leg: "b", atMs: 1_105, packet: spoken("b", 50, { sequence: 30_000, timestamp: 0xdead_beef, ssrc: 2 }) },
      { leg: "b", atMs: 1_205, packet: Uint8Array.from([0x80, 0, 1]) },
      { leg: "b", atMs: 1_305, packet: new Uint8Array(12) },
    ];
    play(tape, [...talk(WHOLE), ...nonsense]);
    expect(compare(tape.end(WHOLE * 20).b, whole("b"))).toBe("same");
  });

  it.each([400, -400])("keeps a clock that runs %i ppm fast within 40 ms for ten minutes", (ppm) => {
    const tape = new Tape();
    const count = 30_000;
    // Every fourth second is a pause between words.
    const quiet = (n: number): Partial<Spoken> => (n % 200 >= 150 ? { codes: new Uint8Array(FRAME).fill(0xff) } : {});
    const sentMs = (n: number): number => n * 20 * (1 - ppm / 1e6);
    let tickMs = 100;
    for (let n = 0; n < count; n += 1) {
      const atMs = sentMs(n) + ((n * 7) % 15);
      for (; tickMs < atMs; tickMs += 100) tape.advance(tickMs);
      tape.hear("b", spoken("b", n, quiet(n)), atMs);
    }
    const { b } = tape.end(sentMs(count));
    for (const n of [40, 7_040, 20_040, 29_940]) {
      const want = sentMs(n) * 8;
      const near = Math.max(0, Math.round(want) - 2_000);
      const at = near + find(b.slice(near, near + 4_000 + FRAME), soundOf("b", n * FRAME, FRAME));
      expect(Math.abs(at - want), `packet ${n}`).toBeLessThan(40 * 8);
    }
    expect(Math.abs(b.length - sentMs(count) * 8)).toBeLessThan(40 * 8);
  });
});
