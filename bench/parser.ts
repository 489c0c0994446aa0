import { isMalformed, parseSipUri, readMessage, type SipRequest, writeMessage } from "@trunkline/sip";
import { LoggerFactory } from "sip.js/lib/core/log/logger-factory.js";
import { IncomingRequestMessage } from "sip.js/lib/core/messages/incoming-request-message.js";
import { OutgoingRequestMessage } from "sip.js/lib/core/messages/outgoing-request-message.js";
import { Parser } from "sip.js/lib/core/messages/parser.js";
import { median } from "./lib/process.ts";

export type ParserResult = {
  readonly peer: string;
  readonly octets: number;
  /** Reading an INVITE as far as routing needs it: start line, Via, From, To, Call-ID, CSeq, Request-URI, asserted identity. */
  readonly microsPerRead: number;
  /** The same and writing the INVITE for the next hop. */
  readonly microsPerReadAndWrite: number;
};

type Parse = { readonly peer: string; read(wire: string): unknown; readAndWrite(wire: string): string };

/** Processor time of one measurement. */
const MEASURE_MS = 250;
/** Different messages, so that no cache answers for the parser. */
const VARIETY = 512;
const NEXT_HOP = "sip:+4930123456789@198.51.100.7:5060";

const SDP = [
  "v=0",
  "o=- 1760000000 1760000001 IN IP4 192.0.2.10",
  "s=Asterisk",
  "c=IN IP4 192.0.2.10",
  "t=0 0",
  "m=audio 14712 RTP/AVP 8 0 9 101",
  "a=rtpmap:8 PCMA/8000",
  "a=rtpmap:0 PCMU/8000",
  "a=rtpmap:9 G722/8000",
  "a=rtpmap:101 telephone-event/8000",
  "a=fmtp:101 0-16",
  "a=ptime:20",
  "a=maxptime:150",
  "a=sendrecv",
  "",
].join("\r\n");

/** What a usual PBX sends, credentials included. */
function invite(number: number): string {
  const called = `+4930${String(100_000_000 + number).slice(1)}`;
  const trunk = "demo.pstn.example.com";
  return writeMessage(
    `INVITE sip:${called}@${trunk} SIP/2.0`,
    [
      ["Via", `SIP/2.0/UDP 192.0.2.10:5060;rport;branch=z9hG4bKPj${number.toString(16)}a7c0`],
      ["Max-Forwards", "70"],
      ["From", `"Reception 12" <sip:+12025550100@${trunk}>;tag=as${number.toString(16)}`],
      ["To", `<sip:${called}@${trunk}>`],
      ["Contact", "<sip:asterisk@192.0.2.10:5060>"],
      ["Call-ID", `${number.toString(16)}-4f1b-9c2a-77e1@192.0.2.10`],
      ["CSeq", "10233 INVITE"],
      ["Allow", "OPTIONS, INVITE, ACK, BYE, CANCEL, UPDATE, PRACK, INFO, SUBSCRIBE, NOTIFY, REFER, MESSAGE"],
      ["Supported", "100rel, timer, replaces, norefersub, histinfo"],
      ["Session-Expires", "1800"],
      ["Min-SE", "90"],
      ["P-Asserted-Identity", `"Reception 12" <sip:+12025550100@${trunk}>`],
      [
        "Proxy-Authorization",
        `Digest username="demo", realm="sip.example.com", nonce="65f1c2a4b3d4e5f60718293a4b5c6d7e", uri="sip:${called}@${trunk}", response="7587245234b3434cc3412213e5f113a5", algorithm=MD5, cnonce="0a4f113b", opaque="5ccc069c", qop=auth, nc=00000001`,
      ],
      ["User-Agent", "Asterisk PBX 20.5.0"],
      ["Content-Type", "application/sdp"],
    ],
    SDP,
  );
}

