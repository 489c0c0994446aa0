import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { eventually } from "./eventually.ts";

/** One request as a customer's web server saw it. */
export type Received = {
  readonly method: string;
  /** The whole URL, as the receiver makes it from path and Host. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly params: Readonly<Record<string, string>>;
};

/** Answers one request, or leaves it without an answer. */
export type Answering = (received: Received, response: ServerResponse, nth: number) => void;

/** A customer's web server on a port of its own. */
export type WebReceiver = {
  readonly url: string;
  /** In order of arrival. */
  readonly received: readonly Received[];
  /** TCP connections that were ever made to it. */
  connections(): number;
  /** Waits for so many requests. */
  until(count: number, limitMs?: number): Promise<readonly Received[]>;
  close(): Promise<void>;
};

/** Answers 204 unless told otherwise. */
export async function openWebReceiver(
  answer: Answering = (_received, response) => response.writeHead(204).end(),
  address = "127.0.0.1",
): Promise<WebReceiver> {
  const received: Received[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    void read(request).then((one) => {
      received.push(one);
      answer(one, response, received.length);
    });
  });
  server.on("connection", () => {
    connections += 1;
  });
  server.listen(0, address);
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    url: `http://${address}:${port}`,
    received,
    connections: () => connections,
    until: (count, limitMs) =>
      eventually(`${count} requests`, async () => (received.length >= count ? received : undefined), limitMs),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function read(request: IncomingMessage): Promise<Received> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const { host = "", ...headers } = request.headers as Record<string, string | undefined>;
  return {
    method: request.method ?? "",
    url: `http://${host}${request.url}`,
    headers,
    params: Object.fromEntries(new URLSearchParams(Buffer.concat(pieces).toString())),
  };
}
