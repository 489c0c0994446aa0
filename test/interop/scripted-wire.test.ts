import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MessageVector, readVectors } from "../support/lent-fixtures.ts";
import { RawSip } from "../support/raw-sip.ts";
import { layScriptGround, type ScriptGround } from "../support/script-ground.ts";
import { type Said, ScriptedDialog } from "../support/scripted-dialog.ts";

let ground: ScriptGround;
beforeAll(async () => {
  ground = await layScriptGround();
});
afterAll(async () => {
  expect(ground.platform.log()).toBe("");
  await ground.stop();
});

type Transport = RawSip["transport"];
const TRANSPORTS: readonly Transport[] = ["udp", "tcp"];

/** How long an answer may take when there is one; what stays silent so long stays silent. */
const ANSWER_MS = 2_000;
/** RFC 3261 §18.1.1: what every element takes; also the largest message the platform reads. */
const MAX_MESSAGE_BYTES = 65_535;
/** The largest datagram that IPv4 can carry (RFC 768, RFC 791). */
const MAX_DATAGRAM_BYTES = 65_507;

const place = () => ({ host: ground.platform.sipHost, port: ground.platform.sipPort });

/** A socket of the PBX of its own. */
function pbxSocket(transport: Transport, pieceBytes?: number): Promise<RawSip> {
  const { host, port } = place();
  const { address } = ground.pbx;
  return transport === "udp" ? RawSip.open(address) : RawSip.connect(port, host, address, pieceBytes);
}

let numbers = 0;
const foreign = (): string => `+4950${String(++numbers).padStart(7, "0")}`;

function dial(raw: RawSip, number: string, said: Said = {}): ScriptedDialog {
  const { domain, platform } = ground;
  return ScriptedDialog.call(raw, place(), {
    uri: `sip:${number}@${domain}`,
    from: `sip:${platform.demo.numbers[10]}@${domain}`,
    ...said,
  });
}

/** The whole call whose INVITE looked like this: ring, answer, ACK, BYE. Gives the INVITE that reached the carrier. */
async function callThrough(raw: RawSip, said: Said = {}): Promise<string> {
  const number = foreign();
  const a = dial(raw, number, said);
  const b = await ground.called(ground.carrier, number);
  b.respond(b.invite, 180);
  await a.hear("180 INVITE");
  b.respond(b.invite, 200);
  const answer = await a.hear("200 INVITE");
  a.ack(answer);
  await b.hear("ACK");
  a.request("BYE");
  await a.hear("200 BYE");
  b.respond(await b.hear("BYE"), 200);
  const record = await ground.ended(answer.header("X-Twilio-CallSid"));
  expect(record).toMatchObject({ status: "completed", ended_by: "caller" });
  return b.invite.text;
}

const extra = (count: number, bytes: number): readonly string[] =>
  Array.from({ length: count }, (_unused, i) => `X-Filler-${i}: `.padEnd(bytes, "x"));

/** Headers that make the INVITE exactly so long. */
function padded(wholeBytes: number): Said {
  return {
    write: (text) => {
      let missing = wholeBytes - text.length;
      const lines: string[] = [];
      for (; missing > 0; missing -= lines.at(-1)?.length ?? 0)
        lines.push(`X-Pad: ${"x".repeat(Math.min(missing, 8_000) - 9)}\r\n`);
      return text.replace("Contact:", () => `${lines.join("")}Contact:`);
    },
  };
}

const compact: readonly (readonly [name: string, short: string])[] = [
  ["Via", "v"],
  ["From", "f"],
  ["To", "t"],
  ["Call-ID", "i"],
  ["Contact", "m"],
  ["Content-Type", "c"],
  ["Content-Length", "l"],
];
const shorten = (text: string): string =>
  compact.reduce((short, [name, letter]) => short.replace(new RegExp(`^${name}:`, "m"), `${letter} :`), text);
const fold = (text: string): string => text.replace(/^(From|To|Contact|Call-ID|CSeq): /gm, "$1:\r\n\t ");

