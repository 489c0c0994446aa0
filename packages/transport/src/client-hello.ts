import type { TlsVersion } from "./tls.types.ts";

/** What a ClientHello says that the terms of the handshake depend on. */
export type ClientHello = {
  /** In lower case, without a final dot; absent: the peer asks for no name (RFC 6066 §3). */
  readonly serverName?: string;
  /** The newest version it offers; absent: none that is known. */
  readonly newestVersion?: TlsVersion | "SSLv3";
};

/** RFC 8446 §5.1. */
const HANDSHAKE_RECORD = 22;
const MAX_RECORD_BYTES = 16_384;
const RECORD_HEADER_BYTES = 5;
/** RFC 8446 §4. */
const CLIENT_HELLO = 1;
const MESSAGE_HEADER_BYTES = 4;
/** Octets looked at. With post-quantum key shares a hello has some 2 kB; what is longer is left to OpenSSL unseen. */
export const MAX_HELLO_BYTES = 16_384;
/** Records it may be cut into. One is usual; smaller and smaller ones would only make us count. */
const MAX_RECORDS = 16;

const SERVER_NAME = 0;
const HOST_NAME = 0;
const SUPPORTED_VERSIONS = 43;

const VERSIONS: readonly (readonly [code: number, version: TlsVersion | "SSLv3"])[] = [
  [0x0304, "TLSv1.3"],
  [0x0303, "TLSv1.2"],
  [0x0302, "TLSv1.1"],
  [0x0301, "TLSv1"],
  [0x0300, "SSLv3"],
];

/**
 * Reads the beginning of a TLS connection (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2), as far as it has arrived. `incomplete`: there is more to
 * come; `unreadable`: no ClientHello, or an oversized one. Never throws; OpenSSL judges the handshake, this only looks at it.
 */
export function readClientHello(octets: Buffer): ClientHello | "incomplete" | "unreadable" {
  const message = firstMessage(octets);
  if (typeof message === "string") return message;
  const cursor = new Cursor(message);
  const legacyVersion = cursor.number(2);
  cursor.skip(32); // random
  cursor.vector(1); // session id
  cursor.vector(2); // cipher suites
  cursor.vector(1); // compression methods
  const extensions = cursor.atEnd ? undefined : cursor.vector(2);
  if (cursor.isBroken) return "unreadable";
  let serverName: string | undefined;
  let offered: readonly number[] = [legacyVersion];
  while (extensions && !extensions.atEnd) {
    const kind = extensions.number(2);
    const content = extensions.vector(2);
    if (kind === SERVER_NAME) serverName = readServerName(content);
    if (kind === SUPPORTED_VERSIONS) offered = readVersions(content);
    if (extensions.isBroken || content.isBroken) return "unreadable";
  }
  const newestVersion = VERSIONS.find(([code]) => offered.includes(code))?.[1];
  return { ...(serverName === undefined ? {} : { serverName }), ...(newestVersion ? { newestVersion } : {}) };
}

/** The body of the first handshake message, which may be cut into records at any octet. */
function firstMessage(octets: Buffer): Buffer | "incomplete" | "unreadable" {
  const pieces: Buffer[] = [];
  for (let at = 0; pieces.length < MAX_RECORDS; ) {
    const header = octets.subarray(at, at + RECORD_HEADER_BYTES);
    if ((header[0] ?? HANDSHAKE_RECORD) !== HANDSHAKE_RECORD || (header[1] ?? 3) !== 3) return "unreadable";
    if (header.length < RECORD_HEADER_BYTES) return octets.length > MAX_HELLO_BYTES ? "unreadable" : "incomplete";
    const length = header.readUInt16BE(3);
    if (length === 0 || length > MAX_RECORD_BYTES) return "unreadable";
    at += RECORD_HEADER_BYTES;
    pieces.push(octets.subarray(at, at + length));
    at += length;
    const message = wholeMessage(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces));
    if (message !== "incomplete") return message;
    if (octets.length > MAX_HELLO_BYTES) return "unreadable";
    if (at > octets.length) return "incomplete";
  }
  return "unreadable";
}

function wholeMessage(octets: Buffer): Buffer | "incomplete" | "unreadable" {
  if ((octets[0] ?? CLIENT_HELLO) !== CLIENT_HELLO) return "unreadable";
  if (octets.length < MESSAGE_HEADER_BYTES) return "incomplete";
  const end = MESSAGE_HEADER_BYTES + octets.readUIntBE(1, 3);
  if (end > MAX_HELLO_BYTES) return "unreadable";
  return octets.length < end ? "incomplete" : octets.subarray(MESSAGE_HEADER_BYTES, end);
}

/** RFC 6066 §3: a list, of which one host name is the only kind ever defined. */
function readServerName(content: Cursor): string | undefined {
  const list = content.vector(2);
  const kind = list.number(1);
  const name = list.vector(2).text();
  const isHostName = kind === HOST_NAME && name.length <= 253 && /^[\w.-]+$/.test(name);
  return isHostName ? name.toLowerCase().replace(/\.$/, "") : undefined;
}

function readVersions(content: Cursor): readonly number[] {
  const list = content.vector(1);
  const versions: number[] = [];
  while (!list.atEnd) versions.push(list.number(2));
  return versions;
}

/** Reads numbers and length-prefixed vectors (RFC 8446 §3.4). Past the end everything is zero and empty, and `isBroken` tells. */
class Cursor {
  readonly #octets: Buffer;
  #at = 0;
  isBroken = false;

  constructor(octets: Buffer) {
    this.#octets = octets;
  }

  get atEnd(): boolean {
    return this.isBroken || this.#at >= this.#octets.length;
  }

  number(bytes: 1 | 2): number {
    const taken = this.#take(bytes);
    return taken.length === bytes ? taken.readUIntBE(0, bytes) : 0;
  }

  skip(bytes: number): void {
    this.#take(bytes);
  }

  vector(lengthBytes: 1 | 2): Cursor {
    return new Cursor(this.#take(this.number(lengthBytes)));
  }

  text(): string {
    return this.#octets.toString("latin1");
  }

  #take(bytes: number): Buffer {
    const taken = this.#octets.subarray(this.#at, this.#at + bytes);
    this.#at += bytes;
    if (taken.length < bytes) this.isBroken = true;
    return taken;
  }
}
