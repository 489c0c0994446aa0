/** Equipment impairment and packet-loss robustness of a codec (ITU-T G.113 Appendix I). */
type Impairment = { readonly ie: number; readonly bpl: number };

/** Published values only. G.711 with packet loss concealment, as every current receiver has it. */
const IMPAIRMENTS: ReadonlyMap<string, Impairment> = new Map([
  ["pcmu", { ie: 0, bpl: 25.1 }],
  ["pcma", { ie: 0, bpl: 25.1 }],
  ["g729", { ie: 11, bpl: 19 }],
  ["g723", { ie: 15, bpl: 16.1 }],
]);

/** Codecs without published narrow-band values: no impairment of their own, moderate robustness. */
const UNPUBLISHED: Impairment = { ie: 0, bpl: 10 };

/** R with every parameter of G.107 at its default and no delay, loss or codec impairment (ITU-T G.107 §7.7 table 3 defaults). */
const BEST_R = 93.2;
/** A receiver plays out about two jitters later than the packets come; and one packet is 20 ms old when it leaves. */
const BUFFER_JITTERS = 2;
const PACKET_MS = 20;

export type Listening = {
  readonly codec: string;
  /** Share of packets lost, 0 to 1, taken as random loss. */
  readonly lossRatio: number;
  readonly jitterMs: number;
  /** Null when unknown: then only packet and buffer count as delay. */
  readonly roundTripMs: number | null;
};

/** Estimated listening quality, 1.0 (bad) to 4.5, by the E-model (ITU-T G.107) from what a receiver can measure. */
export function estimateMos(heard: Listening): number {
  const delayMs = (heard.roundTripMs ?? 0) / 2 + PACKET_MS + BUFFER_JITTERS * heard.jitterMs;
  const { ie, bpl } = IMPAIRMENTS.get(heard.codec.toLowerCase()) ?? UNPUBLISHED;
  const lossPercent = 100 * Math.min(1, Math.max(0, heard.lossRatio));
  const lossImpairment = ie + ((95 - ie) * lossPercent) / (lossPercent + bpl);
  return mosOfR(BEST_R - delayImpairment(delayMs) - lossImpairment);
}

/** Idd: impairment by absolute one-way delay, without echo (ITU-T G.107 §7.4, equations 7-27 and 7-28). */
export function delayImpairment(delayMs: number): number {
  if (delayMs <= 100) return 0;
  const x = Math.log2(delayMs / 100);
  return 25 * ((1 + x ** 6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2);
}

/** ITU-T G.107 Annex B. */
export function mosOfR(r: number): number {
  if (r <= 0) return 1;
  if (r >= 100) return 4.5;
  return Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}