describe.concurrent.each(TRANSPORTS)("what an INVITE may look like over %s", (transport) => {
  const looks: [what: string, said: () => Said][] = [
    ["§7.3.3 compact header names in every place", () => ({ write: shorten })],
    ["§7.3.1 folded headers", () => ({ write: fold })],
    ["hundreds of header fields", () => ({ headers: extra(230, 60) })],
    ["§18.1.1 60 kB", () => padded(60_000)],
    [
      "a Route that names us (§16.4 preloaded)",
      () => ({ headers: [`Route: <sip:${place().host}:${place().port};lr>`] }),
    ],
    [
      "a Route to somebody else, whom we do not serve",
      () => ({ headers: ["Route: <sip:192.0.2.7:5099;lr>, <sip:192.0.2.8;lr>"] }),
    ],
    ["header fields that nobody knows", () => ({ headers: ["X-!odd%*_+`'~.: 1", "P-Unknown: ;;,,;"] })],
    ["an extension that is supported but not required", () => ({ headers: ["Supported: outbound, gruu, replaces"] })],
  ];
  it.each(looks)("%s: the call goes through", async (_what, said) => {
    const raw = await pbxSocket(transport);
    await callThrough(raw, said());
    raw.close();
  });

  it("nothing of a stranger's headers and Route reaches the carrier", async () => {
    const raw = await pbxSocket(transport);
    const invite = await callThrough(raw, {
      headers: ["Route: <sip:192.0.2.7;lr>", "X-Mine: 1", "Record-Route: <sip:192.0.2.9;lr>"],
    });
    expect(invite).not.toMatch(/192\.0\.2|X-Mine/);
    raw.close();
  });

  it("more header fields than anybody needs are refused", async () => {
    const raw = await pbxSocket(transport);
    dial(raw, foreign(), { headers: extra(400, 40) });
    expect(await raw.final(ANSWER_MS)).toMatch(/^SIP\/2\.0 400 /);
    raw.close();
  });

  it("§8.2.2.3 an extension that we lack and the caller requires is 420", async () => {
    const raw = await pbxSocket(transport);
    const a = dial(raw, foreign(), { headers: ["Require: no-such-extension"] });
    const refusal = await a.hear("420 INVITE");
    expect(refusal.header("Unsupported")).toBe("no-such-extension");
    a.ack(refusal);
    raw.close();
  });
});

describe.concurrent("the largest and the smallest pieces", () => {
  it("the largest datagram there is passes", async () => {
    const raw = await pbxSocket("udp");
    await callThrough(raw, padded(MAX_DATAGRAM_BYTES));
    raw.close();
  });

  it("over TCP 65,535 octets pass; one more is refused and the connection closed", async () => {
    const raw = await pbxSocket("tcp");
    await callThrough(raw, padded(MAX_MESSAGE_BYTES));
    dial(raw, foreign(), padded(MAX_MESSAGE_BYTES + 1));
    expect(await raw.final(ANSWER_MS)).toMatch(/^SIP\/2\.0 (?:400|513) /);
    await raw.closed;
  });

  it.each([1, 7, 100])("§18.3 TCP in pieces of %i octets is one message after the other", async (pieceBytes) => {
    const raw = await pbxSocket("tcp", pieceBytes);
    await callThrough(raw);
    raw.close();
  });

  it("§18.3 messages that share a segment are told apart by Content-Length", async () => {
    const raw = await pbxSocket("tcp");
    const [one, two] = [foreign(), foreign()];
    let held = "";
    const hold = (text: string): string => {
      held = text;
      return "";
    };
    const a = dial(raw, one, { write: hold });
    const first = held;
    const other = dial(raw, two, { write: (text) => `${first}\r\n${text}` });
    for (const [caller, number] of [
      [a, one],
      [other, two],
    ] as const) {
      const b = await ground.called(ground.carrier, number);
      b.respond(b.invite, 486);
      await b.hear("ACK");
      caller.ack(await caller.hear("486 INVITE"));
    }
    raw.close();
  });

  it("RFC 5626 §4.4.1 a double CRLF on a connection is answered by one", async () => {
    const { host, port } = place();
    const raw = await RawSip.connect(port, host, ground.pbx.address);
    raw.send("\r\n\r\n", port, host);
    expect(await raw.next(() => true, ANSWER_MS)).toBe("\r\n");
    raw.close();
  });
});

/**
 * Sends it from an address of its own, since OPTIONS are answered once in 10 s (TERM-8). Gives the status, `closed` or `silence`.
 *
 * @param known the address has asked something readable before; who has not is a stranger and gets no answer to nonsense (TERM-1)
 */
