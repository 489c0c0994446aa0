import { isMalformed, readSdp } from "@trunkline/sip";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lines } from "../rtp-peer.fixture.ts";
import { OwnKeys } from "../srtp/own-keys.ts";
import { SHA1_80 } from "../talker.fixture.ts";
import { isRefusal, type LegRules, readAnswer, readOffer } from "./negotiation.ts";
import { showAnswer, showOffer } from "./showing.ts";

const THEIR_KEY = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
const OURS = "198.51.100.7";

function sdp(profile: string, ...more: readonly string[]): string {
  const secure = profile.includes("SAVP") ? [`a=crypto:1 ${SHA1_80} inline:${THEIR_KEY}|2^31 WSH=64`] : [];
  const audio = [
    `m=audio 4000 ${profile} 0 8 111 101`,
    "b=AS:64",
    ...secure,
    "a=rtpmap:111 opus/48000/2",
    "a=sendrecv",
  ];
  return lines("v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", ...audio, ...more);
}

const rules = (secure: boolean, codecs: readonly string[] | null = null): LegRules => ({
  family: "IP4",
  secure,
  codecs,
});
const legs = fc.record({
  a: fc.boolean().map((secure) => rules(secure)),
  b: fc.tuple(fc.boolean(), fc.constantFrom(null, ["pcmu"], ["opus"])).map(([secure, codecs]) => rules(secure, codecs)),
});

/** Descriptions as they come, with something cut out and something put in. */
const descriptions = fc
  .tuple(
    fc.constantFrom(
      sdp("RTP/AVP"),
      sdp("RTP/SAVP"),
      sdp("RTP/SAVPF", "m=image 4002 udptl t38", "a=T38FaxVersion:0"),
      sdp("UDP/TLS/RTP/SAVP", `m=audio 0 RTP/SAVP 0`, `a=crypto:2 ${SHA1_80} inline:${THEIR_KEY}`),
    ),
    fc.nat(400),
    fc.nat(8),
    fc.oneof(fc.string(), fc.constantFrom("0", ";", "|1:4", "__proto__", "RTP/SAVP", "\r\nm=audio 1 RTP/SAVP 0")),
    fc.boolean(),
  )
  .map(([text, at, cut, put, change]) => (change ? text.slice(0, at) + put + text.slice(at + cut) : text));

describe("negotiation", () => {
  it("whatever is described, nothing throws, and what is shown is whole, ours, and without the other's keys", () => {
    let shownCount = 0;
    const judge = (text: string, secure: boolean, lineCount: number): void => {
      shownCount += 1;
      const shown = readSdp(text.replace("o=", `o=- 1 1 IN IP4 ${OURS}`));
      if (isMalformed(shown)) throw new Error(`${shown.what} in ${text}`);
      expect(shown.media).toHaveLength(lineCount);
      expect(text).not.toMatch(new RegExp(`^a=crypto:.*${THEIR_KEY.slice(0, 20)}`, "im"));
      for (const { port, proto, crypto, connection } of shown.media) {
        if (port === 0 || /udptl/i.test(proto)) continue;
        expect([port, proto.includes("SAVP"), crypto.length]).toEqual([20_000, secure, secure ? 1 : 0]);
        expect(["0.0.0.0", OURS]).toContain(connection?.address);
      }
    };
    const property = fc.property(descriptions, descriptions, legs, (offered, answered, both) => {
      const offer = readOffer(offered, "a", both);
      if (isRefusal(offer)) {
        expect(offer.why).not.toContain(THEIR_KEY.slice(0, 20));
        return;
      }
      const own = new OwnKeys();
      const showing = (leg: "a" | "b") => ({
        address: OURS,
        ports: offer.lines.map(() => 20_000),
        keys: offer.lines.map((line, at) => (line && both[leg].secure ? own.of(at, leg, SHA1_80) : null)),
      });
      judge(showOffer(offer, showing("b")), both.b.secure, offer.lines.length);
      const answer = readAnswer(answered, offer, both.b);
      if (!isRefusal(answer)) judge(showAnswer(answer, offer, showing("a")), both.a.secure, offer.lines.length);
    });
    fc.assert(property, { numRuns: 3_000 });
    expect(shownCount).toBeGreaterThan(1_000);
  });

  it("carries the first eight media lines, so that no description takes all ports", () => {
    const more = Array.from({ length: 50 }, (_unused, at) => `m=audio ${5_000 + at} RTP/AVP 0`);
    const offer = readOffer(sdp("RTP/AVP", ...more), "a", { a: rules(false), b: rules(false) });
    if (isRefusal(offer)) throw new Error(offer.why);
    expect(offer.lines.map((line) => line !== null)).toEqual([...Array(8).fill(true), ...Array(43).fill(false)]);
  });

  it("writes nothing of the other side's into a refusal but plain words", () => {
    const strange = sdp("RTP/AVP").replace("RTP/AVP", `RTP/"<${"x".repeat(300)}\\>`);
    const refusal = readOffer(strange, "a", { a: rules(false), b: rules(false) });
    expect(refusal).toMatchObject({ status: 488, why: expect.stringMatching(/^[\w .,:/?-]{1,150}$/) });
  });
});
