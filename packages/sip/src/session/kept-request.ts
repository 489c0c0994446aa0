import type { SipRequest } from "../message/message.ts";
import { readMessage } from "../message/read.ts";
import { copyString } from "../message/text.ts";
import { Unreadable } from "../message/unreadable.ts";

/** A request that stays readable for as long as its session lives, yet as mere text while nobody looks at it. */
export class KeptRequest {
  #text: string;
  #request: SipRequest | undefined;

  constructor(request: SipRequest | string) {
    this.#text = typeof request === "string" ? request : request.raw;
    this.#request = typeof request === "string" ? undefined : request;
  }

  get(): SipRequest {
    this.#request ??= readOwn(this.#text);
    return this.#request;
  }

  /** Lets go of everything but a copy of the text. */
  shrink(): void {
    this.#request = undefined;
    this.#text = copyString(this.#text);
  }
}

/** The text was written by us or has been read before. */
function readOwn(text: string): SipRequest {
  const message = readMessage(text);
  if (message instanceof Unreadable || message.kind === "response") throw new Error("a kept request cannot be read");
  return message;
}
