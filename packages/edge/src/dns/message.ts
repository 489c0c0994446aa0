import type { DnsAnswer, DnsQuestion, DnsRecord } from "@trunkline/sip";
import { type Answer, decode, encode, type Packet, RECURSION_DESIRED } from "dns-packet";

/** What a response says, and for how long it may be believed. */
export type DnsReply =
  | { readonly kind: "answer"; readonly answer: DnsAnswer; readonly ttlSec: number }
  /** Too long for a datagram: ask again over TCP (RFC 7766 §5). */
  | { readonly kind: "truncated" };

/** Size of a datagram that passes everywhere unfragmented (the DNS flag day 2020's figure). */
const UDP_PAYLOAD_BYTES = 1_232;

/** How long a "does not exist" without SOA is believed. */
const NEGATIVE_TTL_SEC = 30;

export function queryBytes(id: number, { type, name }: DnsQuestion): Buffer {
  const query: Packet = {
    type: "query",
    id,
    flags: RECURSION_DESIRED,
    questions: [{ type, name, class: "IN" }],
    additionals: [
      {
        type: "OPT",
        name: ".",
        udpPayloadSize: UDP_PAYLOAD_BYTES,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: false,
        options: [],
      },
    ],
  };
  return encode(query);
}

/** Reads a response to that question; undefined when it is something else (a forgery, a late answer, garbage). */
export function readReply(bytes: Buffer, id: number, question: DnsQuestion): DnsReply | undefined {
  let packet: ReturnType<typeof decode>;
  try {
    packet = decode(bytes);
  } catch {
    return undefined;
  }
  const asked = packet.questions?.[0];
  if (packet.id !== id || !packet.flag_qr || asked?.type !== question.type || !sameName(asked.name, question.name)) {
    return undefined;
  }
  if (packet.flag_tc) return { kind: "truncated" };
  const code = (packet.flags ?? 0) & 0xf;
  const noError = 0;
  const nameError = 3;
  if (code !== noError && code !== nameError) {
    return { kind: "answer", answer: { kind: "failed", why: `the server answered with code ${code}` }, ttlSec: 0 };
  }
  return readRecords(packet, question);
}

/** Records of the asked type, behind any chain of aliases; none at all is an answer as well, good for as long as the SOA says (RFC 2308 §5). */
function readRecords(packet: Packet, { type, name }: DnsQuestion): DnsReply {
  const owners = new Set([plain(name)]);
  const records: DnsRecord[] = [];
  let ttlSec = Number.POSITIVE_INFINITY;
  for (const answer of packet.answers ?? []) {
    if (answer.type === "OPT" || !owners.has(plain(answer.name))) continue;
    if (answer.type === "CNAME") owners.add(plain(answer.data));
    const record = answer.type === type ? toRecord(answer) : undefined;
    if (record) records.push(record);
    if (record || answer.type === "CNAME") ttlSec = Math.min(ttlSec, answer.ttl ?? 0);
  }
  if (records.length === 0) {
    const soa = packet.authorities?.find((authority) => authority.type === "SOA");
    ttlSec = soa ? Math.min(soa.ttl ?? 0, soa.data.minimum ?? 0) : NEGATIVE_TTL_SEC;
  }
  return { kind: "answer", answer: { kind: "records", records }, ttlSec };
}

function toRecord(answer: Answer): DnsRecord | undefined {
  switch (answer.type) {
    case "A":
    case "AAAA":
      return { type: answer.type, address: answer.data };
    case "SRV": {
      const { priority = 0, weight = 0, port, target } = answer.data;
      return { type: "SRV", priority, weight, port, target };
    }
    case "NAPTR": {
      const { order, preference, flags, services, replacement } = answer.data;
      return { type: "NAPTR", order, preference, flags, service: services, replacement };
    }
    default:
      return undefined;
  }
}

function sameName(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
