import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

/** Values of the ng protocol's bencoding. */
type Bencoded = number | string | readonly Bencoded[] | { readonly [key: string]: Bencoded };

function encode(value: Bencoded): string {
  if (typeof value === "number") return `i${value}e`;
  if (typeof value === "string") return `${Buffer.byteLength(value, "latin1")}:${value}`;
  if (Array.isArray(value)) return `l${value.map(encode).join("")}e`;
  const entries = Object.entries(value as { readonly [key: string]: Bencoded }).toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return `d${entries.map(([key, one]) => encode(key) + encode(one)).join("")}e`;
}

/** The text of one string member of a flat answer; enough for `result` and `sdp`. */
function member(answer: string, key: string): string | undefined {
  const at = answer.indexOf(`${key.length}:${key}`);
  const match = at === -1 ? null : /^(\d+):/.exec(answer.slice(at + String(key.length).length + 1 + key.length));
  if (!match) return undefined;
  const from = at + String(key.length).length + 1 + key.length + match[0].length;
  return answer.slice(from, from + Number(match[1]));
}

/** Sets two-leg calls up on an rtpengine over its ng protocol, as a peer to measure beside. */
export class NgClient {
  readonly #socket: Socket;
  readonly #host: string;
  readonly #port: number;
  #cookie = 0;

  constructor(host: string, port: number) {
    this.#socket = createSocket("udp4");
    this.#host = host;
    this.#port = port;
  }

  /** The SDP that rtpengine gives for the other side, which speaks plain RTP to B whatever A speaks. */
  async sdp(command: "offer" | "answer", callId: string, sdp: string): Promise<string> {
    const tags = command === "answer" ? { "from-tag": "a", "to-tag": "b" } : { "from-tag": "a" };
    const request = encode({
      command,
      "call-id": callId,
      sdp,
      replace: ["origin", "session-connection"],
      ICE: "remove",
      ...(command === "offer" && sdp.includes("RTP/SAVP") ? { "transport-protocol": "RTP/AVP" } : {}),
      ...tags,
    });
    this.#socket.send(Buffer.from(`${++this.#cookie} ${request}`, "latin1"), this.#port, this.#host);
    const [data] = (await once(this.#socket, "message", { signal: AbortSignal.timeout(5_000) })) as [Buffer];
    const answer = member(data.toString("latin1"), "sdp");
    if (!answer) throw new Error(`rtpengine: ${data.toString("latin1").slice(0, 200)}`);
    return answer;
  }

  close(): void {
    this.#socket.close();
  }
}
