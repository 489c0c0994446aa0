import { isMalformed, readSdp, type SdpCrypto } from "@trunkline/sip";
import { describe, expect, it } from "vitest";
import { lines } from "../rtp-peer.fixture.ts";
import { chooseCrypto, OFFERED, writeCrypto } from "./sdes.ts";

const MASTER = Uint8Array.from({ length: 30 }, (_unused, at) => at);
const KEY = `inline:${Buffer.from(MASTER).toString("base64")}`;

function read(...values: readonly string[]): readonly SdpCrypto[] {
  const crypto = values.map((value) => `a=crypto:${value}`);
  const sdp = readSdp(lines("v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "t=0 0", "m=audio 0 RTP/SAVP 0", ...crypto));
  return isMalformed(sdp) ? [] : (sdp.media[0]?.crypto ?? []);
}

describe("SEC-3: crypto lines (RFC 4568)", () => {
  it("writes the line that it reads", () => {
    const key = { suite: "AES_CM_128_HMAC_SHA1_32", master: MASTER } as const;
    expect(writeCrypto(7, key)).toBe(`crypto:7 AES_CM_128_HMAC_SHA1_32 ${KEY}`);
    expect(chooseCrypto(read(writeCrypto(7, key).slice("crypto:".length)))).toEqual({ tag: 7, key });
  });

  it.each([
    ["a lifetime of 2^48, the most there is (RFC 3711 §9.2)", `${KEY}|2^48`],
    ["a lifetime in digits", `${KEY}|281474976710656`],
    ["a hint at the replay window (§6.3.6)", `${KEY} WSH=1024`],
    ["a derivation rate of 0, which is none (§6.3.1)", `${KEY} KDR=0`],
    ["parameters that may be ignored (§6.3.7)", `${KEY}|2^31 -a -b=c`],
  ])("can be used: %s", (_title, rest) => {
    expect(chooseCrypto(read(`1 AES_CM_128_HMAC_SHA1_80 ${rest}`))).toMatchObject({ tag: 1 });
  });

  it.each([
    ["AES_CM_128_HMAC_SHA1_80", `${KEY}|2^20|1:4`, "an MKI"],
    ["AES_CM_128_HMAC_SHA1_80", `${KEY}|1:4`, "an MKI"],
    ["AES_CM_128_HMAC_SHA1_80", `${KEY};${KEY}`, "several keys"],
    ["AES_CM_128_HMAC_SHA1_80", `${KEY}|2^49`, "a lifetime"],
    ["AES_CM_128_HMAC_SHA1_80", `${KEY}|0`, "a lifetime"],
    ["AES_CM_128_HMAC_SHA1_80", `${KEY}|for ever`, "a lifetime"],
    ["AES_CM_128_HMAC_SHA1_80", `${KEY}|2^20|2^20`, "a lifetime"],
    ["AES_CM_128_HMAC_SHA1_80", KEY.slice(0, -4), "30 octets"],
    ["AES_CM_128_HMAC_SHA1_80", `${KEY}AAAA`, "30 octets"],
    ["AES_CM_128_HMAC_SHA1_80", "inline:", "inline key"],
    ["AES_CM_128_HMAC_SHA1_80", "inline:%%%%", "30 octets"],
    ["AES_CM_128_HMAC_SHA1_80", `${KEY} UNENCRYPTED_SRTP`, "UNENCRYPTED_SRTP"],
    ["AES_CM_128_HMAC_SHA1_80", `${KEY} UNENCRYPTED_SRTCP`, "UNENCRYPTED_SRTCP"],
    ["AES_CM_128_HMAC_SHA1_80", `${KEY} UNAUTHENTICATED_SRTP`, "UNAUTHENTICATED_SRTP"],
    ["AES_CM_128_HMAC_SHA1_80", `${KEY} KDR=1`, "KDR"],
    ["AES_CM_128_HMAC_SHA1_80", `${KEY} FEC_ORDER=FEC_SRTP`, "FEC_ORDER"],
    ["AES_CM_128_HMAC_SHA1_80", `${KEY} new=1`, "what is unknown"],
    ["AES_256_CM_HMAC_SHA1_80", KEY, "AES_256_CM_HMAC_SHA1_80 is not one of"],
    ["__proto__", KEY, "is not one of"],
    ["aes_cm_128_hmac_sha1_80", KEY, "is not one of"],
  ])("cannot be used: %s %s", (suite, rest, why) => {
    const chosen = chooseCrypto(read(`1 ${suite} ${rest}`));
    expect(chosen).toContain(why);
    expect(chosen).not.toContain(KEY.slice("inline:".length, 30));
  });

  it("an answer takes up what was offered, by tag and suite (§5.1.3)", () => {
    const lines = (tag: number, suite: string): readonly SdpCrypto[] => read(`${tag} ${suite} ${KEY}`);
    expect(chooseCrypto(lines(1, OFFERED.suite), OFFERED)).toMatchObject({ tag: 1 });
    expect(chooseCrypto(lines(2, OFFERED.suite), OFFERED)).toContain("was not offered");
    expect(chooseCrypto(lines(1, "AES_CM_128_HMAC_SHA1_32"), OFFERED)).toContain("was not offered");
  });

  it("says so when there is no line, and lists no more than a few of many", () => {
    expect(chooseCrypto([])).toContain("no a=crypto line");
    const many = read(...Array.from({ length: 200 }, (_unused, at) => `${at} ${"X".repeat(200)} ${KEY}`));
    expect(String(chooseCrypto(many)).length).toBeLessThan(1_200);
  });
});
