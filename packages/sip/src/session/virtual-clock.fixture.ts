/** A running timer of a `VirtualClock`. */
type Timer = {
  readonly atMs: number;
  readonly order: number;
  /** Undefined once it fired or was cleared: what waits in the heap until its time holds nothing else. */
  fire: (() => void) | undefined;
};

/**
 * Time that passes only when told to. Timers due at the same time fire in the order they were set, so that a run depends on
 * nothing but its inputs.
 */
export class VirtualClock {
  readonly #heap: Timer[] = [];
  #nowMs = 0;
  #order = 0;
  #pending = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  /** Timers that are set and have not fired. */
  get pending(): number {
    return this.#pending;
  }

  setTimer(afterMs: number, fire: () => void): unknown {
    const timer = { atMs: this.#nowMs + Math.max(0, afterMs), order: this.#order++, fire };
    this.#pending++;
    this.#push(timer);
    return timer;
  }

  clearTimer(handle: unknown): void {
    const timer = handle as Timer | undefined;
    if (timer?.fire === undefined) return;
    timer.fire = undefined;
    this.#pending--;
  }

  /** Fires everything due within the next `forMs`, then stands that much later. */
  run(forMs: number): void {
    const untilMs = this.#nowMs + forMs;
    while (this.#step(untilMs)) {}
    this.#nowMs = untilMs;
  }

  /** Runs until nothing is left to fire; false when `limitMs` did not suffice. */
  runToEnd(limitMs: number): boolean {
    const untilMs = this.#nowMs + limitMs;
    while (this.#step(untilMs)) {}
    return this.#pending === 0;
  }

  /** Runs until `condition` holds, checked after every timer; false when it did not within `limitMs`. */
  runUntil(condition: () => boolean, limitMs: number): boolean {
    const untilMs = this.#nowMs + limitMs;
    while (!condition()) if (!this.#step(untilMs)) return false;
    return true;
  }

  #step(untilMs: number): boolean {
    const first = this.#heap[0];
    if (first === undefined || first.atMs > untilMs) return false;
    this.#pop();
    const { fire } = first;
    if (fire === undefined) return true;
    first.fire = undefined;
    this.#pending--;
    this.#nowMs = first.atMs;
    fire();
    return true;
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(timer, heap[parent] as Timer)) break;
      heap[at] = heap[parent] as Timer;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Timer;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Timer, heap[child] as Timer)) child++;
      if (!isBefore(heap[child] as Timer, last)) break;
      heap[at] = heap[child] as Timer;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
