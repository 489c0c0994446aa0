import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Flow } from "../flow.ts";
import { isMalformed } from "../malformed.ts";
import { DEFAULT_READ_LIMITS } from "./lines.ts";
import type { SipMessage, SipRequest } from "./message.ts";
import { readMessage } from "./read.ts";
import { copyString } from "./text.ts";
import { isUnreadable, type Unreadable } from "./unreadable.ts";
import { readVectors } from "./vectors.fixture.ts";
import { type HeaderLine, writeMessage, writeRefusal, writeResponse } from "./write.ts";

const flow: Flow = {
  transport: "udp",
  localAddress: "192.0.2.200",
  localPort: 5060,
  remoteAddress: "192.0.2.7",
  remotePort: 5999,
};

const LINES: readonly HeaderLine[] = [
  ["Via", "SIP/2.0/UDP pbx.example.com;branch=z9hG4bK1;rport, SIP/2.0/UDP b.example.com"],
  ["Via", "SIP/2.0/UDP c.example.com"],
  ["Max-Forwards", "70"],
  ["From", '"A, B" <sip:+12015550123@example.com>;tag=f'],
  ["To", "<sip:+12015550199@example.com>"],
  ["Call-ID", "c1@example.com"],
  ["CSeq", "7 INVITE"],
  ["Contact", "<sip:a@192.0.2.7>;q=0.5, sip:b@192.0.2.8;x"],
  ["Allow", "INVITE, ACK"],
  ["Allow", "BYE"],
];
const INVITE = "INVITE sip:+12015550199@example.com SIP/2.0";

function read(text: string): SipMessage {
  const message = readMessage(text);
  if (isUnreadable(message)) throw new Error(message.what);
  return message;
}

function readInvite(lines: readonly HeaderLine[] = LINES, body = ""): SipRequest {
  const message = read(writeMessage(INVITE, lines, body));
  if (message.kind !== "request") throw new Error("not a request");
  return message;
}

function refused(text: string, limits = DEFAULT_READ_LIMITS): Unreadable {
  const message = readMessage(text, limits);
  if (!isUnreadable(message)) throw new Error("was read");
  return message;
}

describe("readMessage", () => {
  it("gives the first line, all lines, and the values of a header", () => {
    const invite = readInvite();
    expect(invite).toMatchObject({ kind: "request", method: "INVITE", target: { user: "+12015550199" } });
    expect(invite.header("allow")).toBe("INVITE, ACK");
    expect(invite.all("allow")).toEqual(["INVITE, ACK", "BYE"]);
    expect(invite.values("allow")).toEqual(["INVITE", "ACK", "BYE"]);
    expect(invite.values("via")).toHaveLength(3);
    expect(invite.values("supported")).toEqual([]);
    expect(invite.header("supported")).toBeUndefined();
    expect(invite.via).toMatchObject({ host: "pbx.example.com", branch: "z9hG4bK1" });
    expect(invite.from).toMatchObject({ displayName: "A, B", params: new Map([["tag", "f"]]) });
  });

  it("parses name-addr lists once, and says when one is malformed", () => {
    const invite = readInvite();
    expect(invite.nameAddrs("contact")).toMatchObject([{ uri: "sip:a@192.0.2.7" }, { uri: "sip:b@192.0.2.8" }]);
    expect(invite.nameAddrs("contact")).toBe(invite.nameAddrs("contact"));
    expect(isMalformed(readInvite([...LINES, ["Route", "<sip:x>, nonsense"]]).nameAddrs("route"))).toBe(true);
  });

  it.each([
    ["too long", { maxMessageBytes: 100 }, "Message Too Large"],
    ["of too many lines", { maxHeaderLines: 10 }, "Too many header fields"],
    ["with too long a line", { maxLineBytes: 60 }, "Header field too long"],
  ])("refuses a message %s", (_title, limit, what) => {
    expect(refused(writeMessage(INVITE, LINES), { ...DEFAULT_READ_LIMITS, ...limit }).what).toBe(what);
  });

  it("§21.5.14: answers a message above the limit with 513, as far as its header fields are within it", () => {
    const huge = writeMessage(INVITE, LINES, "x".repeat(2_000));
    const limits = { ...DEFAULT_READ_LIMITS, maxMessageBytes: 1_500 };
    const { status, reply } = refused(huge, limits);
    expect([status, reply?.via.length]).toEqual([513, readInvite().all("via").length]);
    expect(refused("x".repeat(2_000), limits).reply).toBeUndefined();
  });

  it("takes exactly as many header lines as it may", () => {
    const limits = { ...DEFAULT_READ_LIMITS, maxHeaderLines: LINES.length + 1 };
    expect(isUnreadable(readMessage(writeMessage(INVITE, LINES), limits))).toBe(false);
  });

  it("counts continuation lines towards the length of their header", () => {
    const folded = writeMessage(INVITE, LINES).replace("Allow:", `Subject: x${"\r\n y".repeat(20)}\r\nAllow:`);
    expect(refused(folded, { ...DEFAULT_READ_LIMITS, maxLineBytes: 90 }).what).toBe("Header field too long");
    expect(read(folded).header("subject")).toBe(`x${" y".repeat(20)}`);
  });

  it("keeps octets beyond ASCII at the ends of a value (no trim() by Unicode)", () => {
    expect(readInvite([...LINES, ["Subject", "\xc3\xa0"]]).header("subject")).toBe("\xc3\xa0");
  });
});

