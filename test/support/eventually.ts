import { setTimeout as delay } from "node:timers/promises";

/**
 * Asks again and again until `probe` gives something other than undefined; rejects with the last failure after `limitMs`.
 * For facts of another process that cannot be subscribed to.
 */
export async function eventually<T>(what: string, probe: () => Promise<T | undefined>, limitMs = 10_000): Promise<T> {
  const deadline = performance.now() + limitMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`${what}: not within ${limitMs} ms`, { cause: last });
    await delay(20);
  }
}
