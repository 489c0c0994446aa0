// Where rtpgen sends to, and what the two ends of its calls say in SDP.
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";

/** rtpgen's two sockets: A with SRTP or without, B always plain. */
const CALLER = "127.0.0.2";
const CALLEE = "127.0.0.3";

const sdp = (address: string, profile: string, crypto: string): string =>
  `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 40000 ${profile} 0\r\n${crypto}a=rtpmap:0 PCMU/8000\r\na=ptime:20\r\na=sendrecv\r\n`;

/** @param key master key and salt, undefined for plain RTP */
export function callerSdp(key: Buffer | undefined): string {
  if (!key) return sdp(CALLER, "RTP/AVP", "");
  return sdp(CALLER, "RTP/SAVP", `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key.toString("base64")}\r\n`);
}

export function calleeSdp(): string {
  return sdp(CALLEE, "RTP/AVP", "");
}

/** "address port" of the SDP's audio. */
export function placeOf(text: unknown): string {
  const [, address, port] = (typeof text === "string" && /c=IN IP4 (\S+)[\s\S]*m=audio (\d+)/.exec(text)) || [];
  if (!port) throw new Error(`no place for media: ${JSON.stringify(text)}`);
  return `${address} ${port}`;
}

/** Sets the calls up one after the other and writes rtpgen's file: both places of each, and the caller's key in hexadecimal. */
export async function writeTargets(
  file: string,
  calls: number,
  isSecure: boolean,
  setUp: (call: number, key: Buffer | undefined) => Promise<{ readonly towardsA: string; readonly towardsB: string }>,
): Promise<void> {
  const lines: string[] = [];
  for (let call = 0; call < calls; call += 1) {
    const key = isSecure ? randomBytes(30) : undefined;
    const { towardsA, towardsB } = await setUp(call, key);
    lines.push(`${towardsA} ${towardsB} ${key?.toString("hex") ?? ""}`.trimEnd());
  }
  writeFileSync(file, `${lines.join("\n")}\n`);
}
