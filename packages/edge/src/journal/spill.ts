import { createReadStream, mkdirSync, readdirSync, rmSync } from "node:fs";
import { appendFile, open } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { CallRecord } from "@trunkline/trunking";
import { readLine, writeLine } from "./line.ts";

const NAME = /^waiting-(\d{8})\.jsonl$/;

/**
 * Ended call records that found no room in memory while the sink was away, in files of their own: written whole, forced to the disk, read
 * back in order and deleted when the sink has taken all of a file.
 */
export class Spill {
  readonly #dir: string;
  /** Oldest first. */
  #numbers: number[];

  constructor(dir: string) {
    mkdirSync(dir, { recursive: true });
    this.#dir = dir;
    this.#numbers = readdirSync(dir)
      .flatMap((name) => Number(NAME.exec(name)?.[1] ?? []))
      .filter((number) => number > 0)
      .sort((a, b) => a - b);
  }

  get files(): number {
    return this.#numbers.length;
  }

  /** One file of records. Resolves when they survive a loss of power; rejects when the disk takes no more. */
  async write(records: readonly CallRecord[]): Promise<void> {
    const number = (this.#numbers.at(-1) ?? 0) + 1;
    const path = this.#path(number);
    try {
      await appendFile(path, records.map((record) => writeLine({ kind: "carried", record })).join(""), { mode: 0o600 });
      const file = await open(path, "r+");
      await file.datasync();
      await file.close();
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    }
    this.#numbers.push(number);
  }

  /** Gives the oldest file to `save` in batches and deletes it; when `save` rejects, the file stays for the next time. */
  async drainOne(batch: number, save: (records: readonly CallRecord[]) => Promise<void>): Promise<void> {
    const number = this.#numbers[0];
    if (number === undefined) return;
    const path = this.#path(number);
    let records: CallRecord[] = [];
    for await (const text of createInterface({ input: createReadStream(path) })) {
      const line = readLine(text);
      if (line?.kind === "carried") records.push(line.record);
      if (records.length < batch) continue;
      await save(records);
      records = [];
    }
    if (records.length > 0) await save(records);
    rmSync(path, { force: true });
    this.#numbers = this.#numbers.filter((known) => known !== number);
  }

  #path(number: number): string {
    return join(this.#dir, `waiting-${String(number).padStart(8, "0")}.jsonl`);
  }
}