const trunkline: Parse = {
  peer: "trunkline",
  read: readOurs,
  readAndWrite(wire) {
    const request = readOurs(wire);
    return writeMessage(
      `INVITE ${NEXT_HOP} SIP/2.0`,
      [
        ["Via", "SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK0123456789abcdef"],
        ["Max-Forwards", String(Number(request.header("max-forwards")) - 1)],
        ["From", `<${request.from.uri}>;tag=0123456789abcdef`],
        ["To", `<${NEXT_HOP}>`],
        ["Call-ID", "0123456789abcdef0123456789abcdef"],
        ["CSeq", "1 INVITE"],
        ["Contact", "<sip:192.0.2.1:5060>"],
        ["User-Agent", "Trunkline"],
        ["Content-Type", request.header("content-type") ?? ""],
      ],
      request.body,
    );
  },
};

function readOurs(wire: string): SipRequest {
  const request = readMessage(wire);
  if (isMalformed(request) || request.kind !== "request") throw new Error("the bench's INVITE cannot be read");
  parseSipUri(request.from.uri);
  parseSipUri(request.to.uri);
  request.nameAddrs("p-asserted-identity");
  return request;
}

const logger = new LoggerFactory().getLogger("bench");

const sipJs: Parse = {
  peer: "sip.js",
  read: readTheirs,
  readAndWrite(wire) {
    const request = readTheirs(wire);
    if (!request.ruri) throw new Error("sip.js read no Request-URI");
    const options = {
      viaHost: "192.0.2.1:5060",
      userAgentString: "bench",
      forceRport: true,
      callId: "0123456789abcdef0123456789abcdef",
    };
    const headers = ["Contact: <sip:192.0.2.1:5060>"];
    const body = {
      contentDisposition: "session",
      contentType: request.getHeader("content-type") ?? "",
      content: request.body,
    };
    const onward = new OutgoingRequestMessage(
      "INVITE",
      request.ruri,
      request.from.uri,
      request.to.uri,
      options,
      headers,
      body,
    );
    onward.setViaHeader("z9hG4bK0123456789abcdef", "UDP");
    return onward.toString();
  },
};

function readTheirs(wire: string): IncomingRequestMessage {
  const request = Parser.parseMessage(wire, logger);
  if (!(request instanceof IncomingRequestMessage)) throw new Error("sip.js cannot read the bench's INVITE");
  request.parseHeader("p-asserted-identity");
  return request;
}

/** Reading and writing, the two parsers in turns in one process; the median of each. CPU time, so that neighbours do not count. */
export function benchParser(rounds: number): readonly ParserResult[] {
  const wires = Array.from({ length: VARIETY }, (_unused, number) => invite(number));
  const parsers = [trunkline, sipJs];
  const reads = new Map<Parse, number[]>(parsers.map((parse) => [parse, []]));
  const writes = new Map<Parse, number[]>(parsers.map((parse) => [parse, []]));
  // The first round warms the compiler up and does not count.
  for (let round = 0; round <= 2 * rounds; round += 1) {
    for (const parse of parsers) {
      const read = microsEach(wires, (wire) => parse.read(wire));
      const write = microsEach(wires, (wire) => parse.readAndWrite(wire));
      if (round === 0) continue;
      reads.get(parse)?.push(read);
      writes.get(parse)?.push(write);
    }
  }
  return parsers.map((parse) => ({
    peer: parse.peer,
    octets: wires[0]?.length ?? 0,
    microsPerRead: median(reads.get(parse) ?? []),
    microsPerReadAndWrite: median(writes.get(parse) ?? []),
  }));
}

function microsEach(wires: readonly string[], treat: (wire: string) => unknown): number {
  const before = process.cpuUsage();
  let messages = 0;
  for (;;) {
    for (let n = 0; n < 64; n += 1) treat(wires[messages++ % VARIETY] as string);
    const { user, system } = process.cpuUsage(before);
    if (user + system > MEASURE_MS * 1_000) return (user + system) / messages;
  }
}
