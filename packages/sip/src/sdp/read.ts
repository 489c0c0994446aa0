import { Malformed } from "../malformed.ts";
import { parseNumber, trimBlank } from "../message/text.ts";
import type {
  MediaDescription,
  RtpMap,
  SdpAttribute,
  SdpConnection,
  SdpCrypto,
  SdpDirection,
  SdpFamily,
  SdpLine,
  SdpOrigin,
  SessionDescription,
} from "./description.ts";

// A user name with blanks breaks the grammar but is seen in the field, so the fields are counted from the end.
const ORIGIN = /^o=(.*\S) +(\S+) +(\S+) +IN +(IP4|IP6) +(\S+)[ \t]*$/;
const CONNECTION = /^c=IN +(IP4|IP6) +([^\s/]+)(?:\/\S*)?[ \t]*$/;
const MEDIA = /^m=(\S+) +(\d{1,5})(?:\/\d+)? +(\S+)((?: +\S+)*)[ \t]*$/;
const RTPMAP = /^(\S+) +([^\s/]+)\/(\d{1,9})(?:\/(\d{1,3}))?[ \t]*$/;
const CRYPTO = /^(\d{1,9}) +(\S+) +(inline:\S+)((?: +\S+)*)[ \t]*$/;
const RTCP = /^(\d{1,5})(?: +IN +(?:IP4|IP6) +(\S+))?[ \t]*$/;

/** Most lines of a description: a browser's offer of many streams has some hundred. */
const MAX_LINES = 1_000;

/** Payload types that need no rtpmap (RFC 3551 §6), audio at 8,000 Hz and one channel where nothing else stands. */
const STATIC_PAYLOADS: ReadonlyMap<string, RtpMap> = new Map([
  ["0", { encoding: "PCMU", clockRateHz: 8000, channels: 1 }],
  ["3", { encoding: "GSM", clockRateHz: 8000, channels: 1 }],
  ["4", { encoding: "G723", clockRateHz: 8000, channels: 1 }],
  ["8", { encoding: "PCMA", clockRateHz: 8000, channels: 1 }],
  ["9", { encoding: "G722", clockRateHz: 8000, channels: 1 }],
  ["13", { encoding: "CN", clockRateHz: 8000, channels: 1 }],
  ["15", { encoding: "G728", clockRateHz: 8000, channels: 1 }],
  ["18", { encoding: "G729", clockRateHz: 8000, channels: 1 }],
  ["31", { encoding: "H261", clockRateHz: 90000, channels: 1 }],
  ["34", { encoding: "H263", clockRateHz: 90000, channels: 1 }],
]);

/**
 * Reads a session description (RFC 8866). Lossless: `lines` joined is the text.
 *
 * `Malformed` when it does not start with `v=0`, when `o=`, `c=` or `m=` cannot be read, or when a stream that is on has no
 * connection address (§5.7), or when it has more than 1,000 lines. Unknown lines and broken attributes are kept and otherwise ignored.
 */
export function readSdp(text: string): SessionDescription | Malformed {
  const lines = cutLines(text);
  if (lines.length > MAX_LINES) return new Malformed("too many lines");
  if (!/^v=0[ \t]*$/.test(lines[0]?.text ?? "")) return new Malformed("v=");
  const origin = readOrigin(lines);
  if (origin instanceof Malformed) return origin;
  const sections = new Map<number, SdpLine[]>();
  for (const line of lines) {
    const section = sections.get(line.media);
    if (section) section.push(line);
    else sections.set(line.media, [line]);
  }
  const sessionLines = sections.get(-1) ?? [];
  const session = { connection: readConnection(sessionLines), attributes: readAttributes(sessionLines) };
  if (session.connection instanceof Malformed) return session.connection;
  const media: MediaDescription[] = [];
  for (const [index, section] of sections) {
    if (index < 0) continue;
    const description = readMedia(section, session.connection, session.attributes);
    if (description instanceof Malformed) return description;
    media.push(description);
  }
  return { lines, origin, attributes: session.attributes, media };
}

/** The text of a description: exactly what was read. */
export function writeSdp(description: SessionDescription): string {
  return description.lines.map(({ text, end }) => text + end).join("");
}

function cutLines(text: string): readonly SdpLine[] {
  const lines: SdpLine[] = [];
  let media = -1;
  for (const match of text.matchAll(/([^\r\n]*)(\r\n|\r|\n|$)/g)) {
    const [whole, line = "", end = ""] = match;
    if (whole === "") break;
    if (line.startsWith("m=")) media++;
    lines.push({ text: line, end, media });
    if (lines.length > MAX_LINES) break;
  }
  return lines;
}

