/** Sources kept apart under one key: a call has one or two, and whoever has the key may make up more. */
export const MAX_SOURCES = 8;

/** What is known of each source under one key, by SSRC; bounded: the one unheard for longest gives way. */
export class Sources<T extends { readonly ssrc: number }> {
  /** The latest last. */
  readonly #list: T[] = [];

  find(ssrc: number): T | undefined {
    const list = this.#list;
    const last = list.length - 1;
    for (let i = last; i >= 0; i -= 1) {
      const source = list[i] as T;
      if (source.ssrc !== ssrc) continue;
      for (let later = i; later < last; later += 1) list[later] = list[later + 1] as T;
      list[last] = source;
      return source;
    }
    return undefined;
  }

  /** True when another had to go. */
  add(source: T): boolean {
    this.#list.push(source);
    if (this.#list.length <= MAX_SOURCES) return false;
    this.#list.shift();
    return true;
  }

  get all(): readonly T[] {
    return this.#list;
  }
}
