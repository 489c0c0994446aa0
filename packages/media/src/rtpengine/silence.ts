/**
 * Judges silence from a counter that is looked at now and then (MED-4): silent since the first look that saw the present count, for at
 * least `silenceMs` while it should have changed. Told once; a change of what should be heard begins anew.
 */
export class SilenceWatch {
  /** How often to look: the silence is told at most so much too late. */
  readonly lookMs: number;
  readonly #silenceMs: number;
  #heard = -1;
  #sinceMs = 0;
  #isTold = false;

  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs;
    this.lookMs = Math.max(50, silenceMs / 4);
  }

  /** What should be heard has changed: the time begins anew. */
  restart(nowMs: number): void {
    this.#sinceMs = nowMs;
    this.#isTold = false;
  }

  /**
   * @param heard a number that changes when something is heard
   * @param isExpected a leg should be sending
   * @returns for how long nothing was heard, when that is to be told now
   */
  look(heard: number, isExpected: boolean, nowMs: number): number | undefined {
    if (heard !== this.#heard || !isExpected) {
      this.#heard = heard;
      this.restart(nowMs);
      return undefined;
    }
    const forMs = nowMs - this.#sinceMs;
    if (this.#isTold || forMs < this.#silenceMs) return undefined;
    this.#isTold = true;
    return forMs;
  }
}
