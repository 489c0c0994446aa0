import { existsSync, readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isMalformed } from "../malformed.ts";
import { type SessionDescription, sdpAttribute } from "./description.ts";
import { readSdp, writeSdp } from "./read.ts";
import { relocateSdp, type SdpPlace } from "./relocate.ts";

const lines = (...all: string[]): string => `${all.join("\r\n")}\r\n`;

const AUDIO_AND_VIDEO = lines(
  "v=0",
  "o=Some One 2890844526 2890842807 IN IP4 192.0.2.9",
  "s=-",
  "i=odd lines stay",
  "c=IN IP4 192.0.2.10",
  "t=0 0",
  "k=prompt",
  "a=sendonly",
  "m=audio 49170 RTP/AVP 0 96 101",
  "a=rtpmap:96 opus/48000/2",
  "a=rtpmap:101 telephone-event/8000",
  "a=fmtp:101 0-16",
  "a=ptime:20",
  "a=rtcp:53020 IN IP4 192.0.2.11",
  "a=unheard-of:192.0.2.10 49170",
  "m=video 51372/2 RTP/SAVP 31",
  "c=IN IP6 2001:db8::5",
  "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4 FEC_ORDER=FEC_SRTP",
  "a=recvonly",
  "a=rtcp-mux",
  "m=image 0 udptl t38",
);

function read(text: string): SessionDescription {
  const description = readSdp(text);
  if (isMalformed(description)) throw new Error(`malformed: ${description.what}`);
  return description;
}

describe("readSdp", () => {
  it("reads what a relay needs of each stream (RFC 8866 §5)", () => {
    const { origin, media } = read(AUDIO_AND_VIDEO);
    expect(origin).toMatchObject({ username: "Some One", sessionId: "2890844526", address: "192.0.2.9" });
    expect(media).toMatchObject([
      {
        kind: "audio",
        port: 49170,
        proto: "RTP/AVP",
        formats: ["0", "96", "101"],
        connection: { family: "IP4", address: "192.0.2.10" },
        direction: "sendonly",
        rtcp: { port: 53020, address: "192.0.2.11" },
        rtcpMux: false,
      },
      {
        kind: "video",
        port: 51372,
        connection: { family: "IP6", address: "2001:db8::5" },
        direction: "recvonly",
        rtcp: { port: 51373, address: undefined },
        rtcpMux: true,
        crypto: [{ tag: 1, suite: "AES_CM_128_HMAC_SHA1_80", sessionParams: ["FEC_ORDER=FEC_SRTP"] }],
      },
      { kind: "image", port: 0, formats: ["t38"] },
    ]);
    const audio = media[0];
    expect(audio?.rtpmaps.get("0")).toEqual({ encoding: "PCMU", clockRateHz: 8000, channels: 1 });
    expect(audio?.rtpmaps.get("96")).toEqual({ encoding: "opus", clockRateHz: 48000, channels: 2 });
    expect(audio?.fmtps.get("101")).toBe("0-16");
    expect(sdpAttribute(audio?.attributes ?? [], "ptime")).toBe("20");
  });

  it.each([
    ["no v= line", lines("o=- 1 1 IN IP4 192.0.2.1", "s=-"), "v="],
    ["nothing at all", "", "v="],
    ["another version", lines("v=1"), "v="],
    ["no o= line", lines("v=0", "s=-", "t=0 0"), "o="],
    ["an o= without address", lines("v=0", "o=- 1 1", "s=-"), "o="],
    ["a c= that is not internet", lines("v=0", "o=- 1 1 IN IP4 192.0.2.1", "c=ATM NSAP 47.00"), "c="],
    ["a port above 65535", lines("v=0", "o=- 1 1 IN IP4 a", "c=IN IP4 a", "m=audio 65536 RTP/AVP 0"), "m= port range"],
    ["a negative port", lines("v=0", "o=- 1 1 IN IP4 a", "c=IN IP4 a", "m=audio -1 RTP/AVP 0"), "m="],
    ["lines without end", `v=0\r\n${"\n".repeat(60_000)}`, "too many lines"],
    ["a stream without connection address", lines("v=0", "o=- 1 1 IN IP4 a", "m=audio 1 RTP/AVP 0"), "missing c="],
  ])("refuses %s", (_title, text, what) => {
    expect(readSdp(text)).toMatchObject({ what });
    expect(isMalformed(readSdp(text))).toBe(true);
  });

  it.each([
    ["bare LF", AUDIO_AND_VIDEO.replaceAll("\r\n", "\n")],
    ["a last line without end", AUDIO_AND_VIDEO.trimEnd()],
    ["empty lines and lines of no type", `${AUDIO_AND_VIDEO}\r\nwhat is this\r\n`],
    ["octets beyond ASCII", AUDIO_AND_VIDEO.replace("s=-", "s=\xe5\xae\xb6")],
  ])("is lossless with %s", (_title, text) => {
    expect(writeSdp(read(text))).toBe(text);
  });

  it("knows no format by a name that every object has", () => {
    const text = lines(
      "v=0",
      "o=- 1 1 IN IP4 192.0.2.1",
      "s=-",
      "c=IN IP4 192.0.2.1",
      "t=0 0",
      "m=audio 4 RTP/AVP __proto__ constructor",
    );
    expect(read(text).media[0]?.rtpmaps.size).toBe(0);
  });

  it("never throws, and loses nothing of what it takes", () => {
    const mutated = fc
      .tuple(fc.nat(AUDIO_AND_VIDEO.length), fc.nat(8), fc.string())
      .map(([at, cut, put]) => AUDIO_AND_VIDEO.slice(0, at) + put + AUDIO_AND_VIDEO.slice(at + cut));
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string()), (text) => {
        const description = readSdp(text);
        return isMalformed(description) || writeSdp(description) === text;
      }),
      { numRuns: 500 },
    );
  });
});

