import { randomBytes } from "node:crypto";
import type { RawSip } from "./raw-sip.ts";

/** Where the platform listens. */
export type Place = { readonly host: string; readonly port: number };

/** A message as a script sees it. Its label is the method of a request, or status and method of a response: `200 INVITE`. */
export class Heard {
  readonly text: string;
  readonly label: string;
  readonly body: string;
  readonly #head: readonly string[];

  constructor(text: string) {
    this.text = text;
    const end = text.indexOf("\r\n\r\n");
    this.#head = text.slice(0, end).split("\r\n");
    this.body = text.slice(end + 4);
    const [first = "", second = ""] = this.startLine.split(" ");
    this.label = first === "SIP/2.0" ? `${second} ${this.cseq.method}` : first;
  }

  get startLine(): string {
    return this.#head[0] ?? "";
  }

  get cseq(): { readonly number: number; readonly method: string } {
    const [number = "", method = ""] = this.header("CSeq").split(" ");
    return { number: Number(number), method };
  }

  /** The values of all lines with this name, as written. */
  all(name: string): readonly string[] {
    const start = `${name.toLowerCase()}:`;
    return this.#head
      .filter((line) => line.toLowerCase().startsWith(start))
      .map((line) => line.slice(start.length).trim());
  }

  /** The first value; empty when there is none. */
  header(name: string): string {
    return this.all(name)[0] ?? "";
  }

  tag(name: "From" | "To"): string {
    return /;tag=([^;>]+)/.exec(this.header(name))?.[1] ?? "";
  }
}

/** What a script adds to a message, or says otherwise. */
export type Said = {
  readonly headers?: readonly string[];
  readonly sdp?: string | undefined;
  /** Our tag, where a fork answers with its own. */
  readonly tag?: string;
  readonly contact?: string;
  /** A CSeq number out of order. */
  readonly cseq?: number;
  /** Has the last word about the text. */
  readonly write?: (text: string) => string;
};

export type Called = {
  /** Request-URI and To. */
  readonly uri: string;
  readonly from: string;
  readonly callId?: string;
} & Said;

/**
 * One dialog of a peer that does what its script says and nothing else: no retransmission, no answer, no ACK is sent unless the script says so.
 * That is what makes lost messages, crossing messages and wrong messages possible.
 */
export class ScriptedDialog {
  readonly callId: string;
  readonly localTag: string;
  /** What was said last, to say it again. */
  last = "";
  remoteTag = "";
  #raw: RawSip;
  #platform: Place;
  #local: string;
  #remote: string;
  #target: string;
  #routes: readonly string[] = [];
  #cseq = 0;
  #spoken: string[] = [];
  /** Every tag we spoke under. */
  readonly #tags: Set<string>;

  private constructor(
    raw: RawSip,
    platform: Place,
    dialog: { callId: string; localTag: string; local: string; remote: string; target: string },
  ) {
    this.#raw = raw;
    this.#platform = platform;
    this.callId = dialog.callId;
    this.localTag = dialog.localTag;
    this.#tags = new Set([dialog.localTag]);
    this.#local = dialog.local;
    this.#remote = dialog.remote;
    this.#target = dialog.target;
  }

  /** Sends an INVITE; with our offer unless `sdp` is there and undefined (a late offer). */
  static call(raw: RawSip, platform: Place, { uri, from, callId, ...said }: Called): ScriptedDialog {
    const dialog = new ScriptedDialog(raw, platform, {
      callId: callId ?? random(),
      localTag: random(),
      local: `<${from}>`,
      remote: `<${uri}>`,
      target: uri,
    });
    dialog.request("INVITE", { sdp: sdpOf(raw), ...said });
    return dialog;
  }

  /** Waits for the INVITE to this user (a phone number). */
  static async called(raw: RawSip, platform: Place, user: string, limitMs = 10_000): Promise<ScriptedDialog> {
    const text = await raw.next((message) => message.startsWith(`INVITE sip:${user}@`), limitMs);
    if (text === undefined) throw new Error(`no INVITE for ${user} within ${limitMs} ms`);
    const invite = new Heard(text);
    const dialog = new ScriptedDialog(raw, platform, {
      callId: invite.header("Call-ID"),
      localTag: random(),
      local: invite.header("To"),
      remote: invite.header("From"),
      target: addrSpec(invite.header("Contact")),
    });
    dialog.remoteTag = invite.tag("From");
    dialog.#routes = invite.all("Record-Route");
    dialog.invite = invite;
    return dialog;
  }

  /** The INVITE that made this dialog, on the called side. */
  invite: Heard = new Heard("");

  /** The next message of this dialog with that label, which is then taken; others stay for later. */
  async hear(label: string, limitMs = 10_000): Promise<Heard> {
    const text = await this.#raw.next((message) => this.#isMine(message, label), limitMs);
    if (text === undefined) {
      const others = this.#raw.waiting().filter((message) => message.includes(this.callId));
      const labels = others.map((message) => new Heard(message).label).join(", ") || "nothing";
      throw new Error(`no ${label} within ${limitMs} ms; said: ${this.#spoken.join(", ")}; heard besides: ${labels}`);
    }
    return this.#note(new Heard(text));
  }

