import { describe, expect, it } from "vitest";
import { DECODED } from "../audio/g711.ts";
import type { Leg } from "../plane.ts";
import { codesOf, compare, FRAME, find, packetOf, type Spoken, soundOf, Tape } from "./tape.fixture.ts";

/** One packet of a leg that speaks without a break: number `n`, of 20 ms, its arrival at its own time. */
function spoken(leg: Leg, n: number, change: Partial<Spoken> = {}): Uint8Array {
  return packetOf({ sequence: n, timestamp: n * FRAME, codes: codesOf(leg, n * FRAME, FRAME), ...change });
}

type Sent = { readonly leg: Leg; readonly atMs: number; readonly packet: Uint8Array };

/** Plays packets in the order of their arrival, with a tick of the recorder every 100 ms. */
function play(tape: Tape, sent: readonly Sent[]): void {
  let tickMs = 100;
  for (const { leg, atMs, packet } of sent.toSorted((one, other) => one.atMs - other.atMs)) {
    for (; tickMs < atMs; tickMs += 100) tape.advance(tickMs);
    tape.hear(leg, packet, atMs);
  }
  tape.advance(tickMs);
}

/** Both legs speak from 0 to `count` packets; `change` may alter, delay or drop what leg B sends. */
function talk(count: number, change: (n: number, sent: Sent) => Sent | null = (_, sent) => sent): Sent[] {
  return Array.from({ length: count }, (_, n) => {
    const a: Sent = { leg: "a", atMs: n * 20, packet: spoken("a", n) };
    const b = change(n, { leg: "b", atMs: n * 20, packet: spoken("b", n, { ssrc: 2 }) });
    return b === null ? [a] : [a, b];
  }).flat();
}

function silence(channel: readonly number[], from: number, to: number): boolean {
  return channel.slice(from, to).every((sample) => sample === 0);
}

const WHOLE = 150;
const whole = (leg: Leg): number[] => soundOf(leg, 0, WHOLE * FRAME);

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

  it("goes on in step when a new source takes over, its numbers unrelated and one packet lost", () => {
    const tape = new Tape();
    const late = { ssrc: 77, sequence: 40_000, timestamp: 0xffff_ff00 };
    play(
      tape,
      talk(WHOLE, (n, sent) => {
        if (n === 70) return null;
        const jitter = { ...sent, atMs: sent.atMs + ((n * 7) % 9) };
        if (n < 70) return jitter;
        const change = { ssrc: 77, sequence: (late.sequence + n) & 0xffff, timestamp: late.timestamp + n * FRAME };
        return { ...jitter, packet: spoken("b", n, change) };
      }),
    );
    const { a, b } = tape.end(WHOLE * 20);
    expect(b.slice(0, WHOLE * FRAME)).toEqual(
      whole("b").map((sample, i) => (Math.floor(i / FRAME) === 70 ? 0 : sample)),
    );
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

  it("keeps a clock that runs 200 ppm fast or slow within 40 ms for half an hour", () => {
    for (const ppm of [200, -200]) {
      const tape = new Tape();
      const count = 90_000;
      // Every fourth second is a pause between words.
      const quiet = (n: number): Partial<Spoken> => (n % 200 >= 150 ? { codes: new Uint8Array(FRAME).fill(0xff) } : {});
      let tickMs = 100;
      for (let n = 0; n < count; n += 1) {
        const atMs = n * 20 * (1 - ppm / 1e6) + ((n * 7) % 15);
        for (; tickMs < atMs; tickMs += 100) tape.advance(tickMs);
        tape.hear("b", spoken("b", n, quiet(n)), atMs);
      }
      const endMs = count * 20 * (1 - ppm / 1e6);
      const { b } = tape.end(endMs);
      for (const n of [40, 20_040, 60_040, 89_940]) {
        const want = n * FRAME * (1 - ppm / 1e6);
        const near = Math.max(0, Math.round(want) - 2_000);
        const at = near + find(b.slice(near, near + 4_000 + FRAME), soundOf("b", n * FRAME, FRAME));
        expect(Math.abs(at - want), `${ppm} ppm, packet ${n}`).toBeLessThan(40 * 8);
      }
      expect(Math.abs(b.length - endMs * 8)).toBeLessThan(40 * 8);
    }
  });
});

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
    play2(tape, 50, 100);
    tape.recording.resume(tape.clock(2_000));
    play2(tape, 100, 150);
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
    play2(tape, 50, 100);
    tape.recording.resume(tape.clock(2_000));
    play2(tape, 100, 150);
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

/** Packets `from` to `to` of both legs. */
function play2(tape: Tape, from: number, to: number): void {
  const sent = talk(to).filter(({ atMs }) => atMs >= from * 20);
  for (const { leg, atMs, packet } of sent) {
    tape.hear(leg, packet, atMs);
    tape.advance(atMs);
  }
}

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
    play2(tape, 100, WHOLE);
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
