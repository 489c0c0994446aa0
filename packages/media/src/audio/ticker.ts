/** One packet time. */
export const TICK_MS = 20;
/** After a longer stall the missed ticks are let go: a burst of old audio helps nobody. */
const MAX_BEHIND = 5;

const listeners = new Set<() => void>();
let timer: NodeJS.Timeout | undefined;
let nextMs = 0;

/** Calls `tick` every 20 ms until the returned function is called. All share one timer, set against the clock so that it never drifts. */
export function onTick(tick: () => void): () => void {
  listeners.add(tick);
  if (timer === undefined) {
    nextMs = performance.now() + TICK_MS;
    timer = setTimeout(run, TICK_MS);
  }
  return () => {
    listeners.delete(tick);
    if (listeners.size > 0) return;
    clearTimeout(timer);
    timer = undefined;
  };
}

function run(): void {
  const nowMs = performance.now();
  nextMs = Math.max(nextMs, nowMs - MAX_BEHIND * TICK_MS);
  for (; nextMs <= nowMs; nextMs += TICK_MS) for (const tick of listeners) tick();
  if (listeners.size > 0) timer = setTimeout(run, Math.max(0, nextMs - performance.now()));
}
