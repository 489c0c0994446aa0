/** What `performance.now()` of this thread lacks to the clock that all threads of the process share. */
const OFFSET_MS = sharedClockMs() - performance.now();

/**
 * Milliseconds on a clock that never goes back and is the same in every thread of the process; its zero means nothing.
 * `performance.now()` counts from the start of each thread instead.
 *
 * @param threadMs a reading of this thread's `performance.now()`; now, when left out
 */
export function monotonicMs(threadMs = performance.now()): number {
  return threadMs + OFFSET_MS;
}

function sharedClockMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}
