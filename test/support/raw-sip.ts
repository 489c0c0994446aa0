import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";

type Wire = {
  readonly transport: "udp" | "tcp" | "tls";
  readonly address: string;
  readonly port: number;
  send(data: Uint8Array, port: number, host: string): void;
  close(): void;
};

/** A bare socket that speaks what it is told: for messages no decent stack would send. */
export class RawSip {
  readonly #wire: Wire;
  readonly #received: string[] = [];
  readonly #waiting: (() => void)[] = [];

  private constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** A UDP socket at a free port. */
  static async open(address = "127.0.0.1"): Promise<RawSip> {
    const socket = createSocket("udp4");
    socket.bind(0, address);
    await once(socket, "listening");
    const raw = new RawSip({
      transport: "udp",
      address,
      port: socket.address().port,
      send: (data, port, host) => socket.send(data, port, host),
      close: () => socket.close(),
    });
    socket.on("message", (data) => raw.#take(data.toString("latin1")));
    return raw;
  }

  /**
   * A TCP connection, on which messages are told apart by Content-Length.
   *
   * @param pieceBytes everything is written in pieces of so many octets, one in a turn of the event loop
   */
  static async connect(
    port: number,
    host: string,
    localAddress = "127.0.0.1",
    pieceBytes = Number.POSITIVE_INFINITY,
  ): Promise<RawSip> {
    const socket = connect({ port, host, localAddress, noDelay: true });
    await once(socket, "connect");
    return RawSip.#over(socket, "tcp", localAddress, pieceBytes);
  }

  /** The same over TLS; rejects with what the handshake failed of. Nobody's certificate is checked unless the options say so. */
  static async connectTls(port: number, host: string, options: ConnectionOptions = {}): Promise<RawSip> {
    const { localAddress = "127.0.0.1" } = options as { localAddress?: string };
    const socket = connectTls({ port, host, rejectUnauthorized: false, ...options });
    await once(socket, "secureConnect");
    return RawSip.#over(socket, "tls", localAddress);
  }

  static #over(
    socket: Socket,
    transport: "tcp" | "tls",
    localAddress: string,
    pieceBytes = Number.POSITIVE_INFINITY,
  ): RawSip {
    const pieces: Uint8Array[] = [];
    const writePiece = (): void => {
      const piece = pieces.shift();
      if (piece === undefined || socket.destroyed) return;
      socket.write(piece);
      setImmediate(writePiece);
    };
    const wire: Wire = {
      transport,
      address: localAddress,
      port: socket.localPort ?? 0,
      send: (data) => {
        const idle = pieces.length === 0;
        for (let at = 0; at < data.length; at += pieceBytes) pieces.push(data.subarray(at, at + pieceBytes));
        if (idle) writePiece();
      },
      close: () => socket.destroy(),
    };
    const raw = new RawSip(wire);
    let rest = "";
    socket.on("data", (data) => {
      rest += data.toString("latin1");
      for (let end = messageEnd(rest); end !== undefined; end = messageEnd(rest)) {
        raw.#take(rest.slice(0, end));
        rest = rest.slice(end);
      }
    });
    socket.on("error", () => undefined);
    raw.closed = once(socket, "close").then(() => undefined);
    return raw;
  }

  /** Resolves when the other side has closed; a UDP socket's never does. */
  closed: Promise<void> = new Promise(() => undefined);

  get transport(): "udp" | "tcp" | "tls" {
    return this.#wire.transport;
  }

  get address(): string {
    return this.#wire.address;
  }

  get port(): number {
    return this.#wire.port;
  }

  /** On a connection, port and host are those of its other end. */
  send(text: string | Uint8Array, port: number, host: string): void {
    this.#wire.send(typeof text === "string" ? Buffer.from(text, "latin1") : text, port, host);
  }

  /** What was received and not taken yet. */
  waiting(): readonly string[] {
    return this.#received;
  }

  /** The first message, received or still to come, that `wanted` takes; it is removed. Undefined after `limitMs`. */
  async next(wanted: (message: string) => boolean, limitMs = 5_000): Promise<string | undefined> {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const at = this.#received.findIndex(wanted);
      if (at !== -1) return this.#received.splice(at, 1)[0];
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) return undefined;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** The first final response. */
  final(limitMs?: number): Promise<string | undefined> {
    return this.next((message) => /^SIP\/2\.0 [2-6]/.test(message), limitMs);
  }

  close(): void {
    this.#wire.close();
  }

  #take(message: string): void {
    this.#received.push(message);
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** Where the first message of a stream ends, once it is whole; a CRLF before a message counts as one (a pong, RFC 5626 §4.4.1). */
function messageEnd(stream: string): number | undefined {
  if (stream.startsWith("\r\n")) return 2;
  const head = stream.indexOf("\r\n\r\n");
  if (head === -1) return undefined;
  const length = Number(/^Content-Length: *(\d+)/im.exec(stream.slice(0, head))?.[1] ?? 0);
  return stream.length < head + 4 + length ? undefined : head + 4 + length;
}

export type InviteText = {
  readonly host: string;
  readonly port: number;
  readonly requestUri: string;
  readonly from: string;
  readonly callId: string;
  readonly maxForwards?: number;
  readonly headers?: readonly string[];
  /** Of the Via; default UDP. */
  readonly transport?: "udp" | "tcp" | "tls";
  /** Value of an `a=crypto` line (RFC 4568): the offer is SRTP. */
  readonly crypto?: string;
};

/** An INVITE with a PCMU offer, as text. */
export function inviteText(invite: InviteText): string {
  const body = [
    "v=0",
    `o=raw 1 1 IN IP4 ${invite.host}`,
    "s=-",
    `c=IN IP4 ${invite.host}`,
    "t=0 0",
    `m=audio 16000 RTP/${invite.crypto === undefined ? "AVP" : "SAVP"} 0`,
    "a=rtpmap:0 PCMU/8000",
    ...(invite.crypto === undefined ? [] : [`a=crypto:${invite.crypto}`]),
    "",
  ].join("\r\n");
  return [
    `INVITE ${invite.requestUri} SIP/2.0`,
    `Via: SIP/2.0/${(invite.transport ?? "udp").toUpperCase()} ${invite.host}:${invite.port};branch=z9hG4bK${invite.callId};rport`,
    `Max-Forwards: ${invite.maxForwards ?? 70}`,
    `From: <${invite.from}>;tag=t${invite.callId}`,
    `To: <${invite.requestUri}>`,
    `Call-ID: ${invite.callId}`,
    "CSeq: 1 INVITE",
    `Contact: <sip:raw@${invite.host}:${invite.port}>`,
    ...(invite.headers ?? []),
    "Content-Type: application/sdp",
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join("\r\n");
}

/** The ACK of a refusal, built from the INVITE and its response (RFC 3261 §17.1.1.3). */
export function ackText(invite: string, response: string): string {
  const line = (text: string, name: string): string =>
    text.split("\r\n").find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`)) ?? "";
  return [
    invite.split("\r\n")[0]?.replace("INVITE", "ACK"),
    line(invite, "Via"),
    "Max-Forwards: 70",
    line(invite, "From"),
    line(response, "To"),
    line(invite, "Call-ID"),
    "CSeq: 1 ACK",
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
}
