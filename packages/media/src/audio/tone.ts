import { ENCODE, type Law } from "./g711.ts";

export const SAMPLE_RATE = 8_000;
/** -10 dBm0, the level DTMF and call-progress tones are sent at: full scale of G.711 is +3.14 dBm0. */
const AMPLITUDE = 32_124 * 10 ** (-13.14 / 20);
/** Loops kept; a test needs a few. */
const LOOPS_KEPT = 16;
/** Below this mean square (about -50 dBm0) there is silence. */
const SILENCE_POWER = (32_124 * 10 ** (-53.14 / 20)) ** 2 / 2;
/** A tone holds at least this share of all power within its own bins; noise and speech spread theirs. */
const TONE_SHARE = 0.2;

const loops = new Map<string, Uint8Array>();

/** One second of a tone in G.711, which repeats without a seam since every whole frequency fits a second; `hz` is rounded. */
export function toneLoop(hz: number, law: Law): Uint8Array {
  const whole = Math.round(hz);
  const key = `${law} ${whole}`;
  const known = loops.get(key);
  if (known) return known;
  const encode = ENCODE[law];
  const step = (2 * Math.PI * whole) / SAMPLE_RATE;
  const loop = Uint8Array.from({ length: SAMPLE_RATE }, (_, n) => encode(Math.round(AMPLITUDE * Math.sin(step * n))));
  if (loops.size >= LOOPS_KEPT) loops.clear();
  loops.set(key, loop);
  return loop;
}

/** Power of one frequency in samples (Goertzel), on the scale of mean squares: a lone sine of that frequency gives its own. */
export function tonePower(samples: Float64Array, hz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / SAMPLE_RATE);
  let last = 0;
  let before = 0;
  // Counting loops: iterators cost three times as much here, and this runs a few hundred times for one tone.
  for (let n = 0; n < samples.length; n += 1) {
    const now = (samples[n] as number) + coefficient * last - before;
    before = last;
    last = now;
  }
  const energy = last * last + before * before - coefficient * last * before;
  return (2 * energy) / samples.length ** 2;
}

/** Coarse search: a tenth of a second at a time sees 10 Hz apart. */
const COARSE_SAMPLES = 800;
const COARSE_HZ = 10;
const LOWEST_HZ = 60;
const HIGHEST_HZ = 3_900;

/**
 * The strongest tone in up to a second of 16-bit samples, in whole hertz; null for silence, noise and less than a tenth of a second.
 *
 * The loudest tenth of a second is searched in steps of 10 Hz, then around the peak in steps of 1 Hz: about 1 ms of work.
 */
export function strongestTone(samples: Float64Array): number | null {
  const from = loudestSpan(samples);
  if (from < 0) return null;
  const span = samples.subarray(from, from + COARSE_SAMPLES);
  const coarse = peak(span, LOWEST_HZ, HIGHEST_HZ, COARSE_HZ);
  const power = meanSquare(span);
  const fine = peak(span, coarse - COARSE_HZ, coarse + COARSE_HZ, 1);
  return tonePower(span, fine) >= TONE_SHARE * power ? fine : null;
}

/** Start of the loudest tenth of a second, or -1 when none is above silence. */
function loudestSpan(samples: Float64Array): number {
  let best = -1;
  let most = SILENCE_POWER;
  for (let from = samples.length - COARSE_SAMPLES; from >= 0; from -= COARSE_SAMPLES) {
    const power = meanSquare(samples.subarray(from, from + COARSE_SAMPLES));
    if (power > most) {
      most = power;
      best = from;
    }
  }
  return best;
}

function meanSquare(samples: Float64Array): number {
  let sum = 0;
  for (let n = 0; n < samples.length; n += 1) sum += (samples[n] as number) ** 2;
  return sum / samples.length;
}

function peak(samples: Float64Array, fromHz: number, toHz: number, stepHz: number): number {
  let best = fromHz;
  let most = -1;
  for (let hz = fromHz; hz <= toHz; hz += stepHz) {
    const power = tonePower(samples, hz);
    if (power > most) {
      most = power;
      best = hz;
    }
  }
  return best;
}
