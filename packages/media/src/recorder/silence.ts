/** A sample of at most this magnitude, 1 % of full scale or -40 dBFS, is silence. */
const QUIET = 327;

/** How much silence trimming leaves around what is heard, in samples: soft beginnings and ends of words. */
export const TRIM_MARGIN = 2_000;

export function isQuiet(sample: number): boolean {
  return sample <= QUIET && sample >= -QUIET;
}

/** True when all of these G.711 codes are silence. */
export function areQuiet(codes: Uint8Array, values: Int16Array): boolean {
  for (const code of codes) if (!isQuiet(values[code] as number)) return false;
  return true;
}
