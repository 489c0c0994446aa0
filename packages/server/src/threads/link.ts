import type { MessagePort, Worker } from "node:worker_threads";

/** Functions that one thread offers to another. Arguments and results must survive a structured clone. */
export type Offer = Readonly<Record<string, (...args: never[]) => unknown>>;

/** The other side's functions as seen from here: every one is asynchronous. */
export type Remote<O extends Offer> = {
  readonly [K in keyof O]: (...args: Parameters<O[K]>) => Promise<Awaited<ReturnType<O[K]>>>;
};

type Message =
  | { readonly kind: "call"; readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly kind: "result"; readonly id: number; readonly value: unknown }
  | { readonly kind: "error"; readonly id: number; readonly message: string; readonly code: string | undefined };

/** The other thread answered with an error, or ended before it answered. */
export class LinkError extends Error {
  readonly code: string;
  constructor(message: string, code = "ERR_LINK") {
    super(message);
    this.code = code;
  }
}

/**
 * Joins two threads over a message port: `offer` is served to the other side, `remote` calls what it offers. Messages keep their order, so
 * whatever was called before a result was sent arrives before that result.
 */
export class Link<Theirs extends Offer> {
  readonly remote: Remote<Theirs>;
  readonly #port: Pick<MessagePort | Worker, "postMessage">;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #nextId = 1;
  #closed: LinkError | undefined;

  constructor(port: MessagePort | Worker, offer: Offer) {
    this.#port = port;
    (port as { on(event: "message", listener: (message: Message) => void): void }).on("message", (message) => {
      if (message.kind === "call") void this.#serve(offer, message);
      else this.#settle(message);
    });
    this.remote = new Proxy({} as Remote<Theirs>, {
      get:
        (_target, name) =>
        (...args: unknown[]) =>
          this.#call(String(name), args),
    });
  }

  /** Rejects every call under way and every later one: the other thread is gone. */
  fail(why: string): void {
    this.#closed = new LinkError(why, "ERR_LINK_CLOSED");
    for (const waiting of this.#pending.values()) waiting.reject(this.#closed);
    this.#pending.clear();
  }

  #call(name: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#closed) return Promise.reject(this.#closed);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#port.postMessage({ kind: "call", id, name, args } satisfies Message);
    });
  }

  async #serve(offer: Offer, call: Message & { readonly kind: "call" }): Promise<void> {
    let answer: Message;
    try {
      const run = offer[call.name];
      if (!run) throw new LinkError(`the other thread offers no ${call.name}`);
      answer = { kind: "result", id: call.id, value: await run(...(call.args as never[])) };
    } catch (error) {
      const { message, code } = error as { readonly message?: string; readonly code?: string };
      answer = { kind: "error", id: call.id, message: message ?? String(error), code };
    }
    this.#port.postMessage(answer);
  }

  #settle(message: Exclude<Message, { readonly kind: "call" }>): void {
    const waiting = this.#pending.get(message.id);
    if (!waiting) return;
    this.#pending.delete(message.id);
    if (message.kind === "result") waiting.resolve(message.value);
    else waiting.reject(new LinkError(message.message, message.code));
  }
}
