/** One packet time. */
const TICK_MS = 20;
/** Ticks are spread over this many moments of a packet time, so that hundreds of endpoints do not speak in one burst. */
const SLOTS = 10;
const SLOT_MS = TICK_MS / SLOTS;
/** After a longer stall the missed ticks are let go: a burst of old audio helps nobody. */
const LONGEST_STALL_MS = 5 * TICK_MS;

type Tick = () => void;

const slots: readonly Set<Tick>[] = Array.from({ length: SLOTS }, () => new Set());
let timer: NodeJS.Timeout | undefined;
/** The slot that is due next, and when. */
let nextSlot = 0;
let nextMs = 0;

/** Calls `tick` every 20 ms until the returned function is called. All share one timer, set against the clock so that it never drifts. */
export function onTick(tick: Tick): () => void {
  const slot = slots.reduce((least, candidate) => (candidate.size < least.size ? candidate : least));
  slot.add(tick);
  if (timer === undefined) nextMs = performance.now();
  schedule();
  return () => {
    slot.delete(tick);
    schedule();
  };
}

function run(): void {
  const nowMs = performance.now();
  nextMs = Math.max(nextMs, nowMs - LONGEST_STALL_MS);
  while (nextMs <= nowMs) {
    const due = slots[nextSlot] ?? [];
    step();
    for (const tick of due) tick();
  }
  schedule();
}

/** Sets the timer for the next slot that somebody is in, if there is one; empty ones pass unnoticed. */
function schedule(): void {
  clearTimeout(timer);
  timer = undefined;
  if (slots.every(({ size }) => size === 0)) return;
  while (slots[nextSlot]?.size === 0) step();
  timer = setTimeout(run, Math.max(0, nextMs - performance.now()));
}

function step(): void {
  nextSlot = (nextSlot + 1) % SLOTS;
  nextMs += SLOT_MS;
}
