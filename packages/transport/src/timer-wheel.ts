/** Resolution of every timer: RFC 3261's shortest one is T1 = 500 ms, so 10 ms late is 2 % of it at worst. */
export const SLOT_MS = 10;

/** One turn is 40.96 s: longer than the 32 s of Timers B, D, F, H and J, so only session timers and call caps go round more than once. */
const SLOT_COUNT = 4096;
const SLOT_MASK = SLOT_COUNT - 1;

/** A timer, and a link of the ring of its slot: the only object a timer costs. */
class Entry {
  next: Entry;
  previous: Entry;
  /** Slots since the wheel's start at which it fires; may be several turns ahead. */
  readonly dueSlot: number;
  fire: (() => void) | undefined;

  constructor(dueSlot: number, fire: (() => void) | undefined) {
    this.next = this;
    this.previous = this;
    this.dueSlot = dueSlot;
    this.fire = fire;
  }
}

/** An empty ring: an entry that only links to itself marks begin and end, so unlinking needs no knowledge of the slot. */
function emptyRing(): Entry {
  return new Entry(0, undefined);
}

function append(ring: Entry, entry: Entry): void {
  entry.previous = ring.previous;
  entry.next = ring;
  ring.previous.next = entry;
  ring.previous = entry;
}

function unlink(entry: Entry): void {
  entry.previous.next = entry.next;
  entry.next.previous = entry.previous;
}

/**
 * A hashed timing wheel: one driver for any number of timers, O(1) to set and to clear.
 *
 * It knows no clock: `now` comes with each call, in milliseconds that never go back. A timer never fires early and at most one slot
 * plus the driver's own delay late; timers of the same slot fire in the order they were set.
 */
export class TimerWheel {
  readonly #startMs: number;
  readonly #onFault: (error: unknown) => void;
  readonly #slots: readonly Entry[] = Array.from({ length: SLOT_COUNT }, emptyRing);
  #reachedSlot = 0;
  #pending = 0;

  /** @param onFault takes what a timer's function throws, so that one faulty call never stops the timers of the others */
  constructor(startMs: number, onFault: (error: unknown) => void) {
    this.#startMs = startMs;
    this.#onFault = onFault;
  }

  /** Timers set and not yet fired or cleared. */
  get pending(): number {
    return this.#pending;
  }

  /** Runs `fire` once, `afterMs` after `nowMs`; negative and NaN count as 0. Never runs it from inside this call. */
  set(nowMs: number, afterMs: number, fire: () => void): unknown {
    const dueMs = nowMs - this.#startMs + Math.max(afterMs || 0, 0);
    const entry = new Entry(Math.max(Math.ceil(dueMs / SLOT_MS), this.#reachedSlot + 1), fire);
    append(this.#slots[entry.dueSlot & SLOT_MASK] as Entry, entry);
    this.#pending += 1;
    return entry;
  }

  /** Stops a timer of this wheel; anything else, also one that fired or was cleared before, is ignored. */
  clear(handle: unknown): void {
    if (!(handle instanceof Entry) || handle.fire === undefined) return;
    handle.fire = undefined;
    unlink(handle);
    this.#pending -= 1;
  }

  /** Fires everything due by `nowMs`, in order of slots; after a stall of more than a turn each slot is visited once, in any order. */
  advance(nowMs: number): void {
    const target = Math.floor((nowMs - this.#startMs) / SLOT_MS);
    if (target - this.#reachedSlot > SLOT_COUNT) this.#reachedSlot = target - SLOT_COUNT;
    while (this.#reachedSlot < target) {
      this.#reachedSlot += 1;
      this.#fireSlot(this.#slots[this.#reachedSlot & SLOT_MASK] as Entry, target);
    }
  }

  /** Due entries move to a ring of their own first: what a timer sets or clears while it runs then disturbs nothing. */
  #fireSlot(slot: Entry, target: number): void {
    if (slot.next === slot) return;
    const due = emptyRing();
    for (let entry = slot.next; entry !== slot; ) {
      const next = entry.next;
      if (entry.dueSlot <= target) {
        unlink(entry);
        append(due, entry);
      }
      entry = next;
    }
    while (due.next !== due) {
      const { fire } = due.next;
      this.clear(due.next);
      try {
        fire?.();
      } catch (error) {
        this.#onFault(error);
      }
    }
  }
}
