/** Cumulative counters by name; a name exists from its first use. */
export class Counters {
  readonly #counts: Record<string, number> = {};

  add(name: string, by = 1): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + by;
  }

  snapshot(): Readonly<Record<string, number>> {
    return { ...this.#counts };
  }
}
