import type { CapturedMessage } from "@trunkline/trunking";
import { describe, expect, it } from "vitest";
import { pcapOf } from "./pcap.ts";

const message = (local: string, remote: string, text: string): CapturedMessage => ({
  ...{ leg: "a", attempt: 0, direction: "received", atMs: 1.5, transport: "tls", isRetransmission: false },
  ...{ local, remote, text },
});

function fileOf(...messages: readonly CapturedMessage[]): Buffer {
  const capture = { callSid: "", accountSid: "", startedAtMs: 1_000_000_000_000, dropped: 0, legs: [], messages };
  return Buffer.from(pcapOf(capture));
}

/** RFC 1071 §1: the sum over what holds a right checksum is all ones. */
function sum(bytes: Buffer): number {
  let all = 0;
  for (let at = 0; at < bytes.length; at += 2) all += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (all > 0xffff) all = (all & 0xffff) + (all >>> 16);
  return all;
}

describe("EVD-2: PCAP", () => {
  it("of no messages is a file without packets", () => {
    expect(fileOf().toString("hex")).toBe("d4c3b2a1020004000000000000000000ffff000065000000");
  });

  it("has time, addresses, ports and octets of a message, with right checksums", () => {
    const packet = fileOf(message("192.0.2.1:5061", "198.51.100.7:40000", "odd\u00ff\0")).subarray(24);
    expect([packet.readUInt32LE(0), packet.readUInt32LE(4)]).toEqual([1_000_000_000, 1_500]);
    const ip = packet.subarray(16);
    expect([packet.readUInt32LE(8), packet.readUInt32LE(12)]).toEqual([ip.length, ip.length]);
    expect([...ip.subarray(12, 20)]).toEqual([198, 51, 100, 7, 192, 0, 2, 1]);
    expect([ip.readUInt16BE(20), ip.readUInt16BE(22)]).toEqual([40_000, 5061]);
    expect(ip.subarray(28).toString("latin1")).toBe("odd\u00ff\0");
    expect(sum(ip.subarray(0, 20))).toBe(0xffff);
    const pseudo = Buffer.from([0, 17, 0, ip.length - 20]);
    expect(sum(Buffer.concat([ip.subarray(12, 20), pseudo, ip.subarray(20)]))).toBe(0xffff);
  });

  it.each([
    ["[::1]:5060", "00000000000000000000000000000001"],
    ["[2001:db8::7:1]:5060", "20010db8000000000000000000070001"],
    ["[fe80::1%eth0]:5060", "fe800000000000000000000000000001"],
    ["[::ffff:192.0.2.1]:5060", "00000000000000000000ffffc0000201"],
    ["[2001:db8:1:2:3:4:5:6]:5060", "20010db8000100020003000400050006"],
  ])("knows %s", (place, octets) => {
    const ip = fileOf(message(place, place, "x")).subarray(40);
    expect(ip.subarray(8, 24).toString("hex")).toBe(octets);
    expect(ip.subarray(24, 40).toString("hex")).toBe(octets);
  });

  it("cuts what no datagram can hold", () => {
    const ip = fileOf(message("192.0.2.1:1", "192.0.2.2:2", "x".repeat(70_000))).subarray(40);
    expect(ip.readUInt16BE(2)).toBe(65_535);
    expect(ip).toHaveLength(65_535);
  });
});
