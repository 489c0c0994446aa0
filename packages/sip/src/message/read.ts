import { Malformed } from "../malformed.ts";
import { parseCSeq } from "./cseq.ts";
import { DEFAULT_READ_LIMITS, findHeader, type ReadLimits, readLines } from "./lines.ts";
import type { MessageBase, RawHeader, SipMessage, SipRequest, SipResponse } from "./message.ts";
import { parseNameAddr } from "./name-addr.ts";
import { isToken, parseNumber, splitList } from "./text.ts";
import { replyHeaders, Unreadable } from "./unreadable.ts";
import { isUri, parseSipUri } from "./uri.ts";
import type { CSeq, NameAddr, SipUri, Via } from "./values.ts";
import { parseVia } from "./via.ts";

/** Header fields of which a message has at most one (RFC 3261 §7.3.1, RFC 4475 §3.3.8 and §3.3.9). */
const SINGLE: ReadonlySet<string> = new Set([
  "call-id",
  "content-length",
  "content-type",
  "cseq",
  "from",
  "max-forwards",
  "to",
]);

/** Far above any message: where a Content-Length stops being a number worth comparing. */
const MAX_CONTENT_LENGTH = 2 ** 31;

type StartLine =
  | {
      readonly kind: "request";
      readonly method: string;
      readonly requestUri: string;
      readonly target: SipUri | undefined;
    }
  | { readonly kind: "response"; readonly status: number; readonly reason: string };

/** The five values every layer needs. */
type Essentials = {
  readonly callId: string;
  readonly cseq: CSeq;
  readonly from: NameAddr;
  readonly to: NameAddr;
  readonly via: Via;
};

/**
 * Reads one whole SIP message: a datagram, or what `StreamFramer` cut out of a stream; one character per octet.
 *
 * Checked here: start line, shape of the header lines, the five values every layer needs, fields that may not repeat, CSeq
 * against the method, and that the body has its Content-Length. Octets after that length are dropped, fewer of them are an
 * error (RFC 3261 §18.3); without Content-Length the body reaches to the end. Everything else is parsed when asked for.
 * Never throws; what cannot be read is `Unreadable`, which knows how to answer.
 */
export function readMessage(text: string, limits: ReadLimits = DEFAULT_READ_LIMITS): SipMessage | Unreadable {
  if (text.length > limits.maxMessageBytes) return tooLarge(text, limits);
  const { startLine, headers, bodyAt, problem } = readLines(text, limits);
  const start = readStartLine(startLine);
  const failed = (why: Malformed, status: 400 | 505 = 400): Unreadable =>
    new Unreadable(why.what, why.at, status, replyHeaders(startLine, headers));
  if (start instanceof Malformed) return failed(start, start.what === VERSION ? 505 : 400);
  const repeated = problem ?? repeatedField(headers);
  if (repeated) return failed(repeated);
  const essentials = readEssentials(headers);
  if (essentials instanceof Malformed) return failed(essentials);
  const body = readBody(text, headers, bodyAt);
  if (body instanceof Malformed) return failed(body);
  if (start.kind === "response") return new ReadResponse(text, headers, body, essentials, start.status, start.reason);
  if (start.method !== essentials.cseq.method) return failed(new Malformed("CSeq method does not match"));
  return new ReadRequest(text, headers, body, essentials, start.method, start.requestUri, start.target);
}

/** §21.5.14; of the message as much is read as one within the limit may have. */
function tooLarge(text: string, limits: ReadLimits): Unreadable {
  const { startLine, headers } = readLines(text.slice(0, limits.maxMessageBytes), limits);
  return new Unreadable("Message Too Large", 0, 513, replyHeaders(startLine, headers));
}

const VERSION = "Version Not Supported";
const STATUS_LINE = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/i;

function readStartLine(line: string): StartLine | Malformed {
  if (/^SIP\//i.test(line)) {
    const match = STATUS_LINE.exec(line);
    return match
      ? { kind: "response", status: Number(match[1]), reason: match[2] ?? "" }
      : new Malformed("Malformed status line");
  }
  const methodEnd = line.indexOf(" ");
  const uriEnd = line.lastIndexOf(" ");
  const version = line.slice(uriEnd + 1);
  if (version !== "SIP/2.0" && !/^SIP\/2\.0$/i.test(version)) {
    return new Malformed(/^SIP\/\d+\.\d+$/i.test(version) ? VERSION : "Malformed request line");
  }
  const method = line.slice(0, methodEnd);
  const requestUri = line.slice(methodEnd + 1, uriEnd);
  if (!isToken(method) || !isUri(requestUri)) return new Malformed("Malformed request line");
  if (!/^sips?:/i.test(requestUri)) return { kind: "request", method, requestUri, target: undefined };
  const target = parseSipUri(requestUri);
  // §19.1.1: a Request-URI has no headers part; taking one would let the sender write our onward message (RFC 4475 §3.1.2.11).
  if (target instanceof Malformed || target.headers !== undefined) return new Malformed("Malformed Request-URI");
  return { kind: "request", method, requestUri, target };
}

