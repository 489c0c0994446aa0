import type { RemoteInfo, Socket } from "node:dgram";
import { bindUdp } from "../rtp/udp.ts";
import type { NgAddress } from "./ng-client.ts";

/** Sees a request's cookie and dictionary, and sends datagrams back as it likes. */
type Answer = (cookie: string, request: string, say: (text: string) => void) => void;

/** Something that listens where an rtpengine would, and answers as the test says. */
export class ScriptedServer {
  readonly address: NgAddress;
  /** Whole datagrams, in order. */
  readonly received: string[] = [];
  readonly #socket: Socket;

  private constructor(socket: Socket, answer: Answer) {
    const { address, port } = socket.address();
    this.address = { host: address, port };
    this.#socket = socket.on("message", (datagram, from: RemoteInfo) => {
      const text = datagram.toString("latin1");
      this.received.push(text);
      const space = text.indexOf(" ");
      const say = (reply: string): void => socket.send(Buffer.from(reply, "latin1"), from.port, from.address);
      answer(text.slice(0, space), text.slice(space + 1), say);
    });
  }

  static async open(answer: Answer, address = "127.0.0.1"): Promise<ScriptedServer> {
    return new ScriptedServer(await bindUdp(address, 0), answer);
  }

  close(): void {
    this.#socket.close();
  }
}
