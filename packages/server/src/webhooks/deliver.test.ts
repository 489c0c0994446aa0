import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createTlsServer } from "node:https";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Resolver } from "@trunkline/edge";
import type { WebhookDelivery } from "@trunkline/store";
import twilio from "twilio";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { makeCa } from "../../../../test/support/lent-fixtures.ts";
import {
  type Answering,
  openWebReceiver,
  type Received,
  type WebReceiver,
} from "../../../../test/support/web-receiver.ts";
import { deliver } from "./deliver.ts";
import { WebClient } from "./web-client.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";
/** Plays the public Internet; everything else is private. */
const PUBLIC = "127.0.0.2";
const directory = mkdtempSync(join(tmpdir(), "trunkline-webhooks-"));
const hostsFile = join(directory, "hosts");

let client: WebClient;
const receivers: { close(): Promise<void> }[] = [];
beforeAll(() => {
  // A name that stands for both: what an attacker's DNS would say to get in.
  writeFileSync(
    hostsFile,
    `${PUBLIC} public.example both.example\n127.0.0.1 private.example both.example\n::1 v6.example\n`,
  );
  const resolver = new Resolver({ hostsFile, servers: ["127.0.0.1:1"] });
  client = new WebClient({ resolver, isAllowed: (address) => address === PUBLIC });
});
afterEach(async () => {
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
});
afterAll(async () => {
  await client.close();
  rmSync(directory, { recursive: true });
});

async function receiver(answer?: Answering, address = PUBLIC): Promise<WebReceiver> {
  const opened = await openWebReceiver(answer, address);
  receivers.push(opened);
  return opened;
}

const delivery = (url: string): WebhookDelivery => ({
  id: "3d0ca315-aff9-4fc2-be61-3b76b9a2d798",
  accountSid: `AC${"a".repeat(32)}`,
  kind: "debugger",
  url,
  method: "POST",
  params: { Sid: "NO1", Level: "ERROR", Payload: '{"a":"ü & +=%\\n"}', AccountSid: "AC1", Empty: "" },
  attempts: 0,
  createdAtMs: 0,
});
const send = (url: string, limitMs = 5_000) => deliver(client, delivery(url), TOKEN, AbortSignal.timeout(limitMs));
const isSigned = ({ headers, url, params }: Received): boolean =>
  twilio.validateRequest(TOKEN, headers["x-twilio-signature"] ?? "", url, params);
const portOf = (one: WebReceiver): string => new URL(one.url).port;

describe("contract §10.2: what a customer's web server gets", () => {
  const paths = ["", "/", "/alerts", "/a%20b/?x=1&y=%C3%BC&z=a+b", "/?empty=&q='", "/ü?ü=é"];
  it.each(paths)(
    "a form to %j that the SDK finds signed by the account's token, with a token of its own",
    async (path) => {
      const target = await receiver();
      expect(await send(target.url + path)).toEqual({ kind: "delivered" });
      const [got, ...more] = target.received as [Received];
      expect(more).toEqual([]);
      expect(got.method).toBe("POST");
      expect(got.params).toEqual(delivery("").params);
      expect(got.headers).toMatchObject({
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "i-twilio-idempotency-token": "3d0ca315-aff9-4fc2-be61-3b76b9a2d798",
      });
      expect(isSigned(got)).toBe(true);
      expect(isSigned({ ...got, params: { ...got.params, Level: "WARNING" } })).toBe(false);
    },
  );
});

describe("REC-6: a GET", () => {
  const isSignedUrl = ({ headers, url }: Received): boolean =>
    twilio.validateRequest(TOKEN, headers["x-twilio-signature"] ?? "", url, {});
  const get = (url: string) => deliver(client, { ...delivery(url), method: "GET" }, TOKEN, AbortSignal.timeout(5_000));

  it.each(["", "/recordings?x=1&y=%C3%BC", "/?Level=mine"])(
    "has everything in the signed query of %j",
    async (path) => {
      const target = await receiver();
      expect(await get(target.url + path)).toEqual({ kind: "delivered" });
      const [got] = target.received as [Received];
      expect(got).toMatchObject({ method: "GET", params: {} });
      const query = Object.fromEntries(new URL(got.url).searchParams);
      expect(query).toMatchObject(delivery("").params);
      expect(isSignedUrl(got)).toBe(true);
      expect(isSignedUrl({ ...got, url: got.url.replace("ERROR", "WARNING") })).toBe(false);
    },
  );

  it("follows every kind of redirect, whose target gets the same parameters", async () => {
    const target = await receiver((received, response) => {
      const there = received.url.includes("/there");
      response.writeHead(there ? 200 : 302, there ? {} : { location: "/there?z=1" }).end();
    });
    expect(await get(target.url)).toEqual({ kind: "delivered" });
    const [, second] = target.received as [Received, Received];
    expect(Object.fromEntries(new URL(second.url).searchParams)).toEqual({ z: "1", ...delivery("").params });
    expect(isSignedUrl(second)).toBe(true);
  });
});

