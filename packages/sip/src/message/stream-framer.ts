import { Malformed } from "../malformed.ts";
import { DEFAULT_READ_LIMITS, type Lines, type ReadLimits, readLines } from "./lines.ts";
import { parseNumber } from "./text.ts";
import { replyHeaders, Unreadable } from "./unreadable.ts";

export type StreamFramerOptions = {
  /**
   * Who opened the connection. On one the peer opened, a double CRLF between messages is its ping; on one we opened, each CRLF
   * is the pong to ours (RFC 5626 §4.4.1: only the client pings).
   */
  readonly openedBy: "peer" | "us";
  readonly limits?: ReadLimits;
};

export type StreamEvent =
  /** One whole message for `readMessage`. */
  | { readonly kind: "message"; readonly text: string }
  /** To be answered with one CRLF. */
  | { readonly kind: "ping" }
  | { readonly kind: "pong" }
  /** Where the next message begins can no longer be known: answer the refusal if it has a `reply`, then close. */
  | { readonly kind: "broken"; readonly refusal: Unreadable };

const EMPTY_LINE = /\n\r?\n/g;

/**
 * Cuts a byte stream into SIP messages by Content-Length (RFC 3261 §18.3), whatever pieces it arrives in.
 *
 * A missing, malformed or repeated Content-Length and a message above the limits break the stream for good: guessing would let
 * one message hide in another. A message with any other fault is passed on, for `readMessage` to refuse. Memory: at most one
 * message and the last chunk.
 */
export class StreamFramer {
  readonly #openedBy: "peer" | "us";
  readonly #limits: ReadLimits;
  #buffer = "";
  /** Where the search for the empty line goes on. */
  #searched = 0;
  /** Length of the message at the start of the buffer, once its headers are complete. */
  #messageLength: number | undefined;
  /** CRLFs since the last message or ping. */
  #crlfs = 0;
  #broken = false;

  constructor(options: StreamFramerOptions) {
    this.#openedBy = options.openedBy;
    this.#limits = options.limits ?? DEFAULT_READ_LIMITS;
  }

  /** Takes the next chunk, one character per octet, and gives what it completes, in order. Nothing after `broken`. */
  push(chunk: string): readonly StreamEvent[] {
    const events: StreamEvent[] = [];
    if (this.#broken) return events;
    this.#buffer += chunk;
    for (;;) {
      const event = this.#takeKeepAlive() ?? this.#takeMessage();
      if (event === undefined) return events;
      if (event !== "nothing") events.push(event);
      if (this.#broken) return events;
    }
  }

  #takeKeepAlive(): StreamEvent | "nothing" | undefined {
    if (this.#messageLength !== undefined || this.#searched > 0) return undefined;
    if (this.#buffer.startsWith("\n")) return this.#consume(1, "nothing");
    if (!this.#buffer.startsWith("\r\n")) return undefined;
    if (this.#openedBy === "us") return this.#consume(2, { kind: "pong" });
    this.#crlfs = (this.#crlfs + 1) % 2;
    return this.#consume(2, this.#crlfs === 0 ? { kind: "ping" } : "nothing");
  }

  #takeMessage(): StreamEvent | undefined {
    if (this.#messageLength === undefined) {
      const refusal = this.#measure();
      if (refusal) return this.#break(refusal);
    }
    const length = this.#messageLength;
    if (length === undefined || this.#buffer.length < length) return undefined;
    this.#crlfs = 0;
    return this.#consume(length, { kind: "message", text: this.#buffer.slice(0, length) });
  }

  /** Finds the end of the headers and from them the length of the message. */
  #measure(): Unreadable | undefined {
    // A lone CR may be half of a keep-alive.
    if (this.#buffer === "" || this.#buffer === "\r") return undefined;
    EMPTY_LINE.lastIndex = this.#searched;
    const found = EMPTY_LINE.test(this.#buffer);
    if (!found) {
      // The pattern may begin with the last two octets.
      this.#searched = Math.max(1, this.#buffer.length - 2);
      return this.#buffer.length > this.#limits.maxMessageBytes ? refuse(TOO_LARGE) : undefined;
    }
    const headLength = EMPTY_LINE.lastIndex;
    const lines = readLines(this.#buffer.slice(0, headLength), this.#limits);
    const bodyLength = contentLength(lines);
    if (bodyLength instanceof Malformed) return refuse(bodyLength.what, lines);
    const length = headLength + bodyLength;
    if (length > this.#limits.maxMessageBytes) return refuse(TOO_LARGE, lines);
    this.#messageLength = length;
    return undefined;
  }

  #consume<T>(length: number, result: T): T {
    this.#buffer = this.#buffer.slice(length);
    this.#searched = 0;
    this.#messageLength = undefined;
    return result;
  }

  #break(refusal: Unreadable): StreamEvent {
    this.#broken = true;
    this.#buffer = "";
    return { kind: "broken", refusal };
  }
}

const TOO_LARGE = "Message Too Large";

function contentLength({ headers }: Lines): number | Malformed {
  const values = headers.filter(({ key }) => key === "content-length");
  const [first] = values;
  if (!first) return new Malformed("Missing Content-Length");
  if (values.length > 1) return new Malformed("Repeated Content-Length");
  const length = parseNumber(first.value, Number.MAX_SAFE_INTEGER, "Content-Length");
  return length instanceof Malformed ? new Malformed("Malformed Content-Length") : length;
}

function refuse(what: string, lines?: Lines): Unreadable {
  const status = what === TOO_LARGE ? 513 : 400;
  return new Unreadable(what, 0, status, lines && replyHeaders(lines.startLine, lines.headers));
}
