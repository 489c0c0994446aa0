import { unwatchFile, watchFile } from "node:fs";

/** What was read of some files, and is read again when they change. */
export type WatchedFiles<T> = { current(): T; close(): void };

/**
 * Reads files that somebody else writes, now and whenever they change. They are looked at by name every `pollMs`, so that it does not
 * matter whether a tool rewrites them, renames others over them or turns symbolic links. What cannot be used then, such as a new
 * certificate whose key is still to be written, is told by `onBad` and not taken.
 *
 * Throws when they cannot be used now.
 */
export function watchFiles<T>(
  paths: readonly string[],
  read: () => T,
  isSame: (a: T, b: T) => boolean,
  { pollMs, onChange, onBad }: { pollMs: number; onChange(): void; onBad(why: string): void },
): WatchedFiles<T> {
  let current = read();
  const look = (): void => {
    try {
      const found = read();
      if (isSame(found, current)) return;
      current = found;
      onChange();
    } catch (error) {
      onBad(error instanceof Error ? error.message : String(error));
    }
  };
  for (const path of paths) watchFile(path, { interval: pollMs, persistent: false }, look);
  return {
    current: () => current,
    close() {
      for (const path of paths) unwatchFile(path, look);
    },
  };
}
