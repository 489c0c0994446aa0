import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { namesOf } from "./certificate-names.ts";
import { type ClientHello, readClientHello } from "./client-hello.ts";
import type { ListenerSink } from "./listener.ts";
import type { Remote } from "./stream-listener.ts";
import type { HandshakeFailure, TlsFacts, TlsHello, TlsTerms, TlsVersion } from "./tls.types.ts";
import type { Shown, TlsContexts } from "./tls-contexts.ts";
import { failureOf } from "./tls-failure.ts";
import { isDeprecatedTls } from "./tls-version.ts";

/** Pieces in which a ClientHello may arrive before it is left to OpenSSL unread; one or two are usual. */
const MAX_PIECES = 16;

/** Certificates ready to be shown, about 60 kB each; the one not asked for longest is made ready again when it is. */
const MAX_READY = 200;

/** A handshake under way. */
type Handshake = {
  /** What we will say should the connection close before it is done. */
  failure: HandshakeFailure;
  hello: TlsHello;
  terms: TlsTerms;
  deadline: NodeJS.Timeout | undefined;
  readonly ready: (socket: TLSSocket, facts: TlsFacts) => void;
};

/**
 * The handshakes of peers that connect to us.
 *
 * The ClientHello is read before OpenSSL gets it: which certificates are shown, which versions are spoken and whether the peer is asked for
 * one depend on the name that it asks for, and OpenSSL has chosen the version before it tells anybody that name.
 */
export class TlsAcceptor {
  readonly #contexts: TlsContexts;
  readonly #handshakeMs: number;
  readonly #sink: ListenerSink;
  /** They never listen: they make TLS sockets of connections. Least recently used first. */
  readonly #servers = new Map<string, Server>();
  /** By the peer's address and port, which Node's two events about a handshake have in common with its beginning. */
  readonly #handshakes = new Map<string, Handshake>();

  constructor(contexts: TlsContexts, handshakeMs: number, sink: ListenerSink) {
    this.#contexts = contexts;
    this.#handshakeMs = handshakeMs;
    this.#sink = sink;
  }

  /** Shakes hands; or closes the connection, in time whatever the peer sends meanwhile. */
  accept(socket: Socket, remote: Remote, ready: Handshake["ready"]): void {
    const place = placeOf(remote.address, remote.port);
    const terms: TlsTerms = { deprecatedVersions: false, clientCertificate: false };
    const hello: TlsHello = { remoteAddress: remote.address };
    const handshake: Handshake = { failure: "closed", hello, terms, deadline: undefined, ready };
    this.#handshakes.set(place, handshake);
    handshake.deadline = setTimeout(() => {
      handshake.failure = "timeout";
      socket.destroy();
    }, this.#handshakeMs);
    socket.on("close", () => {
      clearTimeout(handshake.deadline);
      if (this.#handshakes.get(place) !== handshake) return;
      this.#handshakes.delete(place);
      this.#sink.handshakeFailed(remote, handshake.failure, handshake.hello);
    });
    peek(socket, (said) => this.#begin(socket, handshake, said));
  }

  #begin(socket: Socket, handshake: Handshake, said: ClientHello | undefined): void {
    if (said) {
      handshake.hello = { ...handshake.hello, ...said };
      handshake.terms = this.#sink.tlsTerms(handshake.hello);
    }
    this.#serverFor(handshake).emit("connection", socket);
  }

  #serverFor({ hello, terms }: Handshake): Server {
    const shown = this.#contexts.shownFor(hello.serverName);
    try {
      return this.#ready(shown, terms);
    } catch {
      // A certificate that cannot be used must not take its name's peers away: the first one can, that was tried.
      return this.#ready(this.#contexts.shownFor(undefined), terms);
    }
  }

  #ready(shown: Shown, terms: TlsTerms): Server {
    const key = `${this.#contexts.generation} ${shown.id} ${terms.deprecatedVersions} ${terms.clientCertificate}`;
    const server = this.#servers.get(key) ?? this.#makeServer(shown, terms);
    this.#servers.delete(key);
    this.#servers.set(key, server);
    for (const [oldest] of this.#servers) {
      if (this.#servers.size <= MAX_READY) break;
      this.#servers.delete(oldest);
    }
    return server;
  }

  #makeServer(shown: Shown, terms: TlsTerms): Server {
    const server = createServer({
      ...this.#contexts.forServer(shown, terms),
      handshakeTimeout: this.#handshakeMs,
      requestCert: terms.clientCertificate,
      rejectUnauthorized: false,
    });
    server.on("secureConnection", (socket) => this.#secured(socket));
    server.on("tlsClientError", (error, socket) => {
      const handshake = this.#handshakes.get(placeOf(socket.remoteAddress, socket.remotePort));
      if (handshake) handshake.failure = failureOf(error);
      socket.destroy();
    });
    return server;
  }

  #secured(socket: TLSSocket): void {
    const place = placeOf(socket.remoteAddress, socket.remotePort);
    const handshake = this.#handshakes.get(place);
    if (!handshake) {
      socket.destroy();
      return;
    }
    this.#handshakes.delete(place);
    clearTimeout(handshake.deadline);
    const facts = factsOf(socket, handshake.terms);
    this.#sink.counts.handshakesDone += 1;
    if (isDeprecatedTls(facts.version)) this.#sink.counts.handshakesDoneDeprecated += 1;
    handshake.ready(socket, facts);
  }
}

/** Waits until the ClientHello is whole, or is known to be none (undefined). Nothing is taken away from what the socket's next reader gets. */
function peek(socket: Socket, then: (said: ClientHello | undefined) => void): void {
  const pieces: Buffer[] = [];
  const look = (): void => {
    const piece: Buffer | null = socket.read();
    if (piece === null) return;
    pieces.push(piece);
    const octets = pieces.length === 1 ? piece : Buffer.concat(pieces);
    const said = pieces.length < MAX_PIECES ? readClientHello(octets) : "unreadable";
    if (said === "incomplete") return;
    socket.off("readable", look);
    socket.unshift(octets);
    then(said === "unreadable" ? undefined : said);
  };
  socket.on("readable", look);
}

function factsOf(socket: TLSSocket, { clientCertificate }: TlsTerms): TlsFacts {
  const version = versionOf(socket);
  if (!clientCertificate) return { version };
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return { version, peerProblem: "it showed no certificate" };
  if (socket.authorized) return { version, peerNames: namesOf(certificate) };
  return { version, peerProblem: `its certificate is not valid (${String(socket.authorizationError)})` };
}

/** Only versions that we allow are ever agreed on. */
export function versionOf(socket: TLSSocket): TlsVersion {
  return (socket.getProtocol() ?? "TLSv1.2") as TlsVersion;
}

function placeOf(address: string | undefined, port: number | undefined): string {
  return `${address} ${port}`;
}
