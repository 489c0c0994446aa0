import { once } from "node:events";
import { createServer } from "node:net";
import { connect } from "node:tls";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { clientHello, type HelloParts } from "./client-hello.fixture.ts";
import { MAX_HELLO_BYTES, readClientHello } from "./client-hello.ts";

describe("ClientHello (RFC 8446 §4.1.2)", () => {
  const cases: [title: string, parts: HelloParts, want: ReturnType<typeof readClientHello>][] = [
    ["no name", {}, { newestVersion: "TLSv1.2" }],
    ["a name", { serverName: "acme.pstn.example" }, { serverName: "acme.pstn.example", newestVersion: "TLSv1.2" }],
    [
      "upper case, final dot",
      { serverName: "ACME.Example." },
      { serverName: "acme.example", newestVersion: "TLSv1.2" },
    ],
    ["a name that is none", { serverName: "a b\0c" }, { newestVersion: "TLSv1.2" }],
    ["an empty name", { serverName: "" }, { newestVersion: "TLSv1.2" }],
    ["TLS 1.0", { legacyVersion: 0x0301 }, { newestVersion: "TLSv1" }],
    ["TLS 1.1", { legacyVersion: 0x0302 }, { newestVersion: "TLSv1.1" }],
    ["SSL 3", { legacyVersion: 0x0300 }, { newestVersion: "SSLv3" }],
    ["a version nobody knows", { legacyVersion: 0x0a0a }, {}],
    [
      "§4.2.1 the list of versions counts",
      { supportedVersions: [0x2a2a, 0x0304, 0x0303] },
      { newestVersion: "TLSv1.3" },
    ],
    ["§4.2.1 also when it is older", { supportedVersions: [0x0301, 0x0302] }, { newestVersion: "TLSv1.1" }],
    [
      "§5.1 cut into records",
      { serverName: "a.example", recordBytes: 20 },
      { serverName: "a.example", newestVersion: "TLSv1.2" },
    ],
    ["a longer one than anybody needs", { paddingBytes: MAX_HELLO_BYTES }, "unreadable"],
    ["cut into more records than anybody sends", { recordBytes: 4 }, "unreadable"],
  ];
  it.each(cases)("%s", (_title, parts, want) => {
    expect(readClientHello(clientHello(parts))).toEqual(want);
  });

  it.each([
    ["plain SIP", "OPTIONS sip:x SIP/2.0\r\n"],
    ["one octet of HTTP", "G"],
    ["SSL 2", "\x80\x2e\x01\x03\x01"],
    ["an alert", "\x15\x03\x01\x00\x02\x02\x28"],
    ["a ServerHello", "\x16\x03\x03\x00\x04\x02\x00\x00\x00"],
    ["an empty record", "\x16\x03\x03\x00\x00"],
  ])("%s is unreadable at once", (_title, text) => {
    expect(readClientHello(Buffer.from(text, "latin1"))).toBe("unreadable");
  });

  it("is incomplete up to its last octet, in however many records it comes", () => {
    for (const recordBytes of [10, 40, 16_384]) {
      const whole = clientHello({ serverName: "a.example", recordBytes });
      for (let length = 0; length < whole.length; length += 1) {
        expect(readClientHello(whole.subarray(0, length))).toBe("incomplete");
      }
    }
  });

  it("never throws and never waits for more than 16 kB, whatever is sent", () => {
    const hello = clientHello({ serverName: "a.example", supportedVersions: [0x0304] });
    const broken = fc.tuple(fc.nat(hello.length - 1), fc.nat(255), fc.nat(hello.length)).map(([at, octet, length]) => {
      const octets = Buffer.from(hello.subarray(0, length));
      if (at < length) octets[at] = octet;
      return octets;
    });
    const noise = fc.uint8Array({ maxLength: 600 }).map((octets) => Buffer.from(octets));
    fc.assert(
      fc.property(fc.oneof(broken, noise), (octets) => {
        const said = readClientHello(octets);
        expect(["incomplete", "unreadable"].includes(said as string) || typeof said === "object").toBe(true);
      }),
      { numRuns: 2_000 },
    );
    for (const endless of [1, 16_000].map((recordBytes) => clientHello({ paddingBytes: 60_000, recordBytes }))) {
      expect(readClientHello(endless.subarray(0, MAX_HELLO_BYTES + 1))).toBe("unreadable");
    }
  });

  it("reads what Node sends", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const client = connect({ host: "127.0.0.1", port, servername: "acme.example" }).on("error", () => {});
    onTestFinished(() => void client.destroy());
    const [socket] = await once(server, "connection");
    onTestFinished(() => void socket.destroy());
    const [octets] = await once(socket, "data");
    expect(readClientHello(octets)).toEqual({ serverName: "acme.example", newestVersion: "TLSv1.3" });
  });
});
