import ipaddr from "ipaddr.js";
import { type Invalid, invalid } from "./invalid.ts";

/** An address block as written in an access control list: the address keeps its host bits, matching ignores them. */
export type Cidr = {
  readonly kind: "ok";
  /** Canonical text: dotted quad, or RFC 5952 for IPv6. An IPv4-mapped IPv6 block becomes the IPv4 block it means. */
  readonly address: string;
  /** 1–32 for IPv4, 1–128 for IPv6. */
  readonly prefixLength: number;
  /** `address/prefixLength`. */
  readonly cidr: string;
};

/** Bits in front of the IPv4 part of an IPv4-mapped address, `::ffff:0:0/96` (RFC 4291 §2.5.5.2). */
const MAPPED_BITS = 96;

/**
 * The bytes of an address, 4 or 16; undefined for anything else. Only full dotted quads count as IPv4 (`10.1` and `0x7f.1` do
 * not). Square brackets and a zone (`%eth0`) are ignored; IPv4-mapped IPv6 is IPv4, as a dual-stack socket shows it.
 */
export function readIpAddress(text: string): readonly number[] | undefined {
  return parse(text)?.toByteArray();
}

/** The canonical text of an address, or undefined when it is none. */
export function canonicalIpAddress(text: string): string | undefined {
  return parse(text)?.toString();
}

/**
 * Checks an address block. The prefix length comes from the text (`10.0.0.0/8`), from the second argument, or is the whole address.
 *
 * A length of 0 is refused: it would let everybody in, and Twilio stores it as /32 in silence (contract §14).
 */
export function checkCidr(text: string, prefixLength?: number): Cidr | Invalid {
  const [addressText = "", lengthText, ...rest] = text.trim().split("/");
  if (rest.length > 0)
    return invalid(`"${text}" has more than one "/". Write address/length, for example 203.0.113.0/24.`);
  const parsed = addressText.includes("%") ? undefined : parse(addressText);
  if (!parsed) {
    return invalid(
      `"${addressText}" is not an IP address. Write an IPv4 address such as 203.0.113.7, or an IPv6 address.`,
    );
  }
  if (lengthText !== undefined && !/^\d{1,3}$/.test(lengthText)) {
    return invalid(`"${lengthText}" is not a prefix length. Write a whole number after the "/".`);
  }
  const stated = lengthText === undefined ? prefixLength : Number(lengthText);
  if (lengthText !== undefined && prefixLength !== undefined && Number(lengthText) !== prefixLength) {
    return invalid(`"${text}" and the prefix length ${prefixLength} contradict each other. Give the length once.`);
  }
  const bits = parsed.kind() === "ipv4" ? 32 : 128;
  const written = ipaddr.IPv6.isValid(addressText) && bits === 32 ? MAPPED_BITS : 0;
  const length = stated === undefined ? bits : stated - written;
  if (length === 0) return invalid("A prefix length of 0 would admit every address. Use 1 or more.");
  if (!Number.isInteger(length) || length < 0 || length > bits) {
    return invalid(
      `The prefix length ${stated} is out of range. For ${parsed.toString()} it is 1 to ${bits + written}.`,
    );
  }
  const address = parsed.toString();
  return { kind: "ok", address, prefixLength: length, cidr: `${address}/${length}` };
}

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  const bare = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
  const address = bare.replace(/%[\w.-]+$/, "");
  return address.includes(":") && ipaddr.IPv6.isValid(address) ? ipaddr.process(address) : undefined;
}
