import { createReadStream, existsSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { moveDurably, syncDirectory } from "../files.ts";
import type { ByteRange, RecordingStorage, StoredBytes } from "./storage.ts";

/** Segments of letters, digits, dots and hyphens that begin with none of the dots. */
const NAME = /^[A-Za-z0-9-][A-Za-z0-9.-]*(\/[A-Za-z0-9-][A-Za-z0-9.-]*)*$/;

/** Files in a directory of this machine. */
export class LocalStorage implements RecordingStorage {
  readonly #dir: string;

  /** @param dir on the file system the recordings grow on */
  constructor(dir: string) {
    this.#dir = dir;
  }

  async put(name: string, path: string): Promise<void> {
    const to = this.#pathOf(name);
    // Moved before a crash already.
    if (!existsSync(path) && existsSync(to)) return;
    moveDurably(path, to);
  }

  async open(name: string, range?: ByteRange): Promise<StoredBytes | null> {
    const bytes = await this.size(name);
    if (bytes === null) return null;
    const from = range?.from ?? 0;
    const to = Math.min(range?.to ?? bytes - 1, bytes - 1);
    const lengthBytes = Math.max(0, to - from + 1);
    if (lengthBytes === 0) return { lengthBytes, chunks: none() };
    return { lengthBytes, chunks: createReadStream(this.#pathOf(name), { start: from, end: to }) };
  }

  async size(name: string): Promise<number | null> {
    try {
      return (await stat(this.#pathOf(name))).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }

  async remove(name: string): Promise<boolean> {
    const path = this.#pathOf(name);
    if ((await this.size(name)) === null) return false;
    await rm(path, { force: true });
    syncDirectory(join(path, ".."));
    return true;
  }

  /** @throws RangeError for a name that would lead elsewhere */
  #pathOf(name: string): string {
    if (!NAME.test(name)) throw new RangeError(`not the name of a recording's file: ${JSON.stringify(name)}`);
    return join(this.#dir, name);
  }
}

async function* none(): AsyncGenerator<Uint8Array> {}
