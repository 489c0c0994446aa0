import { isIP, type Socket, type TcpNetConnectOpts } from "node:net";
import {
  type ConnectionOptions,
  checkServerIdentity,
  connect,
  createServer,
  type PeerCertificate,
  type SecureContextOptions,
  type Server,
  type TLSSocket,
} from "node:tls";
import { errorCode, type Listener, type ListenerSink } from "./listener.ts";
import type { ListenOn } from "./sip-host.types.ts";
import { type Remote, type StreamKind, StreamListener, type StreamParts } from "./stream-listener.ts";
import type { Target } from "./targets.ts";
import { boundOn, listenTcp } from "./tcp.ts";
import type { HandshakeFailure, TlsPeer } from "./tls.types.ts";
import type { TlsContexts } from "./tls-contexts.ts";

/** What OpenSSL's and Node's codes mean to an operator; the first that matches. */
const FAILURES: readonly (readonly [code: RegExp, failure: HandshakeFailure])[] = [
  [/UNSUPPORTED_PROTOCOL|ALERT_PROTOCOL_VERSION|VERSION_TOO_LOW/, "version"],
  [/NO_SHARED_CIPHER|NO_SUITABLE_SIGNATURE|NO_CIPHERS|INSUFFICIENT_SECURITY/, "cipher"],
  [/WRONG_VERSION_NUMBER|HTTP_REQUEST|HTTPS_PROXY_REQUEST|PACKET_LENGTH|UNKNOWN_PROTOCOL|BAD_RECORD_TYPE/, "not-tls"],
  [/UNEXPECTED_MESSAGE|RECORD_OVERFLOW|RECORD_TOO_SMALL/, "not-tls"],
  [/CERTIFICATE|UNKNOWN_CA|BAD_CERT/, "certificate"],
  [/TIMEOUT/, "timeout"],
  [/ECONNRESET|EPIPE/, "closed"],
];

function failureOf(error: unknown): HandshakeFailure {
  const code = errorCode(error);
  return FAILURES.find(([pattern]) => pattern.test(code))?.[1] ?? "other";
}

/**
 * A certificate names a SIP domain by a SIP URI or by a DNS name (RFC 5922 §7.1); wildcards, which that RFC forbids, are taken as for
 * HTTPS, because the field uses them. Without a host name the address must be in the certificate.
 */
function checkIdentity(host: string, certificate: PeerCertificate): Error | undefined {
  const isNamedByUri = (certificate.subjectaltname ?? "")
    .split(", ")
    .some((name) => name.toLowerCase() === `uri:sip:${host.toLowerCase()}`);
  return isNamedByUri ? undefined : checkServerIdentity(host, certificate);
}

/** A host name that may be sent as SNI (RFC 6066 §3: no addresses). */
function serverNameOf({ serverName }: TlsPeer): string | undefined {
  return serverName !== undefined && isIP(serverName) === 0 && /^[\w.-]+$/.test(serverName) ? serverName : undefined;
}

/** A handshake under way. `failure` is what we will say should the connection close before it is done. */
type Handshake = { failure: HandshakeFailure; readonly ready: (socket: TLSSocket) => void };

class Tls implements StreamKind {
  readonly defaultPort = 5061;
  readonly #contexts: TlsContexts;
  readonly #sink: ListenerSink;
  /** Never listens: it makes TLS sockets of those that passed the limits. */
  readonly #server: Server;
  /** By the peer's address and port, which Node's two events about a handshake have in common with its beginning. */
  readonly #handshakes = new Map<string, Handshake>();
  #shown: SecureContextOptions | undefined;

  constructor(contexts: TlsContexts, handshakeMs: number, sink: ListenerSink) {
    this.#contexts = contexts;
    this.#sink = sink;
    this.#server = createServer({
      handshakeTimeout: handshakeMs,
      SNICallback: (name, done) => done(null, contexts.forServerName(name)),
      requestCert:
        contexts.options.clientCertificates !== undefined && contexts.options.clientCertificates !== "ignore",
      rejectUnauthorized: false,
    });
    this.#server.on("secureConnection", (socket) => this.#secured(socket));
    this.#server.on("tlsClientError", (error, socket) => {
      const handshake = this.#handshakes.get(placeOf(socket.remoteAddress, socket.remotePort));
      if (handshake) handshake.failure = failureOf(error);
      socket.destroy();
    });
  }

  accept(socket: Socket, remote: Remote, ready: (socket: Socket) => void): void {
    const place = placeOf(remote.address, remote.port);
    const handshake: Handshake = { failure: "closed", ready };
    this.#handshakes.set(place, handshake);
    socket.on("close", () => {
      if (this.#handshakes.get(place) !== handshake) return;
      this.#handshakes.delete(place);
      this.#sink.handshakeFailed(remote, handshake.failure);
    });
    this.#showNewest();
    this.#server.emit("connection", socket);
  }

  connect(target: Target, localAddress: string, ready: () => void): Socket {
    const servername = serverNameOf(target.peer);
    const options: ConnectionOptions & TcpNetConnectOpts = {
      host: target.address,
      port: target.port,
      localAddress,
      servername: servername ?? "",
      secureContext: this.#contexts.forClient(),
      rejectUnauthorized: this.#verifies(target.peer),
      checkServerIdentity: (_name, certificate) => checkIdentity(servername ?? target.address, certificate),
    };
    return connect(options).once("secureConnect", ready);
  }

  /** The peer of an accepted connection proved nothing, so it will not do where a name must be proved (RFC 5923 §9.2). */
  mayReuse(peer: TlsPeer): boolean {
    return !this.#verifies(peer);
  }

  #showNewest(): void {
    const newest = this.#contexts.byDefault();
    if (this.#shown === newest) return;
    this.#shown = newest;
    this.#server.setSecureContext(newest);
  }

  #verifies(peer: TlsPeer): boolean {
    return peer.verify ?? this.#contexts.options.verifyServers ?? false;
  }

  #secured(socket: TLSSocket): void {
    const place = placeOf(socket.remoteAddress, socket.remotePort);
    const handshake = this.#handshakes.get(place);
    if (!handshake || (this.#contexts.options.clientCertificates === "require" && !socket.authorized)) {
      if (handshake) handshake.failure = "certificate";
      socket.destroy();
      return;
    }
    this.#handshakes.delete(place);
    handshake.ready(socket);
  }
}

function placeOf(address: string | undefined, port: number | undefined): string {
  return `${address} ${port}`;
}

/** Opens a TLS socket for SIP (RFC 3261 §26.2.1, RFC 8996). Rejects with `ListenError`. */
export async function openTlsListener(
  on: ListenOn,
  parts: Omit<StreamParts, "kind">,
  contexts: TlsContexts,
): Promise<Listener> {
  const server = await listenTcp(on);
  const kind = new Tls(contexts, parts.limits.handshakeMs, parts.sink);
  return new StreamListener(server, boundOn(server, on), { ...parts, kind });
}
