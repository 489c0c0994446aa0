import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { type Answer, decode, encode, type Packet, TRUNCATED_RESPONSE } from "dns-packet";

/** What the test server says about `TYPE name`. */
export type Zone = Readonly<Record<string, readonly Answer[] | "silent" | "nxdomain" | "servfail" | "truncated">>;

/** A DNS server on 127.0.0.1, UDP and TCP on one port. */
export type DnsTestServer = {
  readonly name: string;
  /** `udp TYPE name` or `tcp TYPE name`, in order. */
  readonly asked: string[];
  zone: Zone;
  /** Before each answer over UDP, forged ones come: another id, another question, no response at all, and one from a foreign port. */
  forges: boolean;
  close(): void;
};

export async function openDnsServer(zone: Zone): Promise<DnsTestServer> {
  const udp = createSocket("udp4");
  await new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", resolve));
  const { port } = udp.address();
  const asked: string[] = [];
  const server: DnsTestServer = { name: `127.0.0.1:${port}`, asked, zone, forges: false, close: () => undefined };
  const reply = (bytes: Buffer, over: "udp" | "tcp"): Buffer | undefined => {
    const query = decode(bytes);
    const question = query.questions?.[0];
    const key = `${question?.type} ${question?.name.toLowerCase()}`;
    asked.push(`${over} ${key}`);
    const known = server.zone[key] ?? "nxdomain";
    if (known === "silent") return undefined;
    const code = known === "nxdomain" ? 3 : known === "servfail" ? 2 : 0;
    const cut = known === "truncated" && over === "udp";
    const packet: Packet = {
      type: "response",
      ...(query.id === undefined ? {} : { id: query.id }),
      flags: code | (cut ? TRUNCATED_RESPONSE : 0),
      questions: query.questions ?? [],
      answers: Array.isArray(known) ? [...known] : [],
      authorities:
        known === "nxdomain"
          ? [
              {
                type: "SOA",
                name: "test",
                ttl: 300,
                data: { mname: "a", rname: "b", serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 20 },
              },
            ]
          : [],
    };
    if (known === "truncated" && over === "tcp") {
      packet.answers = [{ type: "A", name: question?.name ?? "", ttl: 60, data: "192.0.2.77" }];
    }
    return encode(packet);
  };
  const stranger = createSocket("udp4");
  udp.on("message", (bytes, { port: to, address }) => {
    if (server.forges) {
      const { id = 0, questions = [] } = decode(bytes);
      const answers: Answer[] = [{ type: "A", name: questions[0]?.name ?? "", ttl: 600, data: "203.0.113.66" }];
      const truth: Packet = { type: "response", id, questions, answers };
      stranger.send(encode(truth), to, address);
      udp.send(encode({ ...truth, id: (id + 1) % 0x10000 }), to, address);
      udp.send(encode({ ...truth, questions: [{ type: "A", name: "other.test" }] }), to, address);
      udp.send(encode({ ...truth, type: "query" }), to, address);
      udp.send(Buffer.from("garbage"), to, address);
    }
    const answer = reply(bytes, "udp");
    if (answer) udp.send(answer, to, address);
  });
  const tcp = createServer((socket) => {
    socket.on("data", (bytes) => {
      const answer = reply(bytes.subarray(2), "tcp");
      if (!answer) return;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(answer.length);
      // Two writes: a length and its message may come apart.
      socket.write(length);
      setImmediate(() => socket.write(answer));
    });
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => tcp.listen(port, "127.0.0.1", resolve));
  server.close = () => {
    udp.close();
    stranger.close();
    tcp.close();
  };
  return server;
}