describe("what an answer means", () => {
  const answers: [status: number, reason: string | undefined][] = [
    [200, undefined],
    [202, undefined],
    [299, undefined],
    [304, "answered 304"],
    [400, "answered 400"],
    [410, "answered 410"],
    [500, "answered 500"],
  ];
  it.each(answers)("%s", async (status, reason) => {
    const target = await receiver((_received, response) => response.writeHead(status).end());
    const result = await send(target.url);
    if (reason === undefined) expect(result).toEqual({ kind: "delivered" });
    else expect(result).toEqual({ kind: "failed", reason: `${PUBLIC}:${portOf(target)} ${reason}` });
  });

  it("a body without end costs no more than its beginning", async () => {
    const target = await receiver((_received, response) => {
      const more = (): void => {
        while (response.write("x".repeat(16_384)));
      };
      response.writeHead(200).on("drain", more);
      more();
    });
    expect(await send(target.url)).toEqual({ kind: "delivered" });
  });

  it("a body that never comes does not undo the status", async () => {
    const target = await receiver((_received, response) => response.writeHead(200).write("x"));
    expect(await send(target.url, 300)).toEqual({ kind: "delivered" });
  });

  it("no answer is a failure when the time is up", async () => {
    const target = await receiver(() => undefined);
    expect(await send(target.url, 300)).toMatchObject({ kind: "failed", reason: /did not answer in time$/ });
  });

  const talks: [what: string, bytes: string | undefined, reason: RegExp][] = [
    ["nothing and closes", undefined, /closed the connection$/],
    ["another protocol", "220 mail.example ESMTP\r\n", /does not speak HTTP \(HPE_INVALID_CONSTANT\)$/],
    ["headers without end", `HTTP/1.1 200 OK\r\n${"X-A: b\r\n".repeat(5_000)}`, /answered with too many headers$/],
  ];
  it.each(talks)("a server that says %s", async (_what, bytes, reason) => {
    const server = await listening((socket) => {
      socket.once("data", () => (bytes === undefined ? socket.destroy() : socket.write(bytes)));
    });
    expect(await send(`http://${PUBLIC}:${server.port}/`)).toMatchObject({ kind: "failed", reason });
  });

  it("TLS with a server that has none, a closed port, a name that nobody knows", async () => {
    const target = await receiver();
    expect(await send(target.url.replace("http:", "https:"))).toMatchObject({ reason: /failed at TLS \(\w+\)$/ });
    await target.close();
    receivers.length = 0;
    expect(await send(target.url)).toMatchObject({ reason: /refused the connection$/ });
    expect(await send("http://nobody.example/secret-path")).toEqual({
      kind: "failed",
      reason: "nobody.example is not found: no DNS server answered",
    });
  });

  it("TLS with a server whose certificate nobody vouches for", async () => {
    const { certPem: cert, keyPem: key } = makeCa("Stranger").issue([`IP:${PUBLIC}`]);
    const server = createTlsServer({ cert, key }, (_request, response) => response.writeHead(204).end());
    server.listen(0, PUBLIC);
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    expect(await send(`https://${PUBLIC}:${port}/`)).toEqual({
      kind: "failed",
      reason: `${PUBLIC}:${port} failed at TLS (UNABLE_TO_VERIFY_LEAF_SIGNATURE)`,
    });
    server.close();
  });
});

