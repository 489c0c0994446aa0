import { connect, createServer, isIPv6, type Server } from "node:net";
import { errorCode, ListenError, type Listener } from "./listener.ts";
import type { ListenOn } from "./sip-host.types.ts";
import { type StreamKind, StreamListener, type StreamParts } from "./stream-listener.ts";

/** Connections the kernel completes before we come to accept them: a burst of customers after a network's return. */
const ACCEPT_BACKLOG = 1_024;

const TCP: StreamKind = {
  defaultPort: 5060,
  accept: (socket, _remote, ready) => ready(socket),
  connect: ({ address, port }, localAddress, ready) => connect({ host: address, port, localAddress }, ready),
  mayReuse: () => true,
};

/** A listening TCP socket. Rejects with `ListenError`. */
export function listenTcp(on: ListenOn): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(new ListenError(errorCode(cause), on, cause)));
    const { address: host, port } = on;
    // ipv6Only: see `bind` of UDP.
    server.listen({ host, port, ipv6Only: isIPv6(host), exclusive: true, backlog: ACCEPT_BACKLOG }, () => {
      server.removeAllListeners("error");
      resolve(server);
    });
  });
}

/** The port a server was given. */
export function boundOn(server: Server, on: ListenOn): ListenOn {
  const bound = server.address();
  return typeof bound === "object" && bound !== null ? { ...on, port: bound.port } : on;
}

/** Opens a TCP socket for SIP (RFC 3261 §18). Rejects with `ListenError`. The address is a concrete one, see `expandWildcard`. */
export async function openTcpListener(on: ListenOn, parts: Omit<StreamParts, "kind">): Promise<Listener> {
  const server = await listenTcp(on);
  return new StreamListener(server, boundOn(server, on), { ...parts, kind: TCP });
}
