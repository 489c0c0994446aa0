import type { Client } from "./client.ts";
import type { Row } from "./fields.ts";
import { type Fields, type Item, keyOf, quoted, type Value } from "./item.ts";
import { KINDS, type KindName, type Place, partsOf, titleOf } from "./kinds.ts";

/** What an account (and, with the operator's credentials, the installation) has. */
export type State = {
  readonly items: readonly Item[];
  /** What the API calls each of them, by `keyOf`. */
  readonly sids: ReadonlyMap<string, string>;
  /** What is there and cannot be said in a file. */
  readonly notes: readonly string[];
};

export type Wanted = {
  /** Kinds that are read with everything that is part of them. */
  readonly roots: ReadonlySet<KindName>;
  /** Kinds of which the names are enough, because something refers to them. */
  readonly names?: ReadonlySet<KindName>;
  /** Kinds that the server does not have, fields of ours among them; an account of Twilio's lacks most. */
  readonly twilio?: boolean;
  /** What the platform makes for itself and nobody else shall write. */
  readonly skippedSids?: ReadonlySet<string>;
  readonly onProgress?: (what: string, count: number) => void;
};

/** Two things have one name, so that a file could not tell them apart. `message` has a line for each name. */
class AmbiguousNames extends Error {
  readonly code = "ERR_AMBIGUOUS";
}

/** How many requests are under way at once: few enough to be no burden for anybody. */
const AT_ONCE = 4;

/**
 * Reads what is there. Rejects with `ApiError`, and with `AmbiguousNames`, because a name is what a file knows a thing by; an account of
 * Twilio's is read for a new file, where names can be made: there a second "Office" becomes "Office 2", and a note says so.
 */
export async function readState(client: Client, wanted: Wanted): Promise<State> {
  const reader = new Reader(client, wanted);
  for (const kind of partsOf(null)) {
    if (wanted.roots.has(kind)) await reader.read(kind, [], [], true);
    else if (wanted.names?.has(kind)) await reader.read(kind, [], [], false);
  }
  if (reader.ambiguous.length > 0) throw new AmbiguousNames(reader.ambiguous.join("\n"));
  return reader;
}

class Reader implements State {
  readonly items: Item[] = [];
  readonly sids = new Map<string, string>();
  readonly notes: string[] = [];
  readonly ambiguous: string[] = [];
  readonly #client: Client;
  readonly #wanted: Wanted;
  readonly #trunkNames = new Map<string, string>();
  #limits: Promise<ReadonlyMap<string, Row>> | undefined;
  #trunkSettings: Promise<ReadonlyMap<string, Row>> | undefined;

  constructor(client: Client, wanted: Wanted) {
    this.#client = client;
    this.#wanted = wanted;
  }

