import { familyOf, refuse } from "../description/negotiation.ts";
import type { MediaEvent, MediaOptions, MediaPlane, MediaRefusal, MediaSession } from "../plane.ts";
import { CopyThread } from "./copy-thread.ts";
import { EngineCall, EngineFailure } from "./engine-call.ts";
import type { EnginePlaces } from "./engine-sdp.ts";
import type { NgAddress } from "./ng-client.ts";
import { EngineServer, type ServerEvent } from "./server.ts";
import { EngineSession, type Placed } from "./session.ts";

export type RtpengineOptions = {
  /** Control addresses (`--listen-ng`), each of one rtpengine. */
  readonly servers: readonly NgAddress[];
  /**
   * Our addresses as legs are shown them. When there are several of one family the servers' interfaces have to be named after them
   * (`--interface=203.0.113.7/10.0.0.7`), for media has to leave by the one that the call asks for.
   */
  readonly addresses?: readonly string[];
  /** For the log. */
  readonly onEvent?: (event: ServerEvent) => void;
  /** How often a server is asked whether it is there, ms. */
  readonly probeMs?: number;
  /** After how long without an answer its calls have lost their media, ms. */
  readonly lostMs?: number;
  /** Takes the copies of recorded calls; by default one of the plane's own. */
  readonly copying?: CopyThread;
};

/** Longest time for an answer, other servers included; whoever asks us waits for two seconds. */
const REPLY_MS = 1_800;
/** Longest time for a server while there is another one to try. */
const FIRST_REPLY_MS = 600;
/** An offer whose fate is unknown is taken back, if the server hears of it. */
const TAKE_BACK_MS = 3_000;

type Open = (call: EngineCall, untilMs: number) => Promise<EnginePlaces | EngineFailure>;

/**
 * The media plane on rtpengine servers (MED-7): ports, packets and SRTP are theirs, offers and answers ours. A new call goes to the server
 * that carries the fewest of ours; one that does not answer gets none until it does, and a call is tried on the next meanwhile.
 */
export function createRtpenginePlane(options: RtpengineOptions): MediaPlane {
  return new RtpenginePlane(options);
}

class RtpenginePlane implements MediaPlane {
  readonly #servers: readonly EngineServer[];
  readonly #sessions = new Set<EngineSession>();
  readonly #copying: CopyThread;
  /** Interfaces are chosen by name. */
  readonly #isNamed: boolean;
  #closed = false;

  constructor(options: RtpengineOptions) {
    const families = [...new Set(options.addresses)].map(familyOf);
    this.#isNamed = new Set(families).size < families.length;
    this.#copying = options.copying ?? new CopyThread();
    this.#servers = options.servers.map((address) => new EngineServer(address, options));
  }

  async open(
    callSid: string,
    options: MediaOptions,
    onEvent: (event: MediaEvent) => void = () => undefined,
  ): Promise<MediaSession> {
    if (this.#closed) throw new Error("the media plane is closed");
    const session: EngineSession = new EngineSession(
      {
        place: (open) => this.#place(callSid, options, open),
        untilMs: () => performance.now() + REPLY_MS,
        copying: this.#copying,
        onEnded: () => this.#sessions.delete(session),
      },
      options,
      onEvent,
    );
    this.#sessions.add(session);
    return session;
  }

  async usage(): Promise<{ readonly sessions: number; readonly ports: number }> {
    let ports = 0;
    for (const session of this.#sessions) ports += session.ports;
    return { sessions: this.#sessions.size, ports };
  }

  /** Ends the calls that are still open: other than our own sockets, a server's would outlive us. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#sessions].map((session) => session.close()));
    for (const server of this.#servers) server.close();
    await this.#copying.close();
  }

  async #place(callSid: string, options: MediaOptions, open: Open): Promise<Placed | MediaRefusal> {
    const untilMs = performance.now() + REPLY_MS;
    const untried = new Set(this.#servers.filter((server) => !server.isAway));
    const whys = new Set<string>();
    while (untried.size > 0 && performance.now() < untilMs) {
      const server = leastLoaded(untried);
      untried.delete(server);
      const attemptUntilMs = untried.size === 0 ? untilMs : Math.min(untilMs, performance.now() + FIRST_REPLY_MS);
      const call = new EngineCall(server, callSid, options, this.#isNamed);
      const places = await server.expect(this.#openOn(call, options, open, attemptUntilMs));
      if (!(places instanceof EngineFailure)) return { call, places };
      if (places.kind === "silent" || places.kind === "refused") void call.delete(performance.now() + TAKE_BACK_MS);
      if (places.kind === "refused") return refuse(488, places.why);
      whys.add(places.why);
    }
    return refuse(503, [...whys].join("; ") || "no rtpengine answers");
  }

  /** Without an interface of the right name rtpengine would take any other, and say so in its log alone. */
  async #openOn(
    call: EngineCall,
    { advertise }: MediaOptions,
    open: Open,
    untilMs: number,
  ): Promise<EnginePlaces | EngineFailure> {
    if (this.#isNamed) {
      const names = await call.server.interfaces(untilMs - performance.now());
      if (names === undefined) return new EngineFailure("silent", "rtpengine does not answer");
      if (!names.has(advertise.a) || !names.has(advertise.b)) {
        return new EngineFailure("full", "rtpengine has no interface for the addresses of this call");
      }
    }
    return open(call, untilMs);
  }
}

function leastLoaded(servers: Iterable<EngineServer>): EngineServer {
  return [...servers].reduce((least, server) => (server.load < least.load ? server : least));
}
