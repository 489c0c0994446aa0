import type { SdpCrypto } from "@trunkline/sip";
import { isSuite, MASTER_BYTES, type SrtpKey, SUITES } from "./suite.ts";

/** A crypto line that can be used: the key of whoever wrote it. */
export type CryptoLine = { readonly tag: number; readonly key: SrtpKey };

/** What we offer, alone and always the same (SEC-3). */
export const OFFERED = { tag: 1, suite: "AES_CM_128_HMAC_SHA1_80" } as const;

const INLINE = /^inline:([A-Za-z0-9+/]+={0,2})((?:\|[^;]*)?)$/;
const LIFETIME = /^\|(?:2\^(\d{1,2})|(\d{1,15}))$/;
/** Packets under one master key at most (RFC 3711 §9.2). */
const LONGEST_LIFETIME = 2 ** 48;
/** Hints, and what is not different from the default: nothing in how packets are written depends on them (RFC 4568 §6.3). */
const HARMLESS = /^(?:WSH=\d{1,6}|KDR=0|-.*)$/;

/**
 * The first line that can be used, in the order of whoever wrote them (RFC 4568 §5.1.2), or why there is none: a sentence without any key.
 *
 * @param only the one that may be used: for an answer, what was offered (§5.1.3)
 */
export function chooseCrypto(lines: readonly SdpCrypto[], only?: typeof OFFERED): CryptoLine | string {
  const whyNot: string[] = [];
  for (const line of lines) {
    const key = only && (line.tag !== only.tag || line.suite !== only.suite) ? "was not offered" : readKey(line);
    if (typeof key !== "string") return { tag: line.tag, key };
    whyNot.push(`${line.tag} ${named(line.suite)} ${key}`);
  }
  if (whyNot.length === 0) return "it has no a=crypto line with an inline key";
  return `none of its a=crypto lines can be used (${whyNot.slice(0, 8).join("; ")})`;
}

/** A word of the other side's for a sentence of ours, which goes into headers and logs: short, and of plain characters. */
export function named(word: string): string {
  return word.replace(/[^\w./:-]/g, "?").slice(0, 40);
}

/** Value of `a=crypto` for our own key. */
export function writeCrypto(tag: number, { suite, master }: SrtpKey): string {
  return `crypto:${tag} ${suite} inline:${Buffer.from(master).toString("base64")}`;
}

/** The key of a line, or what is wrong with it (RFC 4568 §6.1, §6.3). */
function readKey({ suite, keyParams, sessionParams }: SdpCrypto): SrtpKey | string {
  if (!isSuite(suite)) return `is not one of ${Object.keys(SUITES).join(", ")}`;
  if (keyParams.includes(";")) return "has several keys";
  const [, base64 = "", rest = ""] = INLINE.exec(keyParams) ?? [];
  // A copy: short Buffers share their memory, and all of it would travel to the media worker.
  const master = new Uint8Array(Buffer.from(base64, "base64"));
  if (master.length !== MASTER_BYTES) return `has a key that is not ${MASTER_BYTES} octets in base64`;
  if (rest.includes(":")) return "has an MKI";
  if (rest !== "" && !isLifetime(rest)) return "has a lifetime that cannot be";
  const odd = sessionParams.find((parameter) => !HARMLESS.test(parameter));
  return odd === undefined ? { suite, master } : `asks for ${/^[A-Z_]+/.exec(odd)?.[0] ?? "what is unknown"}`;
}

/**
 * A lifetime is for whoever enciphers under the key: it has to take another in time (RFC 4568 §6.1). We keep none on our own keys but the
 * longest, and go on hearing a side that outlives its own.
 */
function isLifetime(text: string): boolean {
  const [, power, digits] = LIFETIME.exec(text) ?? [];
  const packets = power === undefined ? Number(digits ?? 0) : 2 ** Number(power);
  return packets > 0 && packets <= LONGEST_LIFETIME;
}
