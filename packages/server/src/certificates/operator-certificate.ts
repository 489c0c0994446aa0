import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { type Pair, readPair } from "./pair-file.ts";

export type OperatorFiles = { readonly certPath: string; readonly keyPath: string };

/** A certificate that the operator's own tools write and renew. */
export type OperatorCertificate = { current(): Pair; close(): void };

/**
 * Opens and watches the operator's files. They are looked at by name every `pollMs`, so that it does not matter whether a tool rewrites
 * them, renames others over them or turns symbolic links. A pair that cannot be used, such as a new certificate whose key is still to be
 * written, is told by `onBad` and not taken.
 *
 * Throws when they cannot be used now.
 */
export function openOperatorCertificate(
  files: OperatorFiles,
  pollMs: number,
  onChange: () => void,
  onBad: (why: string) => void,
): OperatorCertificate {
  let current = readFiles(files);
  const look = (): void => {
    try {
      const found = readFiles(files);
      if (found.certPem === current.certPem && found.keyPem === current.keyPem) return;
      current = found;
      onChange();
    } catch (error) {
      onBad(error instanceof Error ? error.message : String(error));
    }
  };
  const paths = [files.certPath, files.keyPath];
  for (const path of paths) watchFile(path, { interval: pollMs, persistent: false }, look);
  return {
    current: () => current,
    close() {
      for (const path of paths) unwatchFile(path, look);
    },
  };
}

function readFiles({ certPath, keyPath }: OperatorFiles): Pair {
  return readPair(readFileSync(certPath, "utf8"), readFileSync(keyPath, "utf8"));
}
