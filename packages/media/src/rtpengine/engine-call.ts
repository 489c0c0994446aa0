import { randomUUID } from "node:crypto";
import type { SdpFamily } from "@trunkline/sip";
import { other } from "../description/negotiation.ts";
import type { Leg, MediaOptions } from "../plane.ts";
import { type CryptoLine, OFFERED } from "../srtp/sdes.ts";
import { type Dictionary, textIn } from "./bencode.ts";
import { type EngineLine, type EngineLines, type EnginePlaces, readFromEngine, writeForEngine } from "./engine-sdp.ts";
import type { NgCommand } from "./ng-client.ts";
import type { EngineServer } from "./server.ts";

/** Why a server did not do what it was asked. */
export class EngineFailure {
  /**
   * `silent`: nothing that can be used came in time; `full`: it has no port or no room left; `unknown`: it does not have the call (any more);
   * `refused`: anything else it said no to.
   */
  readonly kind: "silent" | "full" | "unknown" | "refused";
  readonly why: string;

  constructor(kind: EngineFailure["kind"], why: string) {
    this.kind = kind;
    this.why = why;
  }
}

/** For each line, undefined where none is asked for. */
type Suites = readonly (string | undefined)[];

/** Every suite that rtpengine offers unless it is told not to; it has no other way to be asked for one alone in 10.5. */
const SUITES: readonly string[] = [
  "AEAD_AES_256_GCM",
  "AEAD_AES_128_GCM",
  "AES_256_CM_HMAC_SHA1_80",
  "AES_256_CM_HMAC_SHA1_32",
  "AES_192_CM_HMAC_SHA1_80",
  "AES_192_CM_HMAC_SHA1_32",
  "AES_CM_128_HMAC_SHA1_80",
  "AES_CM_128_HMAC_SHA1_32",
  "F8_128_HMAC_SHA1_80",
  "F8_128_HMAC_SHA1_32",
  "NULL_HMAC_SHA1_80",
  "NULL_HMAC_SHA1_32",
];

/**
 * One call on one rtpengine: our two legs are its two tags. It knows nothing of offers that wait for their answer: whatever it is told
 * counts at once. So it is told of an offer early only when it has to open ports or make keys for it, and of the rest with the answer.
 */
export class EngineCall {
  /** Unlike the SIP Call-ID never used twice, and never guessed by others who command the same server. */
  readonly id: string;
  readonly server: EngineServer;
  readonly #options: MediaOptions;
  readonly #isNamed: boolean;
  readonly #told: Record<Leg, string> = { a: "", b: "" };
  /** What it enciphers with towards each leg, by line. */
  readonly #keys: Record<Leg, readonly (CryptoLine | null | undefined)[]> = { a: [], b: [] };

  /** @param isNamed the server's interfaces have the names of our addresses; otherwise the family alone says which one to use */
  constructor(server: EngineServer, callSid: string, options: MediaOptions, isNamed: boolean) {
    this.server = server;
    this.id = `${callSid}-${randomUUID()}`;
    this.#options = options;
    this.#isNamed = isNamed;
  }

