import type { Flow } from "@trunkline/sip";
import type { CapturedLeg } from "@trunkline/trunking";

/** A message as it passed. */
export type Noted = {
  /** By the host's clock. */
  readonly atMs: number;
  readonly direction: "in" | "out";
  readonly flow: Flow;
  readonly text: string;
  readonly leg: CapturedLeg | undefined;
};

/** Messages of one call, within bounds: of too many the first and the last are kept, since a call is explained by how it began and ended. */
export class NotedMessages {
  readonly #most: number;
  readonly #mostBytes: number;
  readonly #first: Noted[] = [];
  readonly #last: Noted[] = [];
  #firstBytes = 0;
  #lastBytes = 0;
  #isFirstFull = false;
  #dropped = 0;

  constructor({ messages, bytes }: { readonly messages: number; readonly bytes: number }) {
    this.#most = messages;
    this.#mostBytes = bytes;
  }

  get bytes(): number {
    return this.#firstBytes + this.#lastBytes;
  }

  get count(): number {
    return this.#first.length + this.#last.length;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** One that is not kept. */
  drop(): void {
    this.#dropped++;
  }

  push(message: Noted): void {
    const { length } = message.text;
    this.#isFirstFull ||= this.#first.length >= this.#most / 2 || this.#firstBytes + length > this.#mostBytes / 2;
    if (!this.#isFirstFull) {
      this.#first.push(message);
      this.#firstBytes += length;
      return;
    }
    this.#last.push(message);
    this.#lastBytes += length;
    while (this.#last.length > this.#most / 2 || this.#lastBytes > this.#mostBytes / 2) {
      const oldest = this.#last.shift();
      if (oldest === undefined) return;
      this.#lastBytes -= oldest.text.length;
      this.#dropped++;
    }
  }

  all(): readonly Noted[] {
    return [...this.#first, ...this.#last];
  }
}
