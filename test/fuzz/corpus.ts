import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isUnreadable, readMessage } from "@trunkline/sip";
import { readVectors } from "../support/lent-fixtures.ts";
import { recordCallFlow } from "./call-flow.ts";
import type { Finding } from "./target.ts";

/** Where inputs that once found something are kept. */
export const FOUND = fileURLToPath(new URL("../vectors/fuzz/", import.meta.url));

const CALL_FLOW = await recordCallFlow();

/** The messages of RFC 4475 and 5118 and of a whole call, and whatever has found something before. */
export function messages(): readonly string[] {
  const torture = ["rfc4475.txt", "rfc5118.txt"].flatMap((file) => readVectors(file).map(({ text }) => text));
  return [...torture, ...CALL_FLOW, ...found("reader")];
}

/** Session descriptions of the messages, and richer ones. */
export function descriptions(): readonly string[] {
  const bodies = messages().flatMap((text) => {
    const message = readMessage(text);
    return isUnreadable(message) || !message.body.startsWith("v=0") ? [] : [message.body];
  });
  return [...new Set([...bodies, ...SDP.map((lines) => `${lines.join("\r\n")}\r\n`)])];
}

/** Values of all headers, for the parsers of values. */
export function headerValues(): readonly string[] {
  return [
    ...new Set(
      messages().flatMap((text) => {
        const message = readMessage(text);
        if (isUnreadable(message)) return [];
        const uri = message.kind === "request" ? [message.requestUri] : [];
        const values = message.headers.flatMap(({ key }) => message.values(key));
        return [...uri, ...values, ...values.flatMap((value) => /<([^>]*)>/.exec(value)?.[1] ?? [])];
      }),
    ),
    "tel:+1-201-555-0123;phone-context=example.com",
    "sips:alice:secret@[2001:db8::1]:5061;transport=tls;lr?subject=hi&to=x",
  ];
}

/** Challenges and credentials. */
export function digests(): readonly string[] {
  return [
    'Digest realm="sip.example.com",qop="auth,auth-int",nonce="84a4cc6f3082121f32b42a2187831a9e",opaque="5ccc069c",stale=TRUE,algorithm=SHA-256',
    'Digest realm="a \\"quoted\\" realm", nonce="n"',
    'Digest username="demo",realm="sip.example.com",nonce="84a4cc6f",uri="sip:+1@example.com",response="7587245234b3434cc3412213e5f113a5",algorithm=MD5,cnonce="0a4f113b",qop=auth,nc=00000001,opaque="5ccc069c"',
    `Digest username="demo", realm="r", nonce="n", uri="sip:a", response="${"0f".repeat(32)}", algorithm=SHA-256`,
    ...headerValues().filter((value) => /^digest /i.test(value)),
  ];
}

/** The inputs of that target that were found and kept. */
function found(target: string): readonly string[] {
  return findings()
    .filter((finding) => finding.target === target)
    .map(({ input }) => input);
}

export function findings(): readonly Finding[] {
  if (!existsSync(FOUND)) return [];
  const files = readdirSync(FOUND).filter((file) => file.endsWith(".json"));
  return files.map((file) => JSON.parse(readFileSync(FOUND + file, "utf8")) as Finding);
}

const SDP: readonly (readonly string[])[] = [
  [
    "v=0",
    "o=alice 2890844526 2890842807 IN IP6 2001:db8::1",
    "s=-",
    "c=IN IP6 2001:db8::1",
    "t=0 0",
    "m=audio 49170/2 RTP/SAVP 0 8 101",
    "a=rtpmap:101 telephone-event/8000",
    "a=fmtp:101 0-16",
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4 FEC_ORDER=FEC_SRTP",
    "a=rtcp:49171 IN IP6 2001:db8::1",
    "a=rtcp-mux",
    "a=sendonly",
    "m=video 0 RTP/AVP 31",
    "m=image 5000 udptl t38",
    "c=IN IP4 0.0.0.0",
    "a=T38FaxVersion:0",
    "m=audio 5002 RTP/AVP 0",
    "c=IN IP4 233.252.0.1/127",
    "a=candidate:1 1 UDP 2130706431 10.0.1.1 8998 typ host",
  ],
];
