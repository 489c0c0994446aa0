import { MAX_UNCLAIMED_BYTES, MAX_UNCLAIMED_MESSAGES, UNCLAIMED_MS } from "./bounds.ts";
import { type Noted, NotedMessages } from "./noted-messages.ts";

type Waiting = { readonly sinceMs: number; readonly messages: NotedMessages };

/**
 * Messages of dialogs that are no call yet, or will never be: the INVITE itself, its challenge, the INVITEs of strangers. Bounded in all, so
 * that a flood costs no memory; of too many the oldest are forgotten.
 */
export class Unclaimed {
  readonly #byKey = new Map<string, Waiting>();
  #bytes = 0;

  get size(): number {
    return this.#byKey.size;
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** @param begins it may be the first of its dialog; others are only kept with one that was */
  note(key: string, message: Noted, begins: boolean): void {
    const found = this.#byKey.get(key);
    if (found === undefined && !begins) return;
    const waiting = found ?? { sinceMs: message.atMs, messages: new NotedMessages(MAX_UNCLAIMED_MESSAGES) };
    if (found === undefined) this.#byKey.set(key, waiting);
    const before = waiting.messages.bytes;
    waiting.messages.push(message);
    this.#bytes += waiting.messages.bytes - before;
    this.#forgetOldest(message.atMs);
  }

  /** Gives them away. */
  take(key: string): NotedMessages | undefined {
    const found = this.#byKey.get(key);
    if (found === undefined) return undefined;
    this.#byKey.delete(key);
    this.#bytes -= found.messages.bytes;
    return found.messages;
  }

  /** It is a stranger's that was dropped in silence. What a known peer began under the same Call-ID stays. */
  disregard(key: string): void {
    if (this.#byKey.get(key)?.messages.count === 1) this.take(key);
  }

  #forgetOldest(nowMs: number): void {
    for (const [key, { sinceMs }] of this.#byKey) {
      if (this.#bytes <= MAX_UNCLAIMED_BYTES && nowMs - sinceMs <= UNCLAIMED_MS) return;
      this.take(key);
    }
  }
}