  /** @param above names, and `parents` SIDs, of what the kind is part of; @param deep with all that is part of it */
  async read(name: KindName, above: readonly string[], parents: readonly string[], deep: boolean): Promise<void> {
    const kind = KINDS[name];
    const place = { accountSid: this.#client.accountSid, parents };
    if (kind.form === "one") return this.#readOne(name, above, place);
    const rows: { readonly row: Row; readonly path: readonly string[]; readonly sid: string }[] = [];
    const taken = new Set<string>();
    for await (const row of this.#client.list(kind.collection(place), kind.key)) {
      const sid = kind.sidOf?.(row) ?? String(row["sid"]);
      if (this.#wanted.skippedSids?.has(sid)) continue;
      const own = this.#nameOf(name, row, sid, taken, above);
      rows.push({ row, path: [...above, own], sid });
      this.#wanted.onProgress?.(`${kind.noun}s`, rows.length);
    }
    const settings = name === "trunk" && deep ? await this.#settingsOfTrunks() : undefined;
    for (const { row, path, sid } of rows) {
      if (name === "trunk") this.#trunkNames.set(sid, path.at(-1) ?? "");
      this.#add({ kind: name, path, fields: this.#fieldsOf(name, { ...settings?.get(sid), ...row }) }, sid);
      this.#noteOf(name, path, row);
    }
    if (!deep) return;
    await inParallel(rows, async ({ path, sid }) => {
      for (const part of partsOf(name)) await this.read(part, path, [...parents, sid], true);
    });
  }

  async #readOne(name: KindName, path: readonly string[], place: Place): Promise<void> {
    if (this.#wanted.twilio) return;
    const kind = KINDS[name];
    const owner = place.parents.at(-1) ?? place.accountSid;
    const isLimit = kind.key === "limits";
    const row = isLimit ? (await this.#allLimits()).get(owner) : await this.#client.get(kind.collection(place));
    if (row === undefined) return;
    this.#add({ kind: name, path, fields: this.#fieldsOf(name, row) }, isLimit ? owner : "");
    this.#noteOf(name, path, row);
  }

  #add(item: Item, sid: string): void {
    this.items.push(item);
    this.sids.set(keyOf(item), sid);
  }

  #nameOf(name: KindName, row: Row, sid: string, taken: Set<string>, above: readonly string[]): string {
    const { nameOf, noun } = KINDS[name];
    const given = nameOf(row);
    const own = given ?? (this.#wanted.twilio ? noun : sid);
    const free = this.#wanted.twilio ? firstFree(own, taken) : own;
    if (this.#wanted.twilio && free !== given) {
      this.notes.push(
        `${titleOf(name, [...above, own])} (${sid}): its name is not its own; it is called ${quoted(free)} here`,
      );
    } else if (given === null) {
      this.ambiguous.push(`${noun} ${sid} has no name; give it one (FriendlyName), because a file knows it by that`);
    } else if (taken.has(own)) {
      const title = titleOf(name, [...above, own]);
      this.ambiguous.push(`${title} is there more than once (${sid} is the second); give one of them another name`);
    }
    taken.add(free);
    return free;
  }

  #fieldsOf(name: KindName, row: Row): Fields {
    const read = Object.entries(KINDS[name].fields).map(([key, field]): readonly [string, Value] => {
      if (!field.trunk) return [key, field.read(row)];
      const trunkSid = row["trunk_sid"];
      return [key, typeof trunkSid === "string" ? (this.#trunkNames.get(trunkSid) ?? null) : null];
    });
    return Object.fromEntries(read);
  }

  #noteOf(name: KindName, path: readonly string[], row: Row): void {
    const title = titleOf(name, path);
    if (typeof row["recording_public_key_sid"] === "string") {
      this.notes.push(
        `${title}: recordings are encrypted to public key ${row["recording_public_key_sid"]}, which a file does not have`,
      );
    }
    if (name === "number" && row["voice_application_sid"]) {
      this.notes.push(`${title}: voice application ${row["voice_application_sid"]} is not taken along; set it by hand`);
    }
  }

  #allLimits(): Promise<ReadonlyMap<string, Row>> {
    this.#limits ??= this.#byKey("/trunkline/v1/Limits", "limits", "owner_sid");
    return this.#limits;
  }

  async #settingsOfTrunks(): Promise<ReadonlyMap<string, Row>> {
    if (this.#wanted.twilio) return new Map();
    this.#trunkSettings ??= this.#byKey("/trunkline/v1/Trunks", "trunks", "sid");
    return this.#trunkSettings;
  }

  async #byKey(path: string, key: string, property: string): Promise<ReadonlyMap<string, Row>> {
    const found = new Map<string, Row>();
    for await (const row of this.#client.list(path, key)) found.set(String(row[property]), row);
    return found;
  }
}

function firstFree(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let n = 2;
  while (taken.has(`${name} ${n}`)) n += 1;
  return `${name} ${n}`;
}

async function inParallel<T>(all: readonly T[], run: (one: T) => Promise<void>): Promise<void> {
  const rest = all.values();
  const worker = async (): Promise<void> => {
    for (const one of rest) await run(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
