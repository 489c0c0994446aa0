import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import {
  DEFAULT_READ_LIMITS,
  type Flow,
  type StreamEvent,
  StreamFramer,
  type Unreadable,
  writeRefusal,
} from "@trunkline/sip";
import { errorCode, type ListenerSink } from "./listener.ts";
import type { StreamLimits } from "./stream-limits.ts";

/** Silence after which the kernel asks whether the peer is still there, so that half-open connections are found. */
const KEEP_ALIVE_AFTER_MS = 60_000;

/** RFC 5626 §4.4.1: the answer to a double CRLF. */
const PONG = "\r\n";

const ONLY_LINE_ENDS = /^[\r\n]*$/;

export type ConnectionOptions = {
  readonly flow: Flow;
  readonly openedBy: "peer" | "us";
  readonly limits: StreamLimits;
  readonly sink: ListenerSink;
  /** Called once, before the first message is handed on. */
  readonly onFirstMessage?: () => void;
  /** Called once, never from inside `send`: nothing can be sent any more. */
  readonly onGone: (reason: string) => void;
};

/**
 * One TCP or TLS connection that speaks SIP: cuts what it hears into messages, answers pings, keeps its deadlines and its backlog.
 *
 * It lives as long as its socket. A peer that breaks the framing, drips or reads no more loses it (RFC 3261 §18.3, §18.4).
 */
export class Connection {
  readonly flow: Flow;
  /** For what its kind of stream knows of it; reading, writing and closing are the connection's own. */
  readonly socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #framer: StreamFramer;
  #deadline: NodeJS.Timeout | undefined;
  #heardMessage = false;
  #closing = false;
  #gone = false;
  #reason: string | undefined;

  /** @param socket accepted, or still connecting when we opened it; then `opened` follows */
  constructor(socket: Socket, options: ConnectionOptions) {
    const { limits, openedBy, sink } = options;
    this.flow = options.flow;
    this.socket = socket;
    this.#options = options;
    this.#framer = new StreamFramer({
      openedBy,
      limits: { ...DEFAULT_READ_LIMITS, maxMessageBytes: sink.maxMessageBytes },
    });
    socket.setEncoding("latin1");
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_AFTER_MS);
    socket.setTimeout(limits.idleMs);
    socket.on("data", (chunk: string) => this.#receive(chunk));
    socket.on("timeout", () => {
      sink.counts.connectionsClosedIdle += 1;
      this.end("idle");
    });
    socket.on("error", (error) => {
      this.#reason ??= errorCode(error);
    });
    socket.on("close", () => {
      this.#clearDeadline();
      this.#setGone(this.#reason ?? "closed by peer");
    });
    if (openedBy === "us") this.#within(limits.connectMs, () => this.#abort("connect timeout"));
    else this.#within(limits.firstMessageMs, () => this.#tooSlow());
  }

  /** The connection that we opened stands. */
  opened(): void {
    this.#clearDeadline();
  }

  get usable(): boolean {
    return !this.#closing && !this.socket.destroyed;
  }

  /** Queues behind what was sent before, also while still connecting. */
  send(wire: string): void {
    const { counts } = this.#options.sink;
    if (!this.usable) {
      counts.droppedUnsent += 1;
      return;
    }
    if (this.socket.writableLength + wire.length > this.#options.limits.maxWriteBacklogBytes) {
      counts.droppedUnsent += 1;
      counts.connectionsClosedBacklog += 1;
      this.#abort("write backlog");
      return;
    }
    this.socket.write(wire, "latin1", (error) => {
      if (error) counts.sendErrors += 1;
      else counts.sent += 1;
    });
  }

  /**
   * Closes once everything sent has left. The peer is still heard, not read, for a while: closing with unread input would make the kernel
   * reset the connection and throw away our last words.
   */
  end(reason: string): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#reason ??= reason;
    this.socket.end();
    this.#within(this.#options.limits.lingerMs, () => this.socket.destroy());
    setImmediate(() => this.#setGone(reason));
  }

  /** Resolves when the socket is closed. */
  closed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.closed) resolve();
      else this.socket.once("close", () => resolve());
    });
  }

  #receive(chunk: string): void {
    if (this.#closing) return;
    const events = this.#framer.push(chunk);
    for (const event of events) {
      this.#take(event);
      if (!this.usable) return;
    }
    this.#watch(chunk, events);
  }

  #take(event: StreamEvent): void {
    const { sink } = this.#options;
    switch (event.kind) {
      case "message":
        sink.counts.received += 1;
        if (!this.#heardMessage) this.#options.onFirstMessage?.();
        this.#heardMessage = true;
        sink.message(this.flow, event.text);
        break;
      case "ping":
        sink.counts.pings += 1;
        this.socket.write(PONG, "latin1");
        break;
      case "pong":
        sink.counts.pongs += 1;
        break;
      case "broken":
        sink.counts.brokenStreams += 1;
        this.#refuse(event.refusal);
        break;
      default:
        event satisfies never;
    }
  }

  #refuse(refusal: Unreadable): void {
    if (this.#options.sink.answerBrokenStream(this.flow, refusal)) {
      const wire = writeRefusal(refusal, this.flow, randomBytes(8).toString("hex"));
      if (wire !== undefined) this.send(wire);
    }
    this.end(`broken stream: ${refusal.what}`);
  }

  /**
   * Keeps the deadline of an unfinished message. It begins with a piece that completes nothing; a single CRLF, the keep-alive of many
   * phones, is no piece of a message. Until the first message of a peer, its own deadline runs on.
   */
  #watch(chunk: string, events: readonly StreamEvent[]): void {
    if (this.#options.openedBy === "peer" && !this.#heardMessage) return;
    if (events.length > 0) this.#clearDeadline();
    else if (this.#deadline === undefined && !ONLY_LINE_ENDS.test(chunk)) {
      this.#within(this.#options.limits.messageMs, () => this.#tooSlow());
    }
  }

  #tooSlow(): void {
    this.#options.sink.counts.connectionsClosedSlow += 1;
    this.#abort(this.#heardMessage ? "message timeout" : "first message timeout");
  }

  #abort(reason: string): void {
    this.#reason ??= reason;
    this.socket.destroy();
  }

  #within(ms: number, act: () => void): void {
    this.#clearDeadline();
    this.#deadline = setTimeout(act, ms);
  }

  #clearDeadline(): void {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
  }

  #setGone(reason: string): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#options.onGone(reason);
  }
}
