import { type Flow, Malformed, readMessage, type SipRequest } from "@trunkline/sip";
import type { CallRequest } from "@trunkline/trunking";
import { describe, expect, it } from "vitest";
import { readCallRequest } from "./call-request.ts";

const flow: Flow = {
  transport: "udp",
  localAddress: "192.0.2.10",
  localPort: 5060,
  remoteAddress: "192.0.2.20",
  remotePort: 5060,
};

function read(headers: readonly string[], body = ""): CallRequest {
  const text = [
    "INVITE sip:+15005550001@acme.example SIP/2.0",
    "Via: SIP/2.0/UDP 192.0.2.20;branch=z9hG4bK1",
    "From: <sip:+12025550100@acme.example>;tag=1",
    "To: <sip:+15005550001@acme.example>",
    "Call-ID: c1",
    "CSeq: 1 INVITE",
    "Contact: <sip:a@192.0.2.20>",
    ...headers,
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join("\r\n");
  const message = readMessage(text);
  const request = readCallRequest(message as SipRequest, flow, "CA1", undefined);
  if (request instanceof Malformed) throw new Error(request.what);
  return request;
}

describe("SEC-2: what an offer says of its audio", () => {
  const offer = (...media: string[]): string =>
    ["v=0", "o=- 1 1 IN IP4 192.0.2.20", "s=-", "c=IN IP4 192.0.2.20", "t=0 0", ...media, ""].join("\r\n");
  const cases: [title: string, body: string, want: CallRequest["media"]][] = [
    ["no offer", "", null],
    ["nothing that could be audio", "v=1\r\nm=audio x RTP/AVP 0\r\nm=audiophile 4000 RTP/AVP 0", { kind: "none" }],
    ["RTP/AVP", offer("m=audio 4000 RTP/AVP 0"), { kind: "rtp" }],
    ["RTP/AVPF", offer("m=audio 4000 RTP/AVPF 0"), { kind: "rtp" }],
    ["RTP/SAVP", offer("m=audio 4000 RTP/SAVP 0"), { kind: "srtp" }],
    ["RTP/SAVPF", offer("m=audio 4000 RTP/SAVPF 0"), { kind: "srtp" }],
    ["a browser's", offer("m=audio 4000 UDP/TLS/RTP/SAVPF 0"), { kind: "srtp" }],
    [
      "both kinds for the callee to choose",
      offer("m=audio 4000 RTP/SAVP 0", "m=audio 4002 RTP/AVP 0"),
      { kind: "rtp" },
    ],
    [
      "plain audio that is off beside an encrypted one",
      offer("m=audio 0 RTP/AVP 0", "m=audio 4 RTP/SAVP 0"),
      { kind: "srtp" },
    ],
    ["audio that is off", offer("m=audio 0 RTP/AVP 0"), { kind: "none" }],
    ["fax only", offer("m=image 4000 udptl t38"), { kind: "none" }],
  ];
  // A search that goes back and forth in such a line takes seconds for each.
  it("design rule 9: no line makes it look for long", () => {
    const lines = [
      "m=audio ".padEnd(60_000, "1"),
      "m=audio 0 RTP/AVP 0\r\n".repeat(2_900),
      `m=audio${" ".repeat(60_000)}`,
    ];
    for (let round = 0; round < 100; round++) {
      for (const line of lines) {
        expect(read(["Content-Type: application/sdp"], offer(line)).media).toEqual({ kind: "none" });
      }
    }
  });

  it.each(cases)("%s", (_title, body, want) => {
    expect(read(body === "" ? [] : ["Content-Type: application/sdp"], body).media).toEqual(want);
  });
});

describe("LIM-4: the headers that routing may pass on", () => {
  const names = (headers: readonly string[]): readonly string[] | undefined =>
    read(headers).headers?.map(([name, value]) => `${name}: ${value}`);

  const cases: [title: string, headers: readonly string[], want: readonly string[]][] = [
    ["as written, in order", ["X-b: 2", "Subject:  Hi ", "x-A: 1,2"], ["X-b: 2", "Subject: Hi", "x-A: 1,2"]],
    ["compact names are written out", ["s: Hi"], ["subject: Hi"]],
    ["folded ones are one line", ["Subject: a\r\n\tb\r\n  X-Evil: c"], ["Subject: a b X-Evil: c"]],
    [
      "octets beyond ASCII stay what they are",
      ["Subject: caf\u00c3\u00a9 \u0085"],
      ["Subject: caf\u00c3\u00a9 \u0085"],
    ],
    ["one with a control character is left out", ["Subject: a\u0000b", "X-1: \u000b", "X-2: \u001b["], []],
    [
      "passwords are not among them",
      ["Authorization: Digest x", "Proxy-Authorization: Digest y", "X-1: z"],
      ["X-1: z"],
    ],
    [
      "nor what has a field of its own, or belongs to this leg",
      ["Diversion: <sip:+1@x>", "Privacy: id", "Route: <sip:x;lr>", "Allow: INVITE", "k: 100rel", "Max-Forwards: 7"],
      [],
    ],
  ];
  it.each(cases)("%s", (_title, headers, want) => {
    expect(names(headers)).toEqual(want);
  });

  it("design rule 9: no more of them than 128, and 16,384 characters; one that does not fit is left out whole", () => {
    const many = Array.from({ length: 200 }, (_unused, i) => `X-${i}: y`);
    expect(names(many)).toHaveLength(128);
    const large = ["X-1: ".padEnd(10_000, "x"), "X-2: ".padEnd(10_000, "x"), "X-3: y"];
    expect(names(large)?.map((line) => line.slice(0, 3))).toEqual(["X-1", "X-3"]);
  });
});
