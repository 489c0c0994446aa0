import { Malformed } from "../malformed.ts";
import { parseNumber, TOKEN_CHARS } from "./text.ts";
import type { CSeq } from "./values.ts";

const CSEQ = new RegExp(`^(\\d{1,32})[ \\t]+([${TOKEN_CHARS}]+)$`);

/** Highest sequence number (RFC 3261 §8.1.1.5). */
const MAX_SEQUENCE = 2 ** 31 - 1;

/** Reads a CSeq value such as `314159 INVITE` (RFC 3261 §20.16). Leading zeros are legal (RFC 4475 §3.1.1.1). */
export function parseCSeq(text: string): CSeq | Malformed {
  const match = CSEQ.exec(text);
  if (!match) return new Malformed("CSeq");
  const number = parseNumber(match[1] as string, MAX_SEQUENCE, "CSeq number");
  return number instanceof Malformed ? number : { number, method: match[2] as string };
}