function readOrigin(lines: readonly SdpLine[]): SdpOrigin | Malformed {
  const match = ORIGIN.exec(lines.find(({ text, media }) => media < 0 && text.startsWith("o="))?.text ?? "");
  if (!match) return new Malformed("o=");
  const [, username = "", sessionId = "", sessionVersion = "", family, address = ""] = match;
  return { username, sessionId, sessionVersion, family: family as SdpFamily, address };
}

function readConnection(section: readonly SdpLine[]): SdpConnection | undefined | Malformed {
  const line = section.find(({ text }) => text.startsWith("c="));
  if (!line) return undefined;
  const match = CONNECTION.exec(line.text);
  return match ? { family: match[1] as SdpFamily, address: match[2] as string } : new Malformed("c=");
}

function readAttributes(section: readonly SdpLine[]): readonly SdpAttribute[] {
  return section
    .filter(({ text }) => text.startsWith("a="))
    .map(({ text }) => {
      const colon = text.indexOf(":");
      return colon < 0
        ? { name: trimBlank(text.slice(2)), value: "" }
        : { name: text.slice(2, colon), value: text.slice(colon + 1) };
    });
}

function readMedia(
  section: readonly SdpLine[],
  sessionConnection: SdpConnection | undefined,
  sessionAttributes: readonly SdpAttribute[],
): MediaDescription | Malformed {
  const match = MEDIA.exec(section[0]?.text ?? "");
  if (!match) return new Malformed("m=");
  const port = parseNumber(match[2] as string, 65_535, "m= port");
  if (port instanceof Malformed) return port;
  const own = readConnection(section);
  if (own instanceof Malformed) return own;
  const connection = own ?? sessionConnection;
  if (!connection && port !== 0) return new Malformed("missing c=");
  const attributes = readAttributes(section);
  const formats = trimBlank(match[4] as string)
    .split(/ +/)
    .filter((format) => format !== "");
  return {
    kind: match[1] as string,
    port,
    proto: match[3] as string,
    formats,
    connection,
    attributes,
    direction: directionOf(attributes) ?? directionOf(sessionAttributes) ?? "sendrecv",
    rtpmaps: readRtpmaps(formats, attributes),
    fmtps: readFmtps(attributes),
    rtcp: readRtcp(attributes, port),
    rtcpMux: attributes.some(({ name }) => name === "rtcp-mux"),
    crypto: readCrypto(attributes),
  };
}

function directionOf(attributes: readonly SdpAttribute[]): SdpDirection | undefined {
  for (const { name } of attributes) {
    if (name === "sendrecv" || name === "sendonly" || name === "recvonly" || name === "inactive") return name;
  }
  return undefined;
}

function readRtpmaps(formats: readonly string[], attributes: readonly SdpAttribute[]): ReadonlyMap<string, RtpMap> {
  const maps = new Map<string, RtpMap>();
  for (const { name, value } of attributes) {
    const match = name === "rtpmap" ? RTPMAP.exec(value) : null;
    if (!match || maps.has(match[1] as string)) continue;
    maps.set(match[1] as string, {
      encoding: match[2] as string,
      clockRateHz: Number(match[3]),
      channels: Number(match[4] ?? 1),
    });
  }
  for (const format of formats) {
    const fixed = STATIC_PAYLOADS.get(format);
    if (fixed && !maps.has(format)) maps.set(format, fixed);
  }
  return maps;
}

function readFmtps(attributes: readonly SdpAttribute[]): ReadonlyMap<string, string> {
  const fmtps = new Map<string, string>();
  for (const { name, value } of attributes) {
    const blank = value.indexOf(" ");
    if (name !== "fmtp" || blank < 0) continue;
    const format = value.slice(0, blank);
    if (!fmtps.has(format)) fmtps.set(format, trimBlank(value.slice(blank)));
  }
  return fmtps;
}

function readRtcp(attributes: readonly SdpAttribute[], rtpPort: number): MediaDescription["rtcp"] {
  const match = RTCP.exec(attributes.find(({ name }) => name === "rtcp")?.value ?? "");
  const port = Number(match?.[1] ?? 0);
  return port >= 1 && port <= 65_535
    ? { port, address: match?.[2] }
    : { port: rtpPort === 0 ? 0 : rtpPort + 1, address: undefined };
}

function readCrypto(attributes: readonly SdpAttribute[]): readonly SdpCrypto[] {
  const lines: SdpCrypto[] = [];
  for (const { name, value } of attributes) {
    const match = name === "crypto" ? CRYPTO.exec(value) : null;
    if (!match) continue;
    const sessionParams = trimBlank(match[4] as string).split(/ +/);
    lines.push({
      tag: Number(match[1]),
      suite: match[2] as string,
      keyParams: match[3] as string,
      sessionParams: sessionParams.filter((param) => param !== ""),
    });
  }
  return lines;
}
