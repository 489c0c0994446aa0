import { connect, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import type { Flow, TransportName } from "@trunkline/sip";
import { onTestFinished } from "vitest";
import { openSipHost, type SipHost, type SipHostOptions } from "./index.ts";

/** What arrived, and a way to wait for the next one. */
export class Inbox<T> {
  readonly items: T[] = [];
  readonly #waiting: ((item: T) => void)[] = [];

  put(item: T): void {
    this.items.push(item);
    this.#waiting.shift()?.(item);
  }

  next(): Promise<T> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The first `count` items, those that are there included. */
  async first(count: number): Promise<readonly T[]> {
    while (this.items.length < count) await this.next();
    return this.items.slice(0, count);
  }
}

type Heard = { flow: Flow; text: string };
export type Opened = {
  host: SipHost;
  messages: Inbox<Heard>;
  failures: Inbox<{ flow: Flow; reason: string }>;
  port: number;
};

/** A host with one listener of that transport, closed with the test. */
export async function open(
  address: string,
  more: Partial<SipHostOptions> = {},
  transport: TransportName = "udp",
): Promise<Opened> {
  const messages = new Inbox<Heard>();
  const failures = new Inbox<{ flow: Flow; reason: string }>();
  const host = await openSipHost({
    listen: [{ transport, address, port: 0 }],
    onMessage: (flow, text) => messages.put({ flow, text }),
    onFlowFailed: (flow, reason) => failures.put({ flow, reason }),
    ...more,
  });
  onTestFinished(() => host.close());
  return { host, messages, failures, port: host.listeners[0]?.port ?? 0 };
}

/** The flow from one host's to another's first listener. */
export function flowBetween(from: SipHost, to: SipHost): Flow {
  const on = to.listeners[0];
  const flow = on && from.flowTo(on.transport, on.address, on.port);
  if (!flow) throw new Error("no flow");
  return flow;
}

/** A peer's bare TCP socket, connected or refused; what it hears is collected as text. Destroyed with the test. */
export async function bareSocket(
  port: number,
  address = "127.0.0.1",
): Promise<{ socket: Socket; heard: () => string; closed: Promise<unknown> }> {
  const socket = connect(port, address);
  onTestFinished(() => void socket.destroy());
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    text += chunk;
  });
  socket.on("error", () => {}); // resets are part of the tests, and seen by `closed`
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await Promise.race([new Promise((resolve) => socket.once("connect", resolve)), closed]);
  return { socket, heard: () => text, closed };
}

export const locals = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
export const hasIpv6 = locals.some((local) => local.address === "::1");
/** The addresses that every transport is tried on. */
export const LOOPBACKS = hasIpv6 ? ["127.0.0.1", "::1"] : ["127.0.0.1"];

/** A request as it would be written, with a body of `bodyBytes` octets of every value. */
export function request(branch: string, bodyBytes = 0): string {
  const body = Array.from({ length: bodyBytes }, (_unused, i) => String.fromCharCode(i % 256)).join("");
  return [
    "OPTIONS sip:x@127.0.0.1 SIP/2.0",
    `Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK${branch}`,
    "From: <sip:a@x>;tag=1",
    "To: <sip:b@x>",
    `Call-ID: ${branch}`,
    "CSeq: 1 OPTIONS",
    `Content-Length: ${bodyBytes}`,
    "",
    body,
  ].join("\r\n");
}