describe("redirects", () => {
  it.each([307, 308])("%s is followed with the request as it was, signed for where it goes", async (status) => {
    const end = await receiver();
    const start = await receiver((_received, response) => {
      response.writeHead(status, { location: `http://user:pw@public.example:${portOf(end)}/end?x=1#y` }).end();
    });
    expect(await send(`${start.url}/start`)).toEqual({ kind: "delivered" });
    const [got] = end.received as [Received];
    expect(got).toMatchObject({ method: "POST", url: `http://public.example:${portOf(end)}/end?x=1` });
    expect(got.params).toEqual(delivery("").params);
    expect(got.headers["authorization"]).toBeUndefined();
    expect(isSigned(got)).toBe(true);
  });

  it("a relative one stays on its server; five are followed, a sixth is not", async () => {
    const redirecting =
      (most: number): Answering =>
      (received, response) => {
        const count = Number(new URL(received.url).pathname.slice(1));
        if (count < most) response.writeHead(307, { location: `/${count + 1}` }).end();
        else response.writeHead(200).end();
      };
    expect(await send(`${(await receiver(redirecting(5))).url}/0`)).toEqual({ kind: "delivered" });
    const endless = await receiver(redirecting(100));
    expect(await send(`${endless.url}/0`)).toMatchObject({ reason: /is one redirect too many \(5 are followed\)$/ });
    expect(endless.received).toHaveLength(6);
  });

  const refused: [status: number, location: string | undefined, reason: RegExp][] = [
    [301, "/moved", /answered 301, a redirect that loses the parameters: use 307 or 308/],
    [302, "/login", /answered 302, a redirect that loses/],
    [303, "/thanks", /answered 303, a redirect that loses/],
    [307, undefined, /answered 307$/],
    [307, "ftp://public.example/", /with a Location that is no web address/],
    [307, "http://[", /with a Location that is no web address/],
    [307, "file:///etc/passwd", /with a Location that is no web address/],
  ];
  it.each(refused)("%s to %s is not followed", async (status, location, reason) => {
    const target = await receiver((_received, response) =>
      response.writeHead(status, location === undefined ? {} : { location }).end(),
    );
    expect(await send(target.url)).toMatchObject({ kind: "failed", reason });
    expect(target.received).toHaveLength(1);
  });
});

describe("the guard of the private network", () => {
  const doors: [how: string, url: (port: string) => string][] = [
    ["by its address", (port) => `http://127.0.0.1:${port}/`],
    ["by another form of it", (port) => `http://2130706433:${port}/`],
    ["by a name", (port) => `http://private.example:${port}/`],
    ["by localhost", (port) => `http://localhost:${port}/`],
    ["by an IPv6 form of it", (port) => `http://[::ffff:127.0.0.1]:${port}/`],
    ["by a name with an IPv6 address", (port) => `http://v6.example:${port}/`],
  ];
  it.each(doors)("a private server is not even connected to: %s", async (_how, url) => {
    const target = await receiver(undefined, "127.0.0.1");
    expect(await send(url(portOf(target)))).toMatchObject({
      kind: "failed",
      reason: /requests to private addresses are off \(TRUNKLINE_ALLOW_PRIVATE_WEBHOOKS\)$/,
    });
    expect(target.connections()).toBe(0);
  });

  it.each(doors)("nor by a public server's redirect: %s", async (_how, url) => {
    const target = await receiver(undefined, "127.0.0.1");
    const accomplice = await receiver((_received, response) =>
      response.writeHead(307, { location: url(portOf(target)) }).end(),
    );
    expect(await send(accomplice.url)).toMatchObject({ kind: "failed", reason: /private addresses are off/ });
    expect(accomplice.received).toHaveLength(1);
    expect(target.connections()).toBe(0);
  });

  it("of a name that stands for both, only the public address is used", async () => {
    const target = await receiver();
    expect(await send(`http://both.example:${portOf(target)}/`)).toEqual({ kind: "delivered" });
    const inside = await receiver(undefined, "127.0.0.1");
    expect(await send(`http://both.example:${portOf(inside)}/`)).toMatchObject({ reason: /refused the connection$/ });
    expect(inside.connections()).toBe(0);
  });
});

async function listening(talk: (socket: import("node:net").Socket) => void): Promise<{ readonly port: number }> {
  const server: Server = createServer((socket) => {
    socket.on("error", () => undefined);
    talk(socket);
  });
  server.listen(0, PUBLIC);
  await once(server, "listening");
  receivers.push({
    close: async () => {
      server.close();
    },
  });
  return server.address() as { port: number };
}
