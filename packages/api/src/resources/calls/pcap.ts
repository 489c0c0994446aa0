import type { CallCapture, CapturedMessage } from "@trunkline/trunking";

/**
 * A capture as a file for Wireshark: classic pcap with raw IP packets. What went over TCP or TLS is written as UDP datagrams between the same
 * addresses and ports: the sockets' segments are not known any more, and TLS would hide what this is for.
 */

const MAGIC_MICROSECONDS = 0xa1b2c3d4;
/** LINKTYPE_RAW: packets begin with the IP header. */
const RAW_IP = 101;
const UDP = 17;
const HOPS = 64;
const UDP_HEADER = 8;
/** A datagram's most, within IPv4 and its header without options (RFC 791). */
const MAX_PAYLOAD = 65_507;
const MAX_PACKET = 65_535;

export function pcapOf({ startedAtMs, messages }: CallCapture): Uint8Array {
  return Buffer.concat([fileHeader(), ...messages.map((message) => packetOf(message, startedAtMs))]);
}

function fileHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(MAGIC_MICROSECONDS, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(MAX_PACKET, 16);
  header.writeUInt32LE(RAW_IP, 20);
  return header;
}

function packetOf(message: CapturedMessage, startedAtMs: number): Buffer {
  const microseconds = Math.round((startedAtMs + message.atMs) * 1_000);
  const [local, remote] = [placeOf(message.local), placeOf(message.remote)];
  const [from, to] = message.direction === "sent" ? [local, remote] : [remote, local];
  const packet = ipPacket(from, to, Buffer.from(message.text, "latin1").subarray(0, MAX_PAYLOAD));
  const header = Buffer.alloc(16);
  header.writeUInt32LE(Math.floor(microseconds / 1e6), 0);
  header.writeUInt32LE(microseconds % 1e6, 4);
  header.writeUInt32LE(packet.length, 8);
  header.writeUInt32LE(packet.length, 12);
  return Buffer.concat([header, packet]);
}

type Place = { readonly address: Buffer; readonly port: number };

function ipPacket(from: Place, to: Place, payload: Buffer): Buffer {
  const length = UDP_HEADER + payload.length;
  const udp = Buffer.alloc(UDP_HEADER);
  udp.writeUInt16BE(from.port, 0);
  udp.writeUInt16BE(to.port, 2);
  udp.writeUInt16BE(length, 4);
  const pseudo = Buffer.alloc(8);
  pseudo.writeUInt32BE(length, 0);
  pseudo.writeUInt32BE(UDP, 4);
  // RFC 768: a sum of zero is sent as all ones.
  udp.writeUInt16BE(checksum(Buffer.concat([from.address, to.address, pseudo, udp, payload])) || 0xffff, 6);
  const ip = from.address.length === 4 ? ipv4Header(from, to, length) : ipv6Header(from, to, length);
  return Buffer.concat([ip, udp, payload]);
}

/** RFC 791 §3.1. */
function ipv4Header(from: Place, to: Place, length: number): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(20 + length, 2);
  header.writeUInt8(HOPS, 8);
  header.writeUInt8(UDP, 9);
  from.address.copy(header, 12);
  to.address.copy(header, 16);
  header.writeUInt16BE(checksum(header), 10);
  return header;
}

/** RFC 8200 §3. */
function ipv6Header(from: Place, to: Place, length: number): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt32BE(0x6000_0000, 0);
  header.writeUInt16BE(length, 4);
  header.writeUInt8(UDP, 6);
  header.writeUInt8(HOPS, 7);
  from.address.copy(header, 8);
  to.address.copy(header, 24);
  return header;
}

/** RFC 1071. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** `192.0.2.1:5060` or `[2001:db8::1]:5060`. */
function placeOf(text: string): Place {
  const colon = text.lastIndexOf(":");
  const host = text.slice(0, colon).replace(/^\[|\]$/g, "");
  const address = host.includes(":") ? ipv6Octets(host) : ipv4Octets(host);
  return { address, port: Number(text.slice(colon + 1)) };
}

function ipv4Octets(host: string): Buffer {
  return Buffer.from(host.split(".").map(Number));
}

function ipv6Octets(host: string): Buffer {
  const [plain = ""] = host.split("%");
  const [head = "", tail] = plain.split("::");
  const groups = (part: string): number[] =>
    part.split(":").flatMap((group) => {
      if (group === "") return [];
      return group.includes(".")
        ? [...ipv4Octets(group)]
        : [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255];
    });
  const [first, last] = [groups(head), groups(tail ?? "")];
  return Buffer.from([...first, ...Array<number>(Math.max(0, 16 - first.length - last.length)).fill(0), ...last]);
}
