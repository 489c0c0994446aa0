import { describe, expect, it } from "vitest";
import { readMessage } from "../message/read.ts";
import { Unreadable } from "../message/unreadable.ts";
import { isBodyUnderstood, sdpOf } from "./body.ts";
import { handRequest } from "./hand-peer.fixture.ts";

const SDP = "v=0\r\ns=-\r\n";

function invite(headers: Readonly<Record<string, string | undefined>>, body: string) {
  const message = readMessage(handRequest("INVITE", headers, body));
  if (message instanceof Unreadable) throw new Error(message.what);
  return message;
}

type Part = readonly [headers: string, body: string];

function multipart(parts: readonly Part[], type = "mixed", boundary = "b1") {
  const body = parts.map(([headers, text]) => `--${boundary}\r\n${headers}\r\n${text}\r\n`).join("");
  return invite({ "Content-Type": `multipart/${type};boundary="${boundary}"` }, `${body}--${boundary}--\r\n`);
}

const sdp: Part = ["Content-Type: application/sdp\r\n", SDP.slice(0, -2)];
const isup = (disposition: string): Part => [
  `Content-Type: application/ISUP;version=itu-t92+\r\nContent-Disposition: ${disposition}\r\n`,
  "\x01\x00\r\n--b1x\r\n\xff",
];
const location: Part = ["Content-Type: application/pidf+xml\r\nContent-ID: <a@b>\r\n", "<presence/>"];
const inner = (type: string, parts: readonly Part[]): Part => [
  `Content-Type: multipart/${type}; boundary=b2\r\n`,
  `${parts.map(([headers, text]) => `--b2\r\n${headers}\r\n${text}\r\n`).join("")}--b2--`,
];

const cases: [title: string, message: ReturnType<typeof invite>, sdp: string | undefined, understood: boolean][] = [
  ["no body", invite({}, ""), undefined, true],
  ["SDP", invite({ "Content-Type": "application/SDP ; charset=utf-8" }, SDP), SDP, true],
  ["a body without a type is SDP", invite({}, SDP), SDP, true],
  ["RFC 3261 §8.2.3: text", invite({ "Content-Type": "text/plain" }, "hi"), undefined, false],
  [
    "§20.11: text that may be passed over",
    invite({ "Content-Type": "text/plain", "Content-Disposition": "render; handling = Optional" }, "hi"),
    undefined,
    true,
  ],
  [
    "§20.12: SDP in a coding we do not have",
    invite({ "Content-Type": "application/sdp", "Content-Encoding": "gzip" }, SDP),
    undefined,
    false,
  ],
  [
    "RFC 3959: SDP for another session",
    invite({ "Content-Type": "application/sdp", "Content-Disposition": "early-session;handling=optional" }, SDP),
    undefined,
    true,
  ],
  ["RFC 5621 §3.1: SDP among others", multipart([isup("signal;handling=optional"), sdp]), SDP, true],
  ["a part that has to be understood and is not", multipart([sdp, isup("signal;handling=required")]), SDP, false],
  ["§20.11: handling is required when not said", multipart([sdp, isup("signal")]), SDP, false],
  ["RFC 6442: a location without a word about its handling", multipart([location, sdp]), SDP, true],
  ["RFC 5621 §3.2: one part of an alternative is enough", multipart([location, sdp], "alternative"), SDP, true],
  ["an alternative that has nothing for us", multipart([location], "alternative"), undefined, false],
  ["RFC 5621 §3.2: one inside another", multipart([location, inner("alternative", [location, sdp])]), SDP, true],
  [
    "a multipart without boundary",
    invite({ "Content-Type": "multipart/mixed" }, `--b1\r\n\r\n${SDP}\r\n--b1--`),
    undefined,
    false,
  ],
  [
    "RFC 2046 §5.1.1: preamble, epilogue and blanks after a delimiter",
    invite(
      { "Content-Type": "multipart/mixed;boundary=b1" },
      `ignore --b1\r\n--b1 \t\r\nContent-Type: application/sdp\r\n\r\n${SDP}--b1--\r\nbye`,
    ),
    SDP,
    true,
  ],
  [
    "a multipart that just ends",
    invite({ "Content-Type": "multipart/mixed;boundary=b1" }, `--b1\r\nContent-Type: application/sdp\r\n\r\n${SDP}`),
    SDP,
    true,
  ],
];

describe("bodies", () => {
  it.each(cases)("%s", (_title, message, wanted, understood) => {
    expect([sdpOf(message), isBodyUnderstood(message)]).toEqual([wanted, understood]);
  });

  it("more parts or deeper ones than any call has are not looked at", () => {
    const many = Array.from({ length: 40 }, (): Part => location);
    expect(isBodyUnderstood(multipart([...many, sdp]))).toBe(false);
    let deep = inner("mixed", [sdp]);
    for (let n = 0; n < 5; n++)
      deep = [`Content-Type: multipart/mixed;boundary=n${n}\r\n`, `--n${n}\r\n${deep[0]}\r\n${deep[1]}\r\n--n${n}--`];
    expect(sdpOf(multipart([deep]))).toBeUndefined();
  });
});
