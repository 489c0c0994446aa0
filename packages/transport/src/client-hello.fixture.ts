export type HelloParts = {
  readonly serverName?: string;
  /** Default TLS 1.2. */
  readonly legacyVersion?: number;
  /** RFC 8446 §4.2.1; absent: the extension is. */
  readonly supportedVersions?: readonly number[];
  readonly suites?: readonly number[];
  /** Octets of the hello per record; default all in one. */
  readonly recordBytes?: number;
  /** Octets of an extension that nobody knows. */
  readonly paddingBytes?: number;
};

/** A ClientHello as octets, well formed but for what the parts say: for what no TLS library would send. */
export function clientHello(parts: HelloParts = {}): Buffer {
  const { legacyVersion = 0x0303, suites = [0x002f], recordBytes = 16_384, serverName } = parts;
  const { supportedVersions, paddingBytes } = parts;
  const extensions = [
    ...(serverName === undefined ? [] : [extension(0, vector(2, number(1, 0), vector(2, latin1(serverName))))]),
    ...(supportedVersions ? [extension(43, vector(1, ...supportedVersions.map((one) => number(2, one))))] : []),
    extension(10, vector(2, number(2, 0x0017), number(2, 0x0018))), // P-256, P-384
    extension(13, vector(2, number(2, 0x0401), number(2, 0x0403), number(2, 0x0201), number(2, 0x0804))),
    ...(paddingBytes === undefined ? [] : [extension(21, Buffer.alloc(paddingBytes))]),
  ];
  const body = Buffer.concat([
    number(2, legacyVersion),
    Buffer.alloc(32, 7),
    vector(1),
    vector(2, ...suites.map((suite) => number(2, suite))),
    vector(1, number(1, 0)),
    vector(2, ...extensions),
  ]);
  const message = Buffer.concat([number(1, 1), number(3, body.length), body]);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += recordBytes) {
    records.push(number(1, 22), number(2, 0x0301), vector(2, message.subarray(at, at + recordBytes)));
  }
  return Buffer.concat(records);
}

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
const extension = (kind: number, content: Buffer): Buffer => Buffer.concat([number(2, kind), vector(2, content)]);

function vector(lengthBytes: number, ...content: readonly Buffer[]): Buffer {
  const whole = Buffer.concat(content);
  return Buffer.concat([number(lengthBytes, whole.length), whole]);
}

function number(bytes: number, value: number): Buffer {
  const octets = Buffer.alloc(bytes);
  octets.writeUIntBE(value, 0, bytes);
  return octets;
}
