import { Malformed } from "@trunkline/sip";

/**
 * Bencoding, the notation of rtpengine's control protocol: integers, byte strings, lists and dictionaries. Byte strings are latin1 text here,
 * one character a byte, like everything that comes from a socket.
 */
export type Bencodable = number | string | readonly Bencodable[] | { readonly [key: string]: Bencodable };

/** What was read. Dictionaries are maps, so that no key can be mistaken for a property. */
export type Bencoded = number | string | readonly Bencoded[] | Dictionary;
export type Dictionary = ReadonlyMap<string, Bencoded>;

/** Deeper than any reply goes (5); a stranger's brackets must not become our stack. */
const MAX_DEPTH = 16;

/** Writes a value; dictionaries in the order of their keys, so that the same value is the same text. */
export function writeBencode(value: Bencodable): string {
  if (typeof value === "number") return `i${Math.trunc(value)}e`;
  if (typeof value === "string") return `${value.length}:${value}`;
  if (isList(value)) return `l${value.map(writeBencode).join("")}e`;
  const entries = Object.keys(value)
    .sort()
    .map((key) => writeBencode(key) + writeBencode(value[key] as Bencodable));
  return `d${entries.join("")}e`;
}

/** Reads one value that fills the whole text. Of a key that comes twice the last one counts. */
export function readBencode(text: string): Bencoded | Malformed {
  const reader = new Reader(text);
  const value = reader.value(0);
  if (value === undefined || reader.at !== text.length) return new Malformed("bencoding", reader.at);
  return value;
}

/** The dictionary under that key, or an empty one. */
export function dictionaryIn(dictionary: Dictionary, key: string): Dictionary {
  const value = dictionary.get(key);
  return value instanceof Map ? value : EMPTY;
}

/** The dictionaries of the list under that key; whatever else is in it is left out. */
export function dictionariesIn(dictionary: Dictionary, key: string): readonly Dictionary[] {
  const value = dictionary.get(key);
  return Array.isArray(value) ? value.filter((one) => one instanceof Map) : [];
}

export function textIn(dictionary: Dictionary, key: string): string | undefined {
  const value = dictionary.get(key);
  return typeof value === "string" ? value : undefined;
}

export function numberIn(dictionary: Dictionary, key: string): number | undefined {
  const value = dictionary.get(key);
  return typeof value === "number" ? value : undefined;
}

const EMPTY: Dictionary = new Map();

function isList(value: Bencodable): value is readonly Bencodable[] {
  return Array.isArray(value);
}

/** Walks the text once; `undefined` means that nothing readable stands there, and `at` where. */
class Reader {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Bencoded | undefined {
    if (depth > MAX_DEPTH) return undefined;
    const kind = this.#text[this.at];
    if (kind === "i") return this.#integer();
    if (kind === "l") return this.#list(depth);
    if (kind === "d") return this.#dictionary(depth);
    return this.#string();
  }

  #integer(): number | undefined {
    const end = this.#text.indexOf("e", this.at);
    const digits = end < 0 ? "" : this.#text.slice(this.at + 1, end);
    if (!/^-?\d{1,20}$/.test(digits)) return undefined;
    this.at = end + 1;
    return Number(digits);
  }

  #string(): string | undefined {
    const colon = this.#text.indexOf(":", this.at);
    const digits = colon < 0 ? "" : this.#text.slice(this.at, colon);
    if (!/^\d{1,9}$/.test(digits)) return undefined;
    const end = colon + 1 + Number(digits);
    if (end > this.#text.length) return undefined;
    this.at = end;
    return this.#text.slice(colon + 1, end);
  }

  #list(depth: number): readonly Bencoded[] | undefined {
    const list: Bencoded[] = [];
    this.at += 1;
    while (this.#text[this.at] !== "e") {
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      list.push(item);
    }
    this.at += 1;
    return list;
  }

  #dictionary(depth: number): Dictionary | undefined {
    const dictionary = new Map<string, Bencoded>();
    this.at += 1;
    while (this.#text[this.at] !== "e") {
      const key = this.#string();
      const value = key === undefined ? undefined : this.value(depth + 1);
      if (key === undefined || value === undefined) return undefined;
      dictionary.set(key, value);
    }
    this.at += 1;
    return dictionary;
  }
}
