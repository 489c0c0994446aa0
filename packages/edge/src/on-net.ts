import { encodeUtf8, type Flow, type Host } from "@trunkline/sip";
import type { CallRequest, OnNet as OnNetFacts } from "@trunkline/trunking";

/** One of our own UDP sockets, from which and at which the edge calls itself. */
export type OwnSocket = { readonly address: string; readonly port: number };

const HALF_HEX_DIGITS = 32;

/**
 * How the edge calls itself (TERM-12) and knows its own call again: it comes from its own socket, with a Call-ID that nobody else could have
 * made. The socket alone is not enough, since customers too can name us in their origination URLs.
 */
export class OnNet implements OnNetFacts {
  readonly #socket: OwnSocket;
  readonly #host: Pick<Host, "randomHex" | "hash">;
  readonly #secret: string;

  constructor(host: Pick<Host, "randomHex" | "hash">, socket: OwnSocket) {
    this.#socket = socket;
    this.#host = host;
    this.#secret = host.randomHex(32);
  }

  get host(): string {
    const { address } = this.#socket;
    return address.includes(":") ? `[${address}]` : address;
  }

  get port(): number {
    return this.#socket.port;
  }

  /** The address to leave from. */
  get localAddress(): string {
    return this.#socket.address;
  }

  newCallId(): string {
    const half = this.#host.randomHex(HALF_HEX_DIGITS / 2);
    return half + this.#otherHalf(half);
  }

  isOurs({
    sourceAddress,
    sourcePort,
    sipCallId,
  }: Pick<CallRequest, "sourceAddress" | "sourcePort" | "sipCallId">): boolean {
    const { address, port } = this.#socket;
    if (sourceAddress !== address || sourcePort !== port || sipCallId.length !== 2 * HALF_HEX_DIGITS) return false;
    return sipCallId.slice(HALF_HEX_DIGITS) === this.#otherHalf(sipCallId.slice(0, HALF_HEX_DIGITS));
  }

  /** True for what never leaves the machine, and so is not bound to the size of a datagram outside (RFC 3261 §18.1.1). */
  isWithin({ localAddress, remoteAddress, remotePort }: Flow): boolean {
    const { address, port } = this.#socket;
    return localAddress === address && remoteAddress === address && remotePort === port;
  }

  #otherHalf(half: string): string {
    return this.#host.hash("SHA-256", encodeUtf8(`${this.#secret} ${half}`)).slice(0, HALF_HEX_DIGITS);
  }
}
