import { describe, expect, it } from "vitest";
import { DECODED, ENCODE, encodeALaw, encodeMuLaw, type Law, SILENCE } from "./g711.ts";
import { LastSecond } from "./last-second.ts";
import { EchoMarks } from "./marks.ts";
import { strongestTone, toneLoop, tonePower } from "./tone.ts";

const LAWS: readonly Law[] = ["PCMU", "PCMA"];

/** Quantised values of the positive codes as G.711 tabulates them: step widths double from segment to segment. */
function tabulated(law: Law): number[] {
  const values: number[] = [];
  for (let segment = 0; segment < 8; segment += 1) {
    for (let step = 0; step < 16; step += 1) {
      // Table 2 (µ-law, 14 bits): (2·step + 33)·2^segment - 33; table 1 (A-law, 13 bits): 2·step + 1, then (2·step + 33)·2^(segment-1).
      if (law === "PCMU") values.push(4 * ((2 * step + 33) * 2 ** segment - 33));
      else values.push(8 * (segment === 0 ? 2 * step + 1 : (2 * step + 33) * 2 ** (segment - 1)));
    }
  }
  return values;
}

describe("G.711", () => {
  it.each(LAWS)("%s decodes to the values of the ITU's table", (law) => {
    const positive = tabulated(law).map((_, n) => DECODED[law][law === "PCMU" ? 0xff - n : (0x80 | n) ^ 0x55]);
    const negative = tabulated(law).map((_, n) => DECODED[law][law === "PCMU" ? 0x7f - n : n ^ 0x55]);
    expect(positive).toEqual(tabulated(law));
    expect(negative.map((value) => 0 - (value ?? 0))).toEqual(tabulated(law));
  });

  it.each(LAWS)("%s encodes every value it decodes to as the same code", (law) => {
    for (let code = 0; code < 256; code += 1) {
      // µ-law has two zeros; the negative one is never produced.
      if (law === "PCMU" && code === 0x7f) continue;
      expect(ENCODE[law](DECODED[law][code] as number)).toBe(code);
    }
  });

  it.each(LAWS)("%s picks a nearest step for every sample", (law) => {
    const values = [...new Set(DECODED[law])].sort((x, y) => x - y);
    for (let sample = -32_768; sample < 32_768; sample += 7) {
      const decoded = DECODED[law][ENCODE[law](sample)] as number;
      const at = values.indexOf(decoded);
      const gap = Math.max(decoded - (values[at - 1] ?? -Infinity), (values[at + 1] ?? Infinity) - decoded);
      if (at > 0 && at < values.length - 1) expect(Math.abs(decoded - sample)).toBeLessThanOrEqual(gap / 2 + 8);
    }
  });

  it("clips instead of wrapping round", () => {
    expect([encodeMuLaw(99_999), encodeMuLaw(-99_999)]).toEqual([0x80, 0x00]);
    expect([encodeALaw(99_999), encodeALaw(-99_999)]).toEqual([0xaa, 0x2a]);
  });

  it("silence is the quietest positive code", () => {
    expect([encodeMuLaw(0), encodeALaw(0)]).toEqual([SILENCE.PCMU, SILENCE.PCMA]);
  });
});

describe("tones", () => {
  const heard = (hz: number, law: Law): number | null => {
    const second = new LastSecond();
    const loop = toneLoop(hz, law);
    for (let from = 0; from < loop.length; from += 160) second.add(loop, from, from + 160);
    return second.toneHz(law);
  };
  it.each(LAWS.flatMap((law) => [150, 350, 440, 697, 1_004, 1_633, 2_100, 3_400].map((hz) => [law, hz] as const)))(
    "%s %d Hz is heard as what it is",
    (law, hz) => {
      expect(Math.abs((heard(hz, law) ?? 0) - hz)).toBeLessThanOrEqual(1);
    },
  );

  it("silence, noise and too little audio are no tone", () => {
    const second = new LastSecond();
    expect(second.toneHz("PCMU")).toBeNull();
    second.add(new Uint8Array(8_000).fill(0xff), 0, 8_000);
    expect(second.toneHz("PCMU")).toBeNull();
    let seed = 1;
    const noise = Float64Array.from({ length: 8_000 }, () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return (seed / 2_147_483_647 - 0.5) * 20_000;
    });
    expect(strongestTone(noise)).toBeNull();
    expect(strongestTone(noise.subarray(0, 700))).toBeNull();
  });

  it("the strongest of two is told, and only the last second counts", () => {
    const mix = Float64Array.from(
      { length: 8_000 },
      (_, n) => 9_000 * Math.sin((2 * Math.PI * 440 * n) / 8_000) + 3_000 * Math.sin((2 * Math.PI * 1_200 * n) / 8_000),
    );
    expect(strongestTone(mix)).toBe(440);
    const second = new LastSecond();
    for (const hz of [440, 880]) second.add(toneLoop(hz, "PCMU"), 0, 8_000);
    expect(second.toneHz("PCMU")).toBe(880);
  });

  it("Goertzel gives a lone sine its own power, and next to none to others", () => {
    const sine = Float64Array.from({ length: 800 }, (_, n) => 1_000 * Math.sin((2 * Math.PI * 440 * n) / 8_000));
    expect(tonePower(sine, 440)).toBeCloseTo(500_000, -2);
    expect(tonePower(sine, 600)).toBeLessThan(100);
  });
});

describe("echo marks", () => {
  it.each(LAWS)("%s: our marks are found once, with their age, and are silent", (law) => {
    const marks = new EchoMarks(0xabcdef);
    const payload = new Uint8Array(160).fill(SILENCE[law]);
    marks.write(payload, 0, law, 1_000);
    for (const code of payload) expect(Math.abs(DECODED[law][code] as number)).toBeLessThanOrEqual(8);
    marks.find(payload, 0, 160, law, 1_080);
    marks.find(payload, 0, 160, law, 1_500);
    expect(marks.delayMs).toBe(80);
  });

  it("others' marks, plain silence, tones and short payloads are not ours", () => {
    const marks = new EchoMarks(1);
    const foreign = new Uint8Array(160).fill(0xff);
    new EchoMarks(2).write(foreign, 0, "PCMU", 0);
    marks.write(new Uint8Array(160), 0, "PCMU", 0);
    for (const payload of [foreign, new Uint8Array(160).fill(0xff), toneLoop(440, "PCMU"), new Uint8Array(20)]) {
      marks.find(payload, 0, Math.min(160, payload.length), "PCMU", 50);
    }
    expect(marks.delayMs).toBeNull();
  });
});
