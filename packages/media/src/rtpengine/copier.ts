import type { Socket } from "node:dgram";
import type { Leg } from "../plane.ts";
import { RingWriter } from "../recorder/ring.ts";
import type { PayloadFormat } from "../rtp/codec.ts";
import { headerLength, isRtcp } from "../rtp/header.ts";
import { bindUdp } from "../rtp/udp.ts";

/** What the plane and its copying thread tell each other: a handful of messages per recorded call and none per packet. */
export type CopyRequest =
  /** Binds a socket for each leg's copies. @see CopyReply */
  | { readonly kind: "open"; readonly copy: number; readonly address: string; readonly ring: SharedArrayBuffer }
  /** Where a leg's copies come from; nothing else is heard. Null when it is, or why it cannot be. */
  | { readonly kind: "hear"; readonly copy: number; readonly leg: Leg; readonly address: string; readonly port: number }
  /** What payload types mean in packets from that leg. */
  | { readonly kind: "formats"; readonly copy: number; readonly leg: Leg; readonly formats: readonly PayloadFormat[] }
  | { readonly kind: "close"; readonly copy: number };

/** Ports that were bound, or why they could not be. */
export type CopyReply = { readonly ports: Readonly<Record<Leg, number>> } | { readonly why: string } | null;

type Copy = { readonly writer: RingWriter; readonly sockets: Readonly<Record<Leg, Socket>>; readonly heard: Set<Leg> };

/** Takes the copies that rtpengine sends of recorded calls, and puts them into the recorder's rings. Knows sockets, no thread. */
export class Copier {
  readonly #copies = new Map<number, Copy>();

  async handle(request: CopyRequest): Promise<CopyReply> {
    switch (request.kind) {
      case "open":
        return this.#open(request);
      case "hear":
        return this.#hear(request);
      case "formats":
        this.#copies.get(request.copy)?.writer.formats(request.leg, request.formats);
        return null;
      case "close":
        this.#close(request.copy);
        return null;
      default:
        return request satisfies never;
    }
  }

  async #open({ copy, address, ring }: CopyRequest & { readonly kind: "open" }): Promise<CopyReply> {
    this.#close(copy);
    const writer = new RingWriter(ring);
    let a: Socket | undefined;
    try {
      a = await bindUdp(address, 0);
      const sockets = { a, b: await bindUdp(address, 0) };
      this.#copies.set(copy, { writer, sockets, heard: new Set() });
      return { ports: { a: sockets.a.address().port, b: sockets.b.address().port } };
    } catch (error) {
      a?.close();
      return { why: error instanceof Error ? error.message : String(error) };
    }
  }

  /** From here on the system drops what others send to the socket. */
  async #hear({ copy, leg, address, port }: CopyRequest & { readonly kind: "hear" }): Promise<CopyReply> {
    const opened = this.#copies.get(copy);
    if (opened === undefined) return null;
    const { writer, sockets, heard } = opened;
    const socket = sockets[leg];
    if (heard.delete(leg)) socket.removeAllListeners("message").disconnect();
    const why = await connect(socket, port, address);
    if (why !== null) return { why };
    heard.add(leg);
    socket.on("message", (packet) => {
      const { length } = packet;
      if (headerLength(packet, length) < 0 || isRtcp(packet, length)) return;
      writer.take(leg, packet, length, performance.now());
    });
    return null;
  }

  #close(copy: number): void {
    const opened = this.#copies.get(copy);
    if (opened === undefined) return;
    this.#copies.delete(copy);
    opened.sockets.a.close();
    opened.sockets.b.close();
  }
}

/** Null when connected, or why not. A callback of `connect` would be called for its failure too. */
function connect(socket: Socket, port: number, address: string): Promise<string | null> {
  return new Promise((resolve) => {
    const settle = (why: string | null): void => {
      socket.off("connect", connected).off("error", failed);
      resolve(why);
    };
    const connected = (): void => settle(null);
    const failed = (error: Error): void => settle(error.message);
    socket.once("connect", connected).once("error", failed).connect(port, address);
  });
}