describe("writeMessage", () => {
  it("§20.14: counts the octets of the body, and keeps only its own Content-Length", () => {
    const text = writeMessage(INVITE, [...LINES, ["content-length", "99"], ["L", "98"]], "家");
    expect(text).toMatch(/\r\nContent-Length: 3\r\n\r\n\xe5\xae\xb6$/);
    expect(text.match(/\r\n(content-length|l):/gi)).toHaveLength(1);
  });

  it.each([
    ["CRLF", "x\r\nRoute: <sip:evil>"],
    ["LF", "x\nRoute: <sip:evil>"],
    ["a character whose low octet is LF", "x\u010aRoute: <sip:evil>"],
  ])("lets no header in through a value with %s", (_title, value) => {
    const invite = readInvite([...LINES, ["Subject", value]]);
    expect(invite.header("route")).toBeUndefined();
    expect(invite.headers).toHaveLength(LINES.length + 2);
  });
});

describe("writeResponse (§8.2.6.2)", () => {
  it("repeats every Via, stamps the top one, tags To, and leaves the rest to the caller", () => {
    const wire = writeResponse(readInvite(), flow, 180, "Ringing", { toTag: "t", headers: [["Contact", "<sip:me>"]] });
    expect(wire.split("\r\n")).toEqual([
      "SIP/2.0 180 Ringing",
      "Via: SIP/2.0/UDP pbx.example.com;branch=z9hG4bK1;received=192.0.2.7;rport=5999, SIP/2.0/UDP b.example.com",
      "Via: SIP/2.0/UDP c.example.com",
      'From: "A, B" <sip:+12015550123@example.com>;tag=f',
      "To: <sip:+12015550199@example.com>;tag=t",
      "Call-ID: c1@example.com",
      "CSeq: 7 INVITE",
      "Contact: <sip:me>",
      "Content-Length: 0",
      "",
      "",
    ]);
  });

  it("keeps a tag that To has, and names the type of a body", () => {
    const inDialog = readInvite(LINES.map(([name, value]) => [name, name === "To" ? `${value};tag=theirs` : value]));
    const response = read(writeResponse(inDialog, flow, 200, "OK", { toTag: "t", body: "v=0\r\n" }));
    expect(response.to.params.get("tag")).toBe("theirs");
    expect(response).toMatchObject({ kind: "response", status: 200, body: "v=0\r\n" });
    expect(response.header("content-type")).toBe("application/sdp");
  });
});

it.each<HeaderLine>([
  ["To", "<sip:b@example.com>;"],
  ["Via", "SIP/2.0/UDP pbx.example.com;branch=z9hG4bK1; "],
])("a semicolon forgiven at the end of %s becomes no empty parameter in the answer", (name, value) => {
  const request = readInvite([[name, value], ...LINES.filter(([known]) => known !== name)]);
  const wire = writeResponse(request, flow, 200, "OK", { toTag: "t" });
  expect(wire).not.toMatch(/;[ \t]*;/);
  expect(read(wire).to.params.get("tag")).toBe("t");
});

describe("writeRefusal (§21.4.1)", () => {
  it("repeats what there is and names the fault", () => {
    const broken = writeMessage(
      INVITE,
      LINES.filter(([name]) => name !== "Call-ID"),
    );
    expect(writeRefusal(refused(broken), flow, "t")?.split("\r\n")).toEqual([
      "SIP/2.0 400 Missing Call-ID",
      "Via: SIP/2.0/UDP pbx.example.com;branch=z9hG4bK1;received=192.0.2.7;rport=5999, SIP/2.0/UDP b.example.com",
      "Via: SIP/2.0/UDP c.example.com",
      'From: "A, B" <sip:+12015550123@example.com>;tag=f',
      "To: <sip:+12015550199@example.com>;tag=t",
      "CSeq: 7 INVITE",
      "Content-Length: 0",
      "",
      "",
    ]);
  });
});

describe("properties", () => {
  const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/);
  const value = fc.stringMatching(/^[!-~\x80-\xff]([ -~\x80-\xff]{0,40}[!-~\x80-\xff])?$/);
  const line = fc.tuple(
    token.map((name) => `X-${name}`),
    value,
  );
  const octets = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)) });

  it("a message written, read and written again is the same octets", () => {
    fc.assert(
      fc.property(fc.array(line), octets, (extra, body) => {
        const wire = writeMessage(INVITE, [...LINES, ...extra], body);
        const message = read(wire);
        const again = writeMessage(
          INVITE,
          message.headers.map(({ name, value: written }) => [name, written]),
          message.body,
        );
        expect(again).toBe(wire);
        expect(message.body).toBe(body);
      }),
    );
  });

  it("never throws: neither reading damaged messages nor looking into what was read", () => {
    const seeds = [...readVectors("rfc4475.txt"), ...readVectors("rfc5118.txt")].map(({ text }) => text);
    const damaged = fc
      .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(), fc.nat(5), octets), { maxLength: 4 }))
      .map(([seed, damages]) =>
        damages.reduce((text, [where, cut, put]) => {
          const at = where % (text.length + 1);
          return text.slice(0, at) + put + text.slice(at + cut);
        }, seed),
      );
    fc.assert(
      fc.property(fc.oneof(damaged, octets), (text) => {
        const message = readMessage(text);
        if (isUnreadable(message)) writeRefusal(message, flow, "t");
        else {
          for (const { key } of message.headers) message.nameAddrs(key);
          if (message.kind === "request")
            expect(isUnreadable(readMessage(writeResponse(message, flow, 200, "OK")))).toBe(false);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("copyString gives an equal string", () => {
    fc.assert(fc.property(octets, (text) => copyString(text) === text));
  });
});