describe("relocateSdp", () => {
  const place: SdpPlace = {
    family: "IP4",
    address: "203.0.113.7",
    media: [{ port: 20000, rtcpPort: 20001 }, { port: 20002 }],
  };

  it("changes o=, c=, ports and a=rtcp, and nothing else", () => {
    const before = AUDIO_AND_VIDEO.split("\r\n");
    const after = relocateSdp(read(AUDIO_AND_VIDEO), place).split("\r\n");
    const changed = after.flatMap((line, index) => (line === before[index] ? [] : [line]));
    expect(after).toHaveLength(before.length);
    expect(changed).toEqual([
      "o=Some One 2890844526 2890842807 IN IP4 203.0.113.7",
      "c=IN IP4 203.0.113.7",
      "m=audio 20000 RTP/AVP 0 96 101",
      "a=rtcp:20001 IN IP4 203.0.113.7",
      "m=video 20002 RTP/SAVP 31",
      "c=IN IP4 203.0.113.7",
    ]);
  });

  const one = (audio: string, ...more: string[]): string =>
    lines("v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", audio, ...more);
  const v6: SdpPlace = { family: "IP6", address: "2001:db8::7", media: [{ port: 30000 }] };

  it.each([
    ["keeps a refused stream at port 0 (RFC 3264 §6)", one("m=audio 0 RTP/AVP 0"), place, "m=audio 0 RTP/AVP 0"],
    [
      "refuses a stream it has no place for",
      one("m=audio 4 RTP/AVP 0"),
      { ...place, media: [] },
      "m=audio 0 RTP/AVP 0",
    ],
    ["keeps hold by 0.0.0.0", one("m=audio 4 RTP/AVP 0", "c=IN IP4 0.0.0.0"), place, "c=IN IP4 0.0.0.0"],
    ["changes the family", one("m=audio 4 RTP/AVP 0"), v6, "c=IN IP6 2001:db8::7"],
    ["drops multicast scope", one("m=audio 4 RTP/AVP 0", "c=IN IP4 224.2.1.1/127"), v6, "c=IN IP6 2001:db8::7"],
    ["RFC 3605: one port for both stays one", one("m=audio 4 RTP/AVP 0", "a=rtcp:4"), v6, "a=rtcp:30000"],
    ["RFC 3605: RTCP above RTP by default", one("m=audio 4 RTP/AVP 0", "a=rtcp:99"), v6, "a=rtcp:30001"],
    ["leaves a broken a=rtcp readable", one("m=audio 4 RTP/AVP 0", "a=rtcp:x"), v6, "a=rtcp:30001"],
  ] satisfies [string, string, SdpPlace, string][])("%s", (_title, text, where, want) => {
    expect(relocateSdp(read(text), where).split("\r\n")).toContain(want);
  });

  const secure: SdpPlace = {
    ...v6,
    media: [{ port: 6, proto: "RTP/SAVP", formats: new Set(["8", "101"]), add: ["crypto:1 S inline:k", "x"] }],
  };
  it.each([
    [
      "before the m-line's own attributes",
      ["m=audio 4/2  RTP/AVP  0 8 101", "b=AS:64", "a=rtpmap:0 PCMU/8000", "a=fmtp:101 0-16", "a=sendrecv"],
      ["m=audio 6  RTP/SAVP 8 101", "b=AS:64", "a=crypto:1 S inline:k", "a=x", "a=fmtp:101 0-16", "a=sendrecv"],
    ],
    [
      "at the end where it has none, and not in the next",
      ["m=audio 4 RTP/AVP 0 8", "m=video 0 RTP/AVP 97", "a=sendrecv"],
      ["m=audio 6 RTP/SAVP 8", "a=crypto:1 S inline:k", "a=x", "m=video 0 RTP/AVP 97", "a=sendrecv"],
    ],
    [
      "what is about all formats stays",
      ["m=audio 4 RTP/AVP 8", "a=rtcp-fb:* nack", "a=rtcp-fb:0 ccm"],
      ["m=audio 6 RTP/SAVP 8", "a=crypto:1 S inline:k", "a=x", "a=rtcp-fb:* nack"],
    ],
  ])("changes profile and formats and adds attributes: %s", (_title, [audio = "", ...more], want) => {
    const text = one(audio, ...more);
    expect(relocateSdp(read(text), secure)).toBe(
      one(want[0] ?? "", ...want.slice(1)).replace(/IP4 192.0.2.1/g, "IP6 2001:db8::7"),
    );
    expect(relocateSdp(read(text.trimEnd()), secure).trimEnd().split("\r\n").slice(5)).toEqual(want);
  });

  it("leaves out the attributes it is told to", () => {
    const text = one("m=audio 4 RTP/AVP 0", "a=candidate:1 1 UDP 2130706431 192.0.2.1 4 typ host", "a=sendrecv");
    const without = relocateSdp(read(text), { ...v6, omit: (name) => name === "candidate" });
    expect(without).not.toContain("192.0.2.1");
    expect(without).toContain("a=sendrecv\r\n");
  });
});

const CORPUS = new URL("../../../../../shared/conformance/sdp/", import.meta.url);
const corpus = ["rfc4317/", "sdp-transform/"].flatMap((folder) => {
  const url = new URL(folder, CORPUS);
  return existsSync(url) ? readdirSync(url).map((file) => new URL(file, url)) : [];
});

describe.skipIf(corpus.length === 0)(
  "descriptions of RFC 4317 and from the field (only where the corpus is checked out)",
  () => {
    it.each(corpus.map((file) => [file.pathname.split("/").slice(-1)[0] ?? "", file] as const))("%s", (_name, file) => {
      const text = readFileSync(file, "latin1");
      const description = readSdp(text);
      expect(isMalformed(description) ? description.what : writeSdp(description)).toBe(text);
    });
  },
);
