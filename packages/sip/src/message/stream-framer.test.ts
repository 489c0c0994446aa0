import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_READ_LIMITS } from "./lines.ts";
import { readMessage } from "./read.ts";
import { type StreamEvent, StreamFramer } from "./stream-framer.ts";
import { isUnreadable } from "./unreadable.ts";

const message = (callId: string, body = "", length: string | null = String(body.length)): string =>
  [
    "MESSAGE sip:a@example.com SIP/2.0",
    "Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1",
    "From: <sip:b@example.com>;tag=1",
    "To: <sip:a@example.com>",
    `Call-ID: ${callId}`,
    "CSeq: 1 MESSAGE",
    ...(length === null ? [] : [`l: ${length}`]),
    "",
    body,
  ].join("\r\n");

/** One word per event: a message by its Call-ID and body. */
function show(event: StreamEvent): string {
  if (event.kind === "broken") return `broken ${event.refusal.what}${event.refusal.reply ? "" : " (no reply)"}`;
  if (event.kind !== "message") return event.kind;
  const read = readMessage(event.text);
  return isUnreadable(read) ? `unreadable ${read.what}` : `${read.callId}[${read.body}]`;
}

function play(openedBy: "peer" | "us", chunks: readonly string[]): string {
  const framer = new StreamFramer({ openedBy, limits: { ...DEFAULT_READ_LIMITS, maxMessageBytes: 1000 } });
  return chunks.flatMap((chunk) => framer.push(chunk).map(show)).join(" ");
}

describe("StreamFramer (RFC 3261 §18.3)", () => {
  const huge = message("c", "x".repeat(900));
  it.each([
    [
      "cuts coalesced messages",
      [message("a", "one") + message("b") + message("c", "\r\n\r\n")],
      "a[one] b[] c[\r\n\r\n]",
    ],
    ["waits for the rest of a body", [message("a", "on", "3"), "e"], "a[one]"],
    [
      "passes on a message that only its reader refuses",
      [message("a").replace("From", "Form"), message("b")],
      "unreadable Missing From b[]",
    ],
    ["takes LF for CRLF as the reader does", [message("a", "x").replaceAll("\r\n", "\n"), message("b")], "a[x] b[]"],
    ["ignores CRLF before a start line (§7.5)", [`\r\n${message("a")}`, `\n${message("b")}`], "a[] b[]"],
    ["breaks without Content-Length (§20.14)", [message("a", "", null), message("b")], "broken Missing Content-Length"],
    [
      "breaks at two of them (RFC 4475 §3.3.9)",
      [message("a", "", "0\r\nContent-Length: 5")],
      "broken Repeated Content-Length",
    ],
    ["breaks at a negative one (RFC 4475 §3.1.2.3)", [message("a", "", "-999")], "broken Malformed Content-Length"],
    ["breaks at a message above the limit before it is there", [message("a", "", "1000")], "broken Message Too Large"],
    ["breaks at headers that never end", [huge.slice(0, 150), "x".repeat(900)], "broken Message Too Large (no reply)"],
    ["breaks at digits without end", [message("a", "", "9".repeat(40))], "broken Malformed Content-Length"],
  ])("%s", (_title, chunks, want) => {
    expect(play("peer", chunks)).toBe(want);
  });

  it.each([
    ["a double CRLF from the peer is a ping", "peer", ["\r\n\r\n"], "ping"],
    ["also in pieces", "peer", ["\r", "\n\r", "\n", "\r\n\r\n"], "ping ping"],
    ["also between messages", "peer", [message("a"), `\r\n\r\n${message("b")}`], "a[] ping b[]"],
    ["a single one before a message is not half a ping", "peer", ["\r\n", message("a"), "\r\n"], "a[]"],
    [
      "a CRLF on our own connection is a pong",
      "us",
      [`${message("a")}\r\n`, "\r\n", message("b")],
      "a[] pong pong b[]",
    ],
  ] as const)("RFC 5626 §4.4.1: %s", (_title, openedBy, chunks, want) => {
    expect(play(openedBy, chunks)).toBe(want);
  });

  it("gives the same events however the stream is cut", () => {
    const piece = fc.oneof(
      fc.constant("\r\n\r\n"),
      fc.constant(message("n", "", null)),
      fc.string({ unit: "binary-ascii", maxLength: 40 }).map((body) => message("m", body)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), fc.array(fc.nat(2000)), (pieces, cuts) => {
        const stream = pieces.join("");
        const edges = [0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length].sort((a, b) => a - b);
        const chunks = edges.slice(1).map((edge, at) => stream.slice(edges[at], edge));
        expect(play("peer", chunks)).toBe(play("peer", [stream]));
      }),
    );
  });

  it("never throws and never holds more than it must, whatever comes", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary-ascii" })), (chunks) => {
        play("peer", chunks);
        play("us", chunks);
      }),
    );
  });
});
