/** G.711 companding (ITU-T G.711, with the 16-bit scale of G.191: decoded 14 and 13 bit values shifted to full scale). */
export type Law = "PCMU" | "PCMA";

const MU_BIAS = 132;
const MU_CLIP = 32_635;

/** One 16-bit linear sample as µ-law. Values outside 16 bits are clipped. */
export function encodeMuLaw(sample: number): number {
  const biased = Math.min(Math.abs(sample), MU_CLIP) + MU_BIAS;
  const segment = 31 - Math.clz32(biased >> 7);
  const code = (sample < 0 ? 0x80 : 0) | (segment << 4) | ((biased >> (segment + 3)) & 0x0f);
  return ~code & 0xff;
}

/** One 16-bit linear sample as A-law, even bits inverted as sent. Values outside 16 bits are clipped. */
export function encodeALaw(sample: number): number {
  // One's complement, so that both halves have the same 4096 steps (G.191 `alaw_compress`).
  const magnitude = Math.min(sample < 0 ? ~sample >> 4 : sample >> 4, 0x7ff);
  const segment = Math.max(0, 28 - Math.clz32(magnitude));
  const code = (segment << 4) | ((magnitude >> Math.max(segment - 1, 0)) & 0x0f);
  return (code | (sample < 0 ? 0 : 0x80)) ^ 0x55;
}

function decodeMuLaw(code: number): number {
  const inverted = ~code & 0xff;
  const magnitude = ((((inverted & 0x0f) << 3) + MU_BIAS) << ((inverted >> 4) & 7)) - MU_BIAS;
  return inverted & 0x80 ? -magnitude : magnitude;
}

function decodeALaw(code: number): number {
  const plain = code ^ 0x55;
  const segment = (plain >> 4) & 7;
  const step = ((plain & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return plain & 0x80 ? magnitude : -magnitude;
}

/** 16-bit linear value of each code. */
export const DECODED: Readonly<Record<Law, Int16Array>> = {
  PCMU: Int16Array.from({ length: 256 }, (_, code) => decodeMuLaw(code)),
  PCMA: Int16Array.from({ length: 256 }, (_, code) => decodeALaw(code)),
};

export const ENCODE: Readonly<Record<Law, (sample: number) => number>> = { PCMU: encodeMuLaw, PCMA: encodeALaw };

/** The code of silence: plus zero, or the smallest positive value of A-law, which has no zero. */
export const SILENCE: Readonly<Record<Law, number>> = { PCMU: 0xff, PCMA: 0xd5 };
/** Its negative twin. */
export const MINUS_SILENCE: Readonly<Record<Law, number>> = { PCMU: 0x7f, PCMA: 0x55 };

/** The A-law code of each µ-law code. */
const A_OF_MU = Uint8Array.from(DECODED.PCMU, (sample) => encodeALaw(sample));

/** Copies µ-law codes to `p[at…]` in that law. */
export function copyMuLaw(codes: Uint8Array, p: Uint8Array, at: number, law: Law): void {
  if (law === "PCMU") p.set(codes, at);
  else for (let n = 0; n < codes.length; n += 1) p[at + n] = A_OF_MU[codes[n] as number] as number;
}
