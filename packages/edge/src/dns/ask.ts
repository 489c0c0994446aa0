import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect } from "node:net";
import type { DnsQuestion } from "@trunkline/sip";
import { type DnsReply, queryBytes, readReply } from "./message.ts";

export type DnsServer = { readonly address: string; readonly port: number };

/** Reads `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`, the forms of `dns.getServers()`. */
export function parseServer(text: string): DnsServer {
  const match = /^\[([^\]]+)\](?::(\d+))?$/.exec(text) ?? /^([^:]+)(?::(\d+))?$/.exec(text);
  return { address: match?.[1] ?? text, port: Number(match?.[2] ?? 53) };
}

/**
 * Asks one server once: over UDP from a port and with an id of its own (RFC 5452 §9), over TCP when the answer does not fit. Undefined when
 * it says nothing within `limitMs`. Never rejects.
 */
export async function askServer(
  server: DnsServer,
  question: DnsQuestion,
  limitMs: number,
): Promise<Extract<DnsReply, { readonly kind: "answer" }> | undefined> {
  const startedMs = performance.now();
  const id = randomInt(0x10000);
  const query = queryBytes(id, question);
  const read = (bytes: Buffer): DnsReply | undefined => readReply(bytes, id, question);
  const reply = await askOverUdp(server, query, read, limitMs);
  if (reply?.kind !== "truncated") return reply;
  const whole = await askOverTcp(server, query, read, limitMs - (performance.now() - startedMs));
  return whole?.kind === "answer" ? whole : undefined;
}

type Read = (bytes: Buffer) => DnsReply | undefined;

function askOverUdp(server: DnsServer, query: Buffer, read: Read, limitMs: number): Promise<DnsReply | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(server.address.includes(":") ? "udp6" : "udp4");
    let isOver = false;
    const finish = (reply: DnsReply | undefined): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(limit);
      socket.removeAllListeners("message");
      socket.close(() => resolve(reply));
    };
    const limit = setTimeout(finish, Math.max(0, limitMs), undefined);
    socket.on("error", () => finish(undefined));
    socket.on("message", (bytes) => {
      const reply = read(bytes);
      if (reply) finish(reply);
    });
    // Connected, so that the kernel drops what comes from anywhere else and reports a closed port. A callback of `connect` would be
    // called for its failure too, and to send then throws.
    socket.once("connect", () => socket.send(query));
    socket.connect(server.port, server.address);
  });
}

function askOverTcp(server: DnsServer, query: Buffer, read: Read, limitMs: number): Promise<DnsReply | undefined> {
  return new Promise((resolve) => {
    const socket = connect(server.port, server.address);
    let received = Buffer.alloc(0);
    const finish = (reply: DnsReply | undefined): void => {
      clearTimeout(limit);
      socket.destroy();
      resolve(reply);
    };
    const limit = setTimeout(finish, Math.max(0, limitMs), undefined);
    socket.once("error", () => finish(undefined));
    socket.once("close", () => finish(undefined));
    socket.once("connect", () => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(query.length);
      socket.write(Buffer.concat([length, query]));
    });
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      const lengthBytes = received.length < 2 ? Number.POSITIVE_INFINITY : received.readUInt16BE(0);
      if (received.length >= lengthBytes + 2) finish(read(received.subarray(2, lengthBytes + 2)));
    });
  });
}
