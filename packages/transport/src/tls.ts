import { isIP, type Socket, type TcpNetConnectOpts } from "node:net";
import { type ConnectionOptions, checkServerIdentity, connect, type PeerCertificate } from "node:tls";
import { alternativeNames } from "./certificate-names.ts";
import type { Listener } from "./listener.ts";
import type { ListenOn } from "./sip-host.types.ts";
import { type Remote, type StreamKind, StreamListener, type StreamParts } from "./stream-listener.ts";
import type { Target } from "./targets.ts";
import { boundOn, listenTcp } from "./tcp.ts";
import type { TlsFacts, TlsPeer } from "./tls.types.ts";
import { TlsAcceptor, versionOf } from "./tls-acceptor.ts";
import type { TlsContexts } from "./tls-contexts.ts";
import { isDeprecatedTls } from "./tls-version.ts";

/**
 * A certificate names a SIP domain by a SIP URI or by a DNS name (RFC 5922 §7.1); wildcards, which that RFC forbids, are taken as for
 * HTTPS, because the field uses them. Without a host name the address must be in the certificate.
 */
function checkIdentity(host: string, certificate: PeerCertificate): Error | undefined {
  const uri = `sip:${host.toLowerCase()}`;
  const isNamedByUri = alternativeNames(certificate.subjectaltname).some(
    ({ kind, value }) => kind === "URI" && value.toLowerCase() === uri,
  );
  return isNamedByUri ? undefined : checkServerIdentity(host, certificate);
}

/** A host name that may be sent as SNI (RFC 6066 §3: no addresses). */
function serverNameOf({ serverName }: TlsPeer): string | undefined {
  return serverName !== undefined && isIP(serverName) === 0 && /^[\w.-]+$/.test(serverName) ? serverName : undefined;
}

class Tls implements StreamKind {
  readonly defaultPort = 5061;
  readonly #contexts: TlsContexts;
  readonly #acceptor: TlsAcceptor;
  readonly #facts = new WeakMap<Socket, TlsFacts>();

  constructor(contexts: TlsContexts, { limits, sink }: Pick<StreamParts, "limits" | "sink">) {
    this.#contexts = contexts;
    this.#acceptor = new TlsAcceptor(contexts, limits.handshakeMs, sink);
  }

  accept(socket: Socket, remote: Remote, ready: (socket: Socket) => void): void {
    this.#acceptor.accept(socket, remote, (secured, facts) => {
      this.#facts.set(secured, facts);
      ready(secured);
    });
  }

  connect(target: Target, localAddress: string, ready: () => void): Socket {
    const { peer } = target;
    const servername = serverNameOf(peer);
    const options: ConnectionOptions & TcpNetConnectOpts = {
      host: target.address,
      port: target.port,
      localAddress,
      servername: servername ?? "",
      secureContext: this.#contexts.forClient(peer),
      rejectUnauthorized: this.#verifies(peer),
      checkServerIdentity: (_name, certificate) => checkIdentity(servername ?? target.address, certificate),
    };
    const socket = connect(options);
    return socket.once("secureConnect", () => {
      this.#facts.set(socket, { version: versionOf(socket) });
      ready();
    });
  }

  facts(socket: Socket): TlsFacts | undefined {
    return this.#facts.get(socket);
  }

  /**
   * The peer of an accepted connection proved nothing, so it will not do where a name must be proved (RFC 5923 §9.2); nor may it be of a
   * version that was allowed for somebody else.
   */
  mayReuse(peer: TlsPeer, socket: Socket): boolean {
    const facts = this.#facts.get(socket);
    const isFresh = facts !== undefined && (peer.deprecatedVersions === true || !isDeprecatedTls(facts.version));
    return isFresh && !this.#verifies(peer);
  }

  #verifies(peer: TlsPeer): boolean {
    return peer.verify ?? this.#contexts.options.verifyServers ?? false;
  }
}

/** Opens a TLS socket for SIP (RFC 3261 §26.2.1, RFC 8996). Rejects with `ListenError`. */
export async function openTlsListener(
  on: ListenOn,
  parts: Omit<StreamParts, "kind">,
  contexts: TlsContexts,
): Promise<Listener> {
  const server = await listenTcp(on);
  return new StreamListener(server, boundOn(server, on), { ...parts, kind: new Tls(contexts, parts) });
}
