import { createSocket, type RemoteInfo, type Socket, type SocketType } from "node:dgram";
import { isIPv6 } from "node:net";
import type { Flow } from "@trunkline/sip";
import { errorCode, ListenError, type Listener, type ListenerSink } from "./listener.ts";
import type { ListenOn } from "./sip-host.types.ts";

/** Asked of the kernel for each direction: some 2,000 messages, a stall of the event loop of half a second at 4,000 messages a second. */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

/** Most bytes waiting for a kernel that takes no more; above it messages are lost, as UDP may, and the stack retransmits. */
const MAX_SEND_QUEUE_BYTES = 4 * 1024 * 1024;

/** The kernel is short of room for a moment. The datagram is lost, the flow is not. */
const PASSING_ERRORS: ReadonlySet<string> = new Set(["ENOBUFS", "EAGAIN", "EINTR", "ENOMEM"]);

const CR = 13;
const LF = 10;

/** Our peers are addresses, never names: Node's own look-up (a thread pool job per unknown name) must not run. */
function noLookup(host: string, family: unknown, done: (error: null, address: string, family: number) => void): void {
  done(null, host, family as number);
}

/**
 * Only line ends or NULs: what phones send to keep a NAT binding open.
 * RFC 3261 §7.5 has servers skip CRLF before a start line; nothing follows here, and UDP keep-alives are not answered.
 */
function isKeepAlive(datagram: Buffer): boolean {
  for (const byte of datagram) if (byte !== CR && byte !== LF && byte !== 0) return false;
  return true;
}

class UdpListener implements Listener {
  readonly on: ListenOn;
  readonly #socket: Socket;
  readonly #sink: ListenerSink;

  constructor(socket: Socket, sink: ListenerSink) {
    const { address, port } = socket.address();
    this.on = { transport: "udp", address, port };
    this.#socket = socket;
    this.#sink = sink;
    socket.on("message", (datagram, remote) => this.#receive(datagram, remote));
    socket.on("error", () => {
      sink.counts.receiveErrors += 1;
    });
  }

  flowTo(remoteAddress: string, remotePort: number): Flow {
    return {
      transport: "udp",
      localAddress: this.on.address,
      localPort: this.on.port,
      remoteAddress,
      remotePort,
    };
  }

  send(flow: Flow, wire: string): void {
    const { counts } = this.#sink;
    try {
      if (this.#socket.getSendQueueSize() > MAX_SEND_QUEUE_BYTES) {
        counts.droppedUnsent += 1;
        return;
      }
      this.#socket.send(Buffer.from(wire, "latin1"), flow.remotePort, flow.remoteAddress, (error) => {
        if (error) this.#failed(flow, error);
        else counts.sent += 1;
      });
    } catch (error) {
      // A port out of range or a closed socket throws at once; the stack must hear of it later, like of any other error.
      setImmediate(() => this.#failed(flow, error));
    }
  }

  /** There is no connection to close. */
  closeFlow(): void {}

  tlsOf(): undefined {
    return undefined;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      try {
        this.#socket.close(() => resolve());
      } catch {
        resolve(); // closed before
      }
    });
  }

  #failed(flow: Flow, error: unknown): void {
    const code = errorCode(error);
    this.#sink.counts.sendErrors += 1;
    if (!PASSING_ERRORS.has(code)) this.#sink.flowFailed(flow, code);
  }

  #receive(datagram: Buffer, remote: RemoteInfo): void {
    const { counts, maxMessageBytes } = this.#sink;
    if (datagram.length === 0) {
      counts.droppedEmpty += 1;
    } else if (datagram.length > maxMessageBytes) {
      counts.droppedOversized += 1;
    } else if ((datagram[0] as number) <= CR && isKeepAlive(datagram)) {
      counts.droppedKeepAlives += 1;
    } else {
      counts.received += 1;
      this.#sink.message(this.flowTo(remote.address, remote.port), datagram.toString("latin1"));
    }
  }
}

function bind(on: ListenOn): Promise<Socket> {
  const type: SocketType = isIPv6(on.address) ? "udp6" : "udp4";
  // ipv6Only: `::` must not take the IPv4 port as well, or two listeners of one configuration would collide.
  const socket = createSocket({ type, ipv6Only: type === "udp6", lookup: noLookup });
  return new Promise((resolve, reject) => {
    socket.once("error", (cause) => {
      socket.close();
      reject(new ListenError(errorCode(cause), on, cause));
    });
    socket.bind({ address: on.address, port: on.port, exclusive: true }, () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
  });
}

/** Opens a UDP socket for SIP (RFC 3261 §18). Rejects with `ListenError`. The address is a concrete one, see `expandWildcard`. */
export async function openUdpListener(on: ListenOn, sink: ListenerSink): Promise<Listener> {
  const socket = await bind(on);
  try {
    socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
    socket.setSendBufferSize(SOCKET_BUFFER_BYTES);
  } catch {
    // Some kernels refuse instead of giving what they have. The default size still works, with less patience for stalls.
  }
  return new UdpListener(socket, sink);
}