function repeatedField(headers: readonly RawHeader[]): Malformed | undefined {
  const seen: string[] = [];
  for (const { key, name } of headers) {
    if (!SINGLE.has(key)) continue;
    if (seen.includes(key)) return new Malformed(`Repeated ${name}`);
    seen.push(key);
  }
  return undefined;
}

function readEssentials(headers: readonly RawHeader[]): Essentials | Malformed {
  const callId = findHeader(headers, "call-id");
  if (!callId || /[ \t]/.test(callId)) return faulty("Call-ID", callId);
  const cseq = readField(headers, "cseq", "CSeq", parseCSeq);
  if (cseq instanceof Malformed) return cseq;
  const from = readField(headers, "from", "From", parseNameAddr);
  if (from instanceof Malformed) return from;
  const to = readField(headers, "to", "To", parseNameAddr);
  if (to instanceof Malformed) return to;
  const via = readField(headers, "via", "Via", parseTopVia);
  return via instanceof Malformed ? via : { callId, cseq, from, to, via };
}

function readField<T extends object>(
  headers: readonly RawHeader[],
  key: string,
  name: string,
  parse: (raw: string) => T | Malformed,
): T | Malformed {
  const raw = findHeader(headers, key);
  const value = raw === undefined ? undefined : parse(raw);
  return value === undefined || value instanceof Malformed ? faulty(name, raw) : value;
}

function faulty(name: string, raw: string | undefined): Malformed {
  return new Malformed(`${raw === undefined ? "Missing" : "Malformed"} ${name}`);
}

/** Only the topmost value is read, but an empty one further on (`;;,;,,`, RFC 4475 §3.1.2.1) spoils the line. */
function parseTopVia(line: string): Via | Malformed {
  const values = splitList(line);
  return values.includes("") ? new Malformed("Via") : parseVia(values[0] as string);
}

function readBody(text: string, headers: readonly RawHeader[], bodyAt: number): string | Malformed {
  const raw = findHeader(headers, "content-length");
  if (raw === undefined) return text.slice(bodyAt);
  const length = parseNumber(raw, MAX_CONTENT_LENGTH, "Content-Length");
  if (length instanceof Malformed) return new Malformed("Malformed Content-Length");
  if (bodyAt + length > text.length) return new Malformed("Content-Length longer than the message", bodyAt);
  return text.slice(bodyAt, bodyAt + length);
}

class ReadMessage implements MessageBase {
  readonly raw: string;
  readonly headers: readonly RawHeader[];
  readonly body: string;
  readonly callId: string;
  readonly cseq: CSeq;
  readonly from: NameAddr;
  readonly to: NameAddr;
  readonly via: Via;
  #lists: Map<string, readonly NameAddr[] | Malformed> | undefined;

  constructor(raw: string, headers: readonly RawHeader[], body: string, essentials: Essentials) {
    this.raw = raw;
    this.headers = headers;
    this.body = body;
    this.callId = essentials.callId;
    this.cseq = essentials.cseq;
    this.from = essentials.from;
    this.to = essentials.to;
    this.via = essentials.via;
  }

  header(key: string): string | undefined {
    return findHeader(this.headers, key);
  }

  all(key: string): readonly string[] {
    const values: string[] = [];
    for (const header of this.headers) if (header.key === key) values.push(header.value);
    return values;
  }

  values(key: string): readonly string[] {
    return this.all(key).flatMap(splitList);
  }

  nameAddrs(key: string): readonly NameAddr[] | Malformed {
    let list = this.#lists?.get(key);
    if (list === undefined) {
      list = parseNameAddrs(this.values(key));
      this.#lists ??= new Map();
      this.#lists.set(key, list);
    }
    return list;
  }
}

function parseNameAddrs(values: readonly string[]): readonly NameAddr[] | Malformed {
  const list: NameAddr[] = [];
  for (const value of values) {
    const parsed = parseNameAddr(value);
    if (parsed instanceof Malformed) return parsed;
    list.push(parsed);
  }
  return list;
}

class ReadRequest extends ReadMessage implements SipRequest {
  readonly kind = "request";
  readonly method: string;
  readonly requestUri: string;
  readonly target: SipUri | undefined;

  constructor(
    raw: string,
    headers: readonly RawHeader[],
    body: string,
    essentials: Essentials,
    method: string,
    requestUri: string,
    target: SipUri | undefined,
  ) {
    super(raw, headers, body, essentials);
    this.method = method;
    this.requestUri = requestUri;
    this.target = target;
  }
}

class ReadResponse extends ReadMessage implements SipResponse {
  readonly kind = "response";
  readonly status: number;
  readonly reason: string;

  constructor(
    raw: string,
    headers: readonly RawHeader[],
    body: string,
    essentials: Essentials,
    status: number,
    reason: string,
  ) {
    super(raw, headers, body, essentials);
    this.status = status;
    this.reason = reason;
  }
}