async function outcome(vector: MessageVector, transport: Transport, from: string, known: boolean): Promise<string> {
  const { host, port } = place();
  if (known) await introduce(from);
  const raw = await (transport === "udp" ? RawSip.open(from) : RawSip.connect(port, host, from));
  raw.send(aimed(vector, transport, from), port, host);
  const first = await Promise.race([raw.final(ANSWER_MS), raw.closed.then(() => "closed")]);
  const said = first === "closed" ? ((await raw.final(0)) ?? first) : first;
  raw.close();
  return /^SIP\/2\.0 (\d+)/.exec(said ?? "")?.[1] ?? said ?? "silence";
}

async function introduce(from: string): Promise<void> {
  const raw = await RawSip.open(from);
  const hello = ScriptedDialog.call(raw, place(), {
    uri: `sip:${ground.domain}`,
    from: `sip:me@${ground.domain}`,
    sdp: undefined,
    write: (text) => text.replaceAll("INVITE", "REGISTER"),
  });
  await hello.hear("405 REGISTER");
  raw.close();
}

/** The vector as if it were for us and from that address. */
function aimed({ text }: MessageVector, transport: Transport, from: string): string {
  const via = /^(v|via)\s*:\s*SIP\s*\/\s*2\.0\s*\/\s*\w+\s+(?:[\w.-]+|\[[^\]]*\])(:\d+)?/im;
  return text
    .replace(
      /^(\s*\S+ +sips?:(?:[^\s@]+@)?)(?:\[[^\]]*\]|[\w.-]+)/,
      (_whole, start: string) => `${start}${ground.domain}`,
    )
    .replace(
      via,
      (_whole, name: string, port = "") => `${name}: SIP/2.0/${transport.toUpperCase()} ${from}${port};rport`,
    );
}

/** What may be seen of it from outside; undefined where nothing has to be. */
function seen({ expect: expected, text }: MessageVector): RegExp | undefined {
  const isWholeRequest = /^\s*[^\s/]+ sips?:\S+ SIP\/[27]\.0\r\n/.test(text);
  if (/^SIP\/2\.0|^ACK /.test(text) || expected === "drop") return /^(?:silence|closed)$/;
  if (!isWholeRequest) return undefined;
  return expected === "accept" ? /^[2-6]\d\d$/ : new RegExp(`^${expected}$`);
}

describe.each(["rfc4475.txt", "rfc5118.txt"])("the messages of %s, sent to us", (file) => {
  const vectors = readVectors(file);
  const firstNet = file === "rfc4475.txt" ? 40 : 50;

  const outcomes = (transport: Transport, net: number, known: boolean): Promise<readonly string[]> =>
    Promise.all(vectors.map((vector, i) => outcome(vector, transport, `127.0.${net}.${i + 1}`, known)));

  it("over UDP each is answered, refused or ignored as the RFC has it, and the platform goes on", async () => {
    const seenOutcomes = await outcomes("udp", firstNet, true);
    for (const [i, vector] of vectors.entries()) {
      const wanted = seen(vector);
      if (wanted) expect(seenOutcomes[i], `${vector.expect}: ${vector.title}`).toMatch(wanted);
    }
    await callThroughNewSocket("udp");
  });

  it("over TCP none of them harms the platform, and those with a true Content-Length end as over UDP", async () => {
    const seenOutcomes = await outcomes("tcp", firstNet + 1, true);
    for (const [i, vector] of vectors.entries()) {
      const wanted = isFramed(vector.text) ? seen(vector) : undefined;
      if (wanted) expect(seenOutcomes[i], `${vector.expect}: ${vector.title}`).toMatch(wanted);
    }
    await callThroughNewSocket("tcp");
  });

  it.each(TRANSPORTS)("over %s a stranger learns nothing from nonsense (TERM-1)", async (transport) => {
    const seenOutcomes = await outcomes(transport, firstNet + 2 + TRANSPORTS.indexOf(transport), false);
    for (const [i, vector] of vectors.entries()) {
      if (vector.expect !== "accept") expect(seenOutcomes[i], vector.title).toMatch(/^(?:silence|closed)$/);
    }
  });
});

async function callThroughNewSocket(transport: Transport): Promise<void> {
  const raw = await pbxSocket(transport);
  await callThrough(raw);
  raw.close();
}

function isFramed(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  const lengths = [...text.slice(0, end).matchAll(/^(?:l|Content-Length)\s*:\s*(\S+)/gim)].map(([, length]) => length);
  return end !== -1 && lengths.length === 1 && lengths[0] === String(text.length - end - 4);
}

describe("afterwards", () => {
  it("nothing is left of all these calls: no call, session or transaction", async () => {
    await ground.idle();
  }, 50_000);
});
