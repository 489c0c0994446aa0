/** A call that is to verify a number as a caller ID. */
export type VerificationOrder = {
  /** `CA…` */
  readonly callSid: string;
  readonly accountSid: string;
  /** The number to call and verify, E.164. */
  readonly to: string;
  /** What it is shown, E.164. */
  readonly from: string;
  /** Six digits, which whoever answers has to key in. A secret between them and the customer. */
  readonly code: string;
  /** Dialled after the answer: digits, `*`, `#`, and `w` and `W` for pauses of half a second and a second. */
  readonly extension: string;
  readonly delayMs: number;
  readonly language: "en" | "ja";
};
