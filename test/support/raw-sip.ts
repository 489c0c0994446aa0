import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

/** A bare UDP socket that speaks what it is told: for requests no decent stack would send. */
export class RawSip {
  readonly #socket: Socket;
  readonly #received: string[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly address: string;

  private constructor(socket: Socket, address: string) {
    this.#socket = socket;
    this.address = address;
    socket.on("message", (data) => {
      this.#received.push(data.toString("latin1"));
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  static async open(address = "127.0.0.1"): Promise<RawSip> {
    const socket = createSocket("udp4");
    socket.bind(0, address);
    await once(socket, "listening");
    return new RawSip(socket, address);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  send(text: string | Uint8Array, port: number, host: string): void {
    this.#socket.send(typeof text === "string" ? Buffer.from(text, "latin1") : text, port, host);
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
    this.#socket.close();
  }
}

export type InviteText = {
  readonly host: string;
  readonly port: number;
  readonly requestUri: string;
  readonly from: string;
  readonly callId: string;
  readonly maxForwards?: number;
  readonly headers?: readonly string[];
};

/** An INVITE with a plain PCMU offer, as text. */
export function inviteText(invite: InviteText): string {
  const body = [
    "v=0",
    `o=raw 1 1 IN IP4 ${invite.host}`,
    "s=-",
    `c=IN IP4 ${invite.host}`,
    "t=0 0",
    "m=audio 16000 RTP/AVP 0",
    "a=rtpmap:0 PCMU/8000",
    "",
  ].join("\r\n");
  return [
    `INVITE ${invite.requestUri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${invite.host}:${invite.port};branch=z9hG4bK${invite.callId};rport`,
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
