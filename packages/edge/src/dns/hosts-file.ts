import { readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";

/** Addresses by lower-case name, as a hosts file gives them. */
export type HostsTable = ReadonlyMap<string, readonly string[]>;

/** How often the file is looked at for changes. */
const LOOK_MS = 5_000;

/** Reads the text of a hosts file (hosts(5)); lines that make no sense are passed over. */
export function parseHosts(text: string): HostsTable {
  const table = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const name of names) {
      const key = name.toLowerCase();
      table.set(key, [...(table.get(key) ?? []), address]);
    }
  }
  return table;
}

/** The machine's hosts file, read again when it changed. A file that is not there is an empty one. */
export class HostsFile {
  readonly #path: string;
  #table: HostsTable = new Map();
  #changedMs = Number.NaN;
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Addresses of a name; undefined when the file does not know it. `localhost` and everything below it is this machine whatever the file
   * says (RFC 6761 §6.3).
   */
  addresses(name: string, nowMs: number): readonly string[] | undefined {
    const key = name.toLowerCase().replace(/\.$/, "");
    if (key === "localhost" || key.endsWith(".localhost")) return ["127.0.0.1", "::1"];
    this.#refresh(nowMs);
    return this.#table.get(key);
  }

  #refresh(nowMs: number): void {
    if (nowMs - this.#lookedMs < LOOK_MS) return;
    this.#lookedMs = nowMs;
    try {
      const { mtimeMs } = statSync(this.#path);
      if (mtimeMs === this.#changedMs) return;
      this.#table = parseHosts(readFileSync(this.#path, "utf8"));
      this.#changedMs = mtimeMs;
    } catch {
      this.#table = new Map();
      this.#changedMs = Number.NaN;
    }
  }
}