  /** Opens ports, and makes keys, for the leg that is shown this offer. */
  async offer(from: Leg, lines: EngineLines, untilMs: number): Promise<EnginePlaces | EngineFailure> {
    const isUnderWay = this.#told.a !== "" && this.#told.b !== "";
    const suites = lines.map(() => OFFERED.suite);
    const places = await this.#tell("offer", from, this.#areBothSecure ? lines.map(bare) : lines, suites, untilMs);
    if (places instanceof EngineFailure || !this.#areBothSecure || !isUnderWay) return places;
    const restored = await this.#tell("answer", from, lines, suites, untilMs);
    return restored instanceof EngineFailure ? restored : places;
  }

  /** Takes both sides of what was agreed; gives the places for the leg that offered. */
  async agree(
    offerer: Leg,
    offered: EngineLines,
    answered: EngineLines,
    untilMs: number,
  ): Promise<EnginePlaces | EngineFailure> {
    const suites = suitesOf(offered);
    if (this.#areBothSecure) return this.#agreeSecurely(offerer, offered, answered, suites, untilMs);
    if (this.#told[offerer] !== writeForEngine(offered)) {
      const opened = await this.#tell("offer", offerer, offered, suitesOf(answered), untilMs);
      if (opened instanceof EngineFailure) return opened;
    }
    return this.#tell("answer", other(offerer), answered, suites, untilMs);
  }

  /**
   * Between two SRTP legs rtpengine would hand each leg's key to the other, and change ours whenever theirs change. It does not when the side
   * that offers seems plain, and in answers it leaves keys alone: so keys are made by bare offers, and both legs' own are told as answers.
   */
  async #agreeSecurely(
    offerer: Leg,
    offered: EngineLines,
    answered: EngineLines,
    suites: Suites,
    untilMs: number,
  ): Promise<EnginePlaces | EngineFailure> {
    const answerer = other(offerer);
    if (suites.some((suite, index) => suite !== undefined && suite !== this.#keys[offerer][index]?.key.suite)) {
      const made = await this.#tell("offer", answerer, answered.map(bare), suites, untilMs);
      if (made instanceof EngineFailure) return made;
    }
    const places = await this.#tell("answer", answerer, answered, suites, untilMs);
    if (places instanceof EngineFailure) return places;
    const told = await this.#tell("answer", offerer, offered, suitesOf(answered), untilMs);
    return told instanceof EngineFailure ? told : places;
  }

  /**
   * Keeps media from legs on hold, after what was agreed. rtpengine minds no `a=sendonly`; but a leg that does not subscribe to the other is
   * sent nothing, and the next offer or answer subscribes it again. (`block media` would take the other leg's sound from recordings, too.)
   */
  async hold(receives: Readonly<Record<Leg, boolean>>, untilMs: number): Promise<EngineFailure | undefined> {
    for (const leg of ["a", "b"] as const) {
      const reply = receives[leg] ? undefined : await this.unsubscribe(leg, untilMs);
      if (reply instanceof EngineFailure) return reply;
    }
    return undefined;
  }

  /** Asks for a copy of what a leg sends, in the clear. */
  subscribe(leg: Leg, name: string, family: SdpFamily, untilMs: number): Promise<Dictionary | EngineFailure> {
    const command = { command: "subscribe request", "call-id": this.id, "from-tag": leg, "to-tag": name };
    return this.#ask({ ...command, "transport-protocol": "RTP/AVP", "address family": family, ...NEITHER }, untilMs);
  }

  /** Says where the copy goes. */
  acceptCopy(name: string, sdp: string, untilMs: number): Promise<Dictionary | EngineFailure> {
    const command = { command: "subscribe answer", "call-id": this.id, "to-tag": name };
    return this.#ask({ ...command, sdp, ...NEITHER }, untilMs);
  }

  /** Ends all that a leg, or a copy, is sent. */
  unsubscribe(name: string, untilMs: number): Promise<Dictionary | EngineFailure> {
    return this.#ask({ command: "unsubscribe", "call-id": this.id, "to-tag": name }, untilMs);
  }

  query(untilMs: number): Promise<Dictionary | EngineFailure> {
    return this.#ask({ command: "query", "call-id": this.id }, untilMs);
  }

  /** Ends it. Its ports are free at once, for a port that is kept is one that goes on relaying. */
  delete(untilMs: number): Promise<Dictionary | EngineFailure> {
    return this.#ask({ command: "delete", "call-id": this.id, "delete delay": 0 }, untilMs);
  }

  get #areBothSecure(): boolean {
    return this.#options.srtp?.a === true && this.#options.srtp.b;
  }

  /** @param suites of the key towards the other leg, for each line */
  async #tell(
    message: "offer" | "answer",
    from: Leg,
    lines: EngineLines,
    suites: Suites,
    untilMs: number,
  ): Promise<EnginePlaces | EngineFailure> {
    const to = other(from);
    const { advertise } = this.#options;
    const sdp = writeForEngine(
      message === "offer" ? lines : lines.map((line, index) => this.#tagged(from, line, index)),
    );
    // In an answer the tags stand as in the offer: the one who answers is the second.
    const [first, second] = message === "offer" ? [from, to] : [to, from];
    const reply = await this.#ask(
      {
        command: message,
        "call-id": this.id,
        "from-tag": first,
        "to-tag": second,
        sdp,
        flags: this.#options.symmetricRtp[from] ? SYMMETRIC : AS_DESCRIBED,
        "transport-protocol": this.#options.srtp?.[to] ? "RTP/SAVP" : "RTP/AVP",
        "address family": advertise[to].includes(":") ? "IP6" : "IP4",
        ...(this.#isNamed && message === "offer" ? { direction: [advertise[from], advertise[to]] } : {}),
        ...(message === "offer"
          ? { SDES: onlySuites([...suites, ...lines.map((line) => line?.crypto?.key.suite)]) }
          : {}),
        ...NEITHER,
        supports: ["load limit"],
      },
      untilMs,
    );
    if (reply instanceof EngineFailure) return reply;
    const places = readFromEngine(textIn(reply, "sdp") ?? "", lines, this.#options.srtp?.[to] ? suites : null);
    if (typeof places === "string") return new EngineFailure("silent", `rtpengine gave ${places}`);
    this.#told[from] = sdp;
    this.#keys[to] = places.map((place) => place?.crypto);
    return places;
  }

  /** The legs see tags of our own; rtpengine is answered with the tag that it gave. */
  #tagged(leg: Leg, line: EngineLine | undefined, index: number): EngineLine | undefined {
    const made = this.#keys[leg][index];
    if (!line?.crypto || made?.key.suite !== line.crypto.key.suite) return line;
    return { ...line, crypto: { ...line.crypto, tag: made.tag } };
  }

  async #ask(command: NgCommand, untilMs: number): Promise<Dictionary | EngineFailure> {
    const reply = await this.server.request(command, Math.max(1, untilMs - performance.now()));
    if (reply.kind === "ok") return reply.fields;
    // Which server it was is for our log: these words reach the records of customers.
    if (reply.kind === "silent") return new EngineFailure("silent", "rtpengine does not answer");
    return new EngineFailure(kindOf(reply.why), `rtpengine: ${reply.why}`);
  }
}

/** ICE and DTLS stay out of it, whatever a leg offers. */
const NEITHER = { ICE: "remove", DTLS: "off" } as const;
/** Media goes where the SDP says and is heard from there alone. */
const AS_DESCRIBED = ["asymmetric", "strict source", "port latching"];
/** The first packet after an offer or answer says where the leg is; nobody else is heard from then on. */
const SYMMETRIC = ["endpoint-learning-immediate", "strict source", "port latching"];

/** What rtpengine says when it has no room: ports, sessions, load. With the ports it gives up the whole call. */
function kindOf(why: string): EngineFailure["kind"] {
  if (/ran out of ports|limit (?:reached|exceeded)/i.test(why)) return "full";
  return /unknown call-id/i.test(why) ? "unknown" : "refused";
}

function onlySuites(wanted: Suites): readonly string[] {
  return SUITES.filter((suite) => !wanted.includes(suite)).map((suite) => `no-${suite}`);
}

function suitesOf(lines: EngineLines): Suites {
  return lines.map((line) => line?.crypto?.key.suite);
}

function bare(line: EngineLine | undefined): EngineLine | undefined {
  return line && { ...line, crypto: null };
}