  /** True when no message with that label came and none comes in the time. */
  async silent(label: string, forMs: number): Promise<boolean> {
    return (await this.#raw.next((message) => this.#isMine(message, label), forMs)) === undefined;
  }

  /** A request in this dialog; with `Said.sdp` an offer. */
  request(method: string, said: Said = {}): string {
    if (said.cseq === undefined) this.#cseq += 1;
    return this.#sendRequest(method, said.cseq ?? this.#cseq, random(), said);
  }

  /** The ACK of a final response: in a transaction of its own for a 2xx, in the INVITE's otherwise (RFC 3261 §13.2.2.4, §17.1.1.3). */
  ack(response: Heard, said: Said = {}): string {
    const success = response.label.startsWith("2");
    const branch = /branch=z9hG4bK([^;,\s]+)/.exec(response.header("Via"))?.[1] ?? "";
    return this.#sendRequest("ACK", response.cseq.number, success ? random() : branch, said);
  }

  /** CANCEL of the INVITE that was said last. */
  cancel(): string {
    const branch = /branch=z9hG4bK([^;,\s]+)/.exec(this.last)?.[1] ?? "";
    return this.#sendRequest("CANCEL", this.#cseq, branch, {});
  }

  /** Answers a request. A 200 to an INVITE describes our session unless `sdp` is there and undefined. */
  respond(request: Heard, status: number, said: Said = {}): string {
    const { method } = request.cseq;
    const to = request.header("To");
    const isAnswer = method === "INVITE" && status >= 200 && status < 300;
    const sdp = "sdp" in said || !isAnswer ? said.sdp : sdpOf(this.#raw);
    const lines = [
      `SIP/2.0 ${status} Scripted`,
      ...request.all("Via").map((via) => `Via: ${via}`),
      ...request.all("Record-Route").map((route) => `Record-Route: ${route}`),
      `From: ${request.header("From")}`,
      `To: ${to}${/;tag=/.test(to) ? "" : `;tag=${said.tag ?? this.localTag}`}`,
      `Call-ID: ${this.callId}`,
      `CSeq: ${request.header("CSeq")}`,
      `Contact: ${said.contact ?? this.#contact}`,
    ];
    return this.#send(`${status} ${method}`, lines, { ...said, sdp });
  }

  /** Says a message again, as a retransmission. */
  repeat(text: string): void {
    this.#raw.send(text, this.#platform.port, this.#platform.host);
  }

  get #contact(): string {
    const transport = this.#raw.transport === "udp" ? "" : `;transport=${this.#raw.transport}`;
    return `<sip:script@${this.#raw.address}:${this.#raw.port}${transport}>`;
  }

  #isMine(text: string, label: string): boolean {
    if (!text.includes(this.callId)) return false;
    const heard = new Heard(text);
    if (heard.label !== label || heard.header("Call-ID") !== this.callId) return false;
    // Two dialogs of one Call-ID are told apart by our own tag; one that we were called in may have several (forks).
    return this.invite.label !== "" || this.#tags.has(heard.tag("From")) || this.#tags.has(heard.tag("To"));
  }

  /** Takes what a response that makes or refreshes a dialog says about it. */
  #note(heard: Heard): Heard {
    const makesDialog = /^(?:1(?!00)|2)\d\d INVITE$/.test(heard.label) || /^(?:INVITE|UPDATE)$/.test(heard.label);
    if (!makesDialog) return heard;
    if (heard.label.includes(" ")) {
      this.remoteTag = heard.tag("To");
      this.#remote = heard.header("To");
      if (this.invite.label === "") this.#routes = heard.all("Record-Route").toReversed();
    }
    if (heard.header("Contact") !== "") this.#target = addrSpec(heard.header("Contact"));
    return heard;
  }

  #sendRequest(method: string, cseq: number, branch: string, said: Said): string {
    const { address, port, transport } = this.#raw;
    if (said.tag !== undefined) this.#tags.add(said.tag);
    const tagged = (value: string, tag: string): string =>
      /;tag=/.test(value) || tag === "" ? value : `${value};tag=${tag}`;
    const toFirst = method === "CANCEL" || (method === "INVITE" && this.remoteTag === "");
    const lines = [
      `${method} ${toFirst ? addrSpec(this.#remote) : this.#target} SIP/2.0`,
      `Via: SIP/2.0/${transport.toUpperCase()} ${address}:${port};branch=z9hG4bK${branch};rport`,
      "Max-Forwards: 70",
      ...this.#routes.map((route) => `Route: ${route}`),
      `From: ${tagged(this.#local, said.tag ?? this.localTag)}`,
      `To: ${toFirst ? this.#remote.replace(/;tag=.*/, "") : tagged(this.#remote, this.remoteTag)}`,
      `Call-ID: ${this.callId}`,
      `CSeq: ${cseq} ${method}`,
      `Contact: ${said.contact ?? this.#contact}`,
    ];
    return this.#send(method, lines, said);
  }

  #send(label: string, lines: readonly string[], { headers = [], sdp, write = (whole) => whole }: Said): string {
    const body = sdp ?? "";
    const type = body === "" ? [] : ["Content-Type: application/sdp"];
    const text = write([...lines, ...headers, ...type, `Content-Length: ${body.length}`, "", body].join("\r\n"));
    this.#spoken.push(label);
    if (label === "INVITE") this.last = text;
    this.repeat(text);
    return text;
  }
}

/** A session description of ours; nobody listens at its port. */
export function sdpOf(
  { address }: Pick<RawSip, "address">,
  direction: "sendrecv" | "sendonly" | "recvonly" | "inactive" = "sendrecv",
  version = 1,
): string {
  return [
    "v=0",
    `o=script 7 ${version} IN IP4 ${address}`,
    "s=-",
    `c=IN IP4 ${address}`,
    "t=0 0",
    "m=audio 40000 RTP/AVP 0 101",
    "a=rtpmap:0 PCMU/8000",
    "a=rtpmap:101 telephone-event/8000",
    `a=${direction}`,
    "",
  ].join("\r\n");
}

/** The URI inside the angle brackets. */
function addrSpec(nameAddr: string): string {
  return /<([^>]*)>/.exec(nameAddr)?.[1] ?? nameAddr;
}

function random(): string {
  return randomBytes(8).toString("hex");
}
