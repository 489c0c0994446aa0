import { withOrigin } from "./showing.ts";

/** The origin under which a leg sees our descriptions: its version rises when, and only when, what is shown changes (RFC 3264 §8). */
export class ShownOrigin {
  readonly #sessionId: number;
  #version = 0;
  #text = "";

  /** @param sessionId below 2^31, unpredictable */
  constructor(sessionId: number) {
    this.#sessionId = sessionId;
  }

  /** @param text without origin, as `showOffer` and `showAnswer` write it */
  sign(text: string, address: string): string {
    if (text !== this.#text) {
      this.#version += 1;
      this.#text = text;
    }
    return withOrigin(text, address, this.#sessionId, this.#version);
  }
}
