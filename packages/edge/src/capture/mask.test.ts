import { describe, expect, it } from "vitest";
import { maskSecrets } from "./mask.ts";

const lines = (...all: string[]): string => all.join("\r\n");

describe("EVD-1, SEC-1: a capture shows no secrets", () => {
  it.each([
    [
      "digest credentials keep who and where, not the proof",
      'Proxy-Authorization: Digest username="pbx", realm="sip.example.com", nonce="n1", uri="sip:+1@a", qop=auth, nc=00000001, cnonce="c1", response="0123abcd", algorithm=MD5',
      'Proxy-Authorization: Digest username="pbx", realm="sip.example.com", nonce=***, uri="sip:+1@a", qop=auth, nc=00000001, cnonce=***, response=***, algorithm=MD5',
    ],
    [
      "a folded header",
      'AUTHORIZATION : Digest username="pbx",\r\n response="secret",\r\n\tcnonce=\r\n "secret"',
      'AUTHORIZATION : Digest username="pbx",\r\n response=***,\r\n\tcnonce=\r\n ***',
    ],
    [
      "an escaped quote within a proof",
      'Authorization: Digest response="a\\"secret", uri="x"',
      'Authorization: Digest response=***, uri="x"',
    ],
    ["a quote that is never closed", 'Authorization: Digest response="secret', "Authorization: Digest response=***"],
    ["a scheme that is the password itself", "Authorization: Basic cGJ4OnNlY3JldA==", "Authorization: Basic ***"],
    [
      "what a proxy proves in turn",
      'Authentication-Info: nextnonce="secret", rspauth="secret"',
      "Authentication-Info: nextnonce=***, rspauth=***",
    ],
    ["a password in a URI", "Contact: <sip:pbx:secret@192.0.2.1:5060>", "Contact: <sip:pbx:***@192.0.2.1:5060>"],
    [
      "a challenge stays",
      'WWW-Authenticate: Digest realm="r", nonce="n"',
      'WWW-Authenticate: Digest realm="r", nonce="n"',
    ],
    ["a port is no password", "Route: <sip:192.0.2.1:5060;lr>", "Route: <sip:192.0.2.1:5060;lr>"],
  ])("%s", (_name, given, shown) => {
    const around = (line: string): string => lines("INVITE sip:+1@a SIP/2.0", line, "CSeq: 1 INVITE", "", "");
    expect(maskSecrets(around(given))).toBe(around(shown));
  });

  it("two credentials for two realms", () => {
    const one = 'Proxy-Authorization: Digest realm="a", response="secret"';
    const two = 'Proxy-Authorization: Digest realm="b", response="secret"';
    expect(maskSecrets(lines("INVITE sip:a SIP/2.0", one, two, "X: response=kept", "", ""))).toBe(
      lines(
        "INVITE sip:a SIP/2.0",
        'Proxy-Authorization: Digest realm="a", response=***',
        'Proxy-Authorization: Digest realm="b", response=***',
        "X: response=kept",
        "",
        "",
      ),
    );
  });

  it.each([
    [
      "application/sdp",
      "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0|2^20|1:4 FEC_ORDER=FEC_SRTP",
      "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:********|2^20|1:4 FEC_ORDER=FEC_SRTP",
    ],
    ["application/sdp", "a=crypto:1 X inline:c2VjcmV0;inline:b3RoZXI=", "a=crypto:1 X inline:********;inline:********"],
    [
      "application/sdp",
      "k=clear:secret\r\na=ice-pwd:secret\r\na=key-mgmt:mikey secret",
      "k=clear:******\r\na=ice-pwd:******\r\na=key-mgmt:mikey ******",
    ],
    ["application/dtmf-relay", "Signal=5\r\nDuration=160", "Signal=*\r\nDuration=160"],
    ["application/dtmf", "5", "*"],
  ])("a body of %s: %s", (type, given, shown) => {
    const around = (body: string): string => lines("INFO sip:a SIP/2.0", `c: ${type}`, "", body);
    expect(maskSecrets(around(given))).toBe(around(shown));
    expect(maskSecrets(around(given))).toHaveLength(around(given).length);
  });

  it.each([
    ["a header", `INVITE sip:a SIP/2.0\r\nAuthorization: ${'Digest response="'.repeat(3_000)}\r\n\r\n`],
    ["URIs", `INVITE sip:a SIP/2.0\r\nX: ${"sip:".repeat(16_000)}\r\n\r\n`],
    ["keys", `INVITE sip:a SIP/2.0\r\n\r\n${"a=crypto:inline:".repeat(4_000)}`],
    ["digits", `INFO sip:a SIP/2.0\r\nc: application/dtmf-relay\r\n\r\n${"\n".repeat(64_000)}`],
  ])("does not go over %s of a large message again and again", (_what, message) => {
    // Some hundred of what would each take a second.
    for (let times = 0; times < 100; times++) expect(maskSecrets(message).length).toBeGreaterThan(0);
  });
});
