/** Bounds of the journal, with their reasons; tests use smaller ones. */
export type JournalLimits = {
  /** fdatasync at most this often: what a loss of power can cost at the most. */
  readonly syncMs: number;
  /** A sign of life this often while there are calls: by how much a restart can be wrong about an interrupted call's end. */
  readonly aliveMs: number;
  /** A new segment after this many bytes: small enough to read back at once, large enough that there are few. */
  readonly segmentBytes: number;
  /** When a long call is all that keeps more segments than this, it is carried over into the newest. */
  readonly segmentsKept: number;
  /** Records given to the sink at once. */
  readonly batch: number;
  /**
   * An ended call is with the sink this soon, if the sink keeps up. Saving costs a database about as much for one record as for twenty,
   * so a busy edge should collect a few, and nobody sees the difference in a call log.
   */
  readonly batchMs: number;
  /** A live call's state is shown this often at the most; calls shorter than that are saved once. */
  readonly liveMs: number;
  /** Ended records in memory while the sink is away; beyond it they go to the spill file. About 3 KiB each. */
  readonly waiting: number;
  /** Pauses between tries when the sink is away double up to this. */
  readonly backOffMs: number;
};

export const DEFAULT_JOURNAL_LIMITS: JournalLimits = {
  syncMs: 100,
  aliveMs: 1_000,
  segmentBytes: 32 * 1024 * 1024,
  segmentsKept: 8,
  batch: 200,
  batchMs: 200,
  liveMs: 1_000,
  waiting: 10_000,
  backOffMs: 10_000,
};
