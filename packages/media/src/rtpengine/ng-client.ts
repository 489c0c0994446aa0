import { randomBytes } from "node:crypto";
import type { Socket } from "node:dgram";
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { isMalformed } from "@trunkline/sip";
import { type Bencodable, type Dictionary, readBencode, textIn, writeBencode } from "./bencode.ts";

/** Where a server listens for the control protocol (`--listen-ng`). */
export type NgAddress = { readonly host: string; readonly port: number };

/** Keys and values of one command, as rtpengine's manual names them. */
export type NgCommand = { readonly command: string; readonly [key: string]: Bencodable };

export type NgReply =
  | { readonly kind: "ok"; readonly fields: Dictionary }
  /** It answered that it will not. */
  | { readonly kind: "refused"; readonly why: string }
  /** Nothing that can be used came in time. Whether the command was carried out is not known. */
  | { readonly kind: "silent"; readonly why: string };

/** A server of the same network answers within a millisecond; one that lost the datagram gets it again after this, then after twice that. */
const FIRST_RETRANSMIT_MS = 150;
const LAST_RETRANSMIT_MS = 600;
/** Requests that wait for one server, some KiB each; more come only when it has stopped answering. */
const MAX_WAITING = 2_000;
/** Of those, so many are on their way at once: what the system's usual receive buffers hold, the server's and ours. */
const MAX_ON_THE_WAY = 50;
/** Rides out stalls of the event loop; Linux caps it at `rmem_max`. */
const RECEIVE_BUFFER_BYTES = 1_048_576;

type Waiting = {
  readonly datagram: Buffer;
  readonly settle: (reply: NgReply) => void;
  retransmitMs: number;
  timer: NodeJS.Timeout | undefined;
};

/**
 * Speaks rtpengine's control protocol ("ng") over UDP with one server. A datagram is a cookie, a space and a dictionary; the reply carries
 * the same cookie. A request is repeated with its cookie until it is answered: the server knows cookies of the last half minute and answers
 * the repeated one from memory, so that nothing is done twice.
 */
export class NgClient {
  readonly #address: NgAddress;
  readonly #waiting = new Map<string, Waiting>();
  /** Cookies of those that have not been sent yet, the oldest first. */
  readonly #queue = new Set<string>();
  /** Unpredictable, so that nobody who does not see the requests can answer them. */
  readonly #prefix = randomBytes(9).toString("base64url");
  #lastNumber = 0;
  #socket: Promise<Socket> | undefined;
  #closed = false;

  constructor(address: NgAddress) {
    this.#address = address;
  }

  /** Never rejects. @param limitMs after which the answer is `silent` */
  async request(command: NgCommand, limitMs: number): Promise<NgReply> {
    if (this.#closed) return silent("the control connection is closed");
    if (this.#waiting.size >= MAX_WAITING) return silent("too many requests wait for this server");
    this.#lastNumber += 1;
    const cookie = `${this.#prefix}${this.#lastNumber}`;
    const datagram = Buffer.from(`${cookie} ${writeBencode(command)}`, "latin1");
    return new Promise((resolve) => {
      // After a stall of ours the answer may be there already, and timers come before sockets.
      const giveUp = (): void => waiting.settle(silent(`no answer in ${Math.round(limitMs)} ms`));
      const limit = setTimeout(() => setImmediate(giveUp), limitMs);
      const waiting: Waiting = {
        datagram,
        settle: (reply) => {
          this.#waiting.delete(cookie);
          this.#queue.delete(cookie);
          clearTimeout(limit);
          clearTimeout(waiting.timer);
          resolve(reply);
          this.#sendNext();
        },
        retransmitMs: FIRST_RETRANSMIT_MS,
        timer: undefined,
      };
      this.#waiting.set(cookie, waiting);
      this.#queue.add(cookie);
      this.#sendNext();
    });
  }

  /** Our address on the way to the server. Rejects when its name cannot be found. */
  async localAddress(): Promise<string> {
    return (await this.#connected()).address().address;
  }

  /** Looks the server's name up again for the next request, unless an answer may still come. */
  refresh(): void {
    if (this.#waiting.size > 0) return;
    this.#drop();
  }

  /** Requests that still wait are answered `silent`. */
  close(): void {
    this.#closed = true;
    this.#failAll("the control connection is closed");
    this.#drop();
  }

  #sendNext(): void {
    for (const cookie of this.#queue) {
      if (this.#waiting.size - this.#queue.size >= MAX_ON_THE_WAY) return;
      this.#queue.delete(cookie);
      const waiting = this.#waiting.get(cookie);
      if (waiting) this.#transmit(cookie, waiting);
    }
  }

  #transmit(cookie: string, waiting: Waiting): void {
    waiting.timer = setTimeout(() => this.#transmit(cookie, waiting), waiting.retransmitMs);
    waiting.retransmitMs = Math.min(2 * waiting.retransmitMs, LAST_RETRANSMIT_MS);
    this.#connected().then(
      (socket) => {
        if (!this.#waiting.has(cookie)) return;
        socket.send(waiting.datagram, (error) => {
          if (error) waiting.settle(silent(error.message));
        });
      },
      (error: Error) => waiting.settle(silent(error.message)),
    );
  }

  #connected(): Promise<Socket> {
    this.#socket ??= this.#connect().catch((error) => {
      this.#socket = undefined;
      throw error;
    });
    return this.#socket;
  }

  async #connect(): Promise<Socket> {
    const { address, family } = await lookup(this.#address.host);
    const socket = createSocket({ type: family === 6 ? "udp6" : "udp4", recvBufferSize: RECEIVE_BUFFER_BYTES });
    await new Promise<void>((resolve, reject) => {
      socket.once("error", (error) => {
        socket.close();
        reject(error);
      });
      // Connected: datagrams of others are not delivered, and a server that is not there is told at once (ICMP). A callback of `connect`
      // would be called for its failure too.
      socket.once("connect", resolve);
      socket.connect(this.#address.port, address);
    });
    socket.removeAllListeners("error");
    socket.on("message", (datagram) => this.#onDatagram(datagram.toString("latin1")));
    socket.on("error", (error) => this.#failAll(error.message));
    return socket;
  }

  #onDatagram(text: string): void {
    const space = text.indexOf(" ");
    this.#waiting.get(text.slice(0, space))?.settle(readReply(text.slice(space + 1)));
  }

  #failAll(why: string): void {
    for (const waiting of [...this.#waiting.values()]) waiting.settle(silent(why));
  }

  #drop(): void {
    void this.#socket?.then((socket) => socket.close()).catch(() => undefined);
    this.#socket = undefined;
  }
}

function readReply(text: string): NgReply {
  const fields = readBencode(text);
  if (isMalformed(fields)) return silent(`an unreadable answer (${fields.what} at ${fields.at})`);
  if (!(fields instanceof Map)) return silent("an answer that is no dictionary");
  const result = textIn(fields, "result");
  if (result === "ok" || result === "pong") return { kind: "ok", fields };
  return { kind: "refused", why: textIn(fields, "error-reason") ?? textIn(fields, "message") ?? `result ${result}` };
}

function silent(why: string): NgReply {
  return { kind: "silent", why };
}
