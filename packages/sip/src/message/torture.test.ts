import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Flow } from "../flow.ts";
import { readMessage } from "./read.ts";
import { isUnreadable } from "./unreadable.ts";
import { type MessageVector, readVectors } from "./vectors.fixture.ts";
import { writeMessage, writeRefusal, writeResponse } from "./write.ts";

const flow: Flow = {
  transport: "udp",
  localAddress: "192.0.2.200",
  localPort: 5060,
  remoteAddress: "198.51.100.7",
  remotePort: 5062,
};

/** Reads the text and says in one word what came of it, after checking what must hold for each outcome. */
function treat(text: string): MessageVector["expect"] {
  const message = readMessage(text);
  if (isUnreadable(message)) {
    const refusal = writeRefusal(message, flow, "ours");
    if (refusal === undefined) return "drop";
    expect(refusal).toMatch(/^SIP\/2\.0 (400|505) [^\r\n]+\r\nVia: /);
    return String(message.status) as MessageVector["expect"];
  }
  const lines = message.headers.map(({ name, value }) => [name, value] as const);
  const start = message.kind === "request" ? `${message.method} ${message.requestUri} SIP/2.0` : "SIP/2.0 200 OK";
  const again = readMessage(writeMessage(start, lines, message.body));
  expect(again).toMatchObject({ kind: message.kind, callId: message.callId, cseq: message.cseq, body: message.body });
  if (message.kind === "request") {
    const response = readMessage(writeResponse(message, flow, 500, "Server Error", { toTag: "ours" }));
    expect(response).toMatchObject({ kind: "response", status: 500, callId: message.callId, from: message.from });
  }
  return "accept";
}

describe.each(["rfc4475.txt", "rfc5118.txt"])("%s", (file) => {
  it.each(readVectors(file).map((vector) => [vector.title, vector] as const))("%s", (_title, vector) => {
    expect(treat(vector.text)).toBe(vector.expect);
  });
});

const CONFORMANCE = new URL("../../../../../shared/conformance/", import.meta.url);

/** Outcomes other than `accept` for the archives of the two RFCs. */
const ARCHIVE: Readonly<Record<string, MessageVector["expect"]>> = {
  "baddn.dat": "400", // Its commas could be repaired, its missing empty line cannot.
  "badinv01.dat": "400",
  "badvers.dat": "505",
  "bigcode.dat": "drop",
  "clerr.dat": "400",
  "escruri.dat": "400",
  "insuf.dat": "400",
  "ltgtruri.dat": "400",
  "lwsruri.dat": "400",
  "lwsstart.dat": "400",
  "mcl01.dat": "400",
  "mismatch01.dat": "400",
  "mismatch02.dat": "400",
  "multi01.dat": "400",
  "ncl.dat": "400",
  "quotbal.dat": "400",
  "scalar02.dat": "400",
  "scalarlg.dat": "drop",
  "test.dat": "drop", // In the archive, but in no section: no Via, no version.
  "trws.dat": "400",
  "ipv6-bad": "400",
};

describe.skipIf(!existsSync(CONFORMANCE))("archives of RFC 4475 and RFC 5118 (only where they are checked out)", () => {
  const archive = ["rfc4475/", "rfc5118/"].flatMap((folder) => {
    const url = new URL(folder, CONFORMANCE);
    const files = existsSync(url) ? readdirSync(url).filter((file) => /\.dat$|^[^.]+$/.test(file)) : [];
    return files.map((file) => [file, new URL(file, url)] as const);
  });

  it.each(archive)("%s", (file, url) => {
    const text = readFileSync(url, "latin1");
    expect(treat(file.endsWith(".dat") ? text : rfc5118Text(text))).toBe(ARCHIVE[file] ?? "accept");
  });

  /** That archive has bare LFs, some files lack the empty line, and a Content-Length counts lines that were cut off. */
  function rfc5118Text(text: string): string {
    const [head = "", ...body] = text.replace(/\n/g, "\r\n").replace(/\r\n$/, "\r\n\r\n").split("\r\n\r\n");
    const rest = body.join("\r\n\r\n");
    return `${head.replace(/^Content-Length: \d+/m, `Content-Length: ${rest.length}`)}\r\n\r\n${rest}`;
  }
});
