import { X509Certificate } from "node:crypto";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { onTestFinished } from "vitest";
import type { HandshakeFailure, SipHostOptions, TlsHello, TlsOptions, TlsTerms } from "./index.ts";
import { Inbox, type Opened, open } from "./sip-host.fixture.ts";
import { makeCa } from "./tls-material.fixture.ts";

export const ca = makeCa("Test CA");
export const EC = ca.issue(["DNS:*.pstn.example", "DNS:example", "IP:127.0.0.1"]);
export const RSA = ca.issue(["DNS:*.pstn.example", "DNS:example", "IP:127.0.0.1"], "rsa");
export const OTHER = ca.issue(["DNS:sip.other.example", "URI:sip:other.example"]);
const MATERIAL: TlsOptions = { certificates: [EC, RSA, OTHER], caPem: ca.caPem };

type Failure = { address: string; port: number; failure: HandshakeFailure; hello: TlsHello };
type TlsOpened = Opened & { handshakes: Inbox<Failure> };

/** A host with a TLS listener that has one certificate for each kind of key, and tells of failed handshakes. */
export async function tls(
  options: Partial<TlsOptions> = {},
  more: Partial<SipHostOptions> = {},
  address = "127.0.0.1",
): Promise<TlsOpened> {
  const handshakes = new Inbox<Failure>();
  const onHandshakeFailed: SipHostOptions["onHandshakeFailed"] = (remote, failure, hello) =>
    handshakes.put({ ...remote, failure, hello });
  const opened = await open(address, { tls: { ...MATERIAL, ...options }, onHandshakeFailed, ...more }, "tls");
  return { ...opened, handshakes };
}

/** A peer that finished its handshake (TLS 1.3: and heard us after it), or the code it failed with. */
export async function peer(port: number, options: ConnectionOptions = {}): Promise<TLSSocket | string> {
  const socket = connect({ host: "127.0.0.1", port, ca: ca.caPem, servername: "example", ...options });
  onTestFinished(() => void socket.destroy());
  return new Promise((resolve) => {
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on("close", () => resolve("closed"));
    socket.once("secureConnect", () => socket.write("\r\n\r\n"));
    socket.once("data", () => resolve(socket));
  });
}

/** The same; rejects with the code. */
export async function connected(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = await peer(port, options);
  if (typeof socket === "string") throw new Error(socket);
  return socket;
}

export const terms = (some: Partial<TlsTerms>): TlsTerms => ({
  deprecatedVersions: false,
  clientCertificate: false,
  ...some,
});
export const serialOf = (pem: string): string => new X509Certificate(pem).serialNumber;
export const shownSerial = (socket: TLSSocket): string => socket.getPeerCertificate().serialNumber;
