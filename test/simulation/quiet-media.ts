import type { AudioEndpoint, Leg, LegCounters, MediaPlane } from "@trunkline/media";

/** What each leg of a session described last. */
export type Described = Partial<Record<Leg, string>>;

/**
 * A plane that hands descriptions through without sockets, so that what one end hears is what the other said. It knows what is open, and
 * where each leg would get its packets.
 */
export class QuietPlane implements MediaPlane {
  readonly sessions: Map<Described, Parameters<MediaPlane["open"]>[2]> = new Map();
  /** Where the sound of open sessions goes. */
  readonly rings = new Map<Described, SharedArrayBuffer>();

  /** Tells each session that nobody is heard in it. */
  silence(): void {
    for (const onEvent of this.sessions.values()) onEvent?.({ kind: "silent", forMs: 60_000 });
  }

  async open(...[, , onEvent]: Parameters<MediaPlane["open"]>): ReturnType<MediaPlane["open"]> {
    const described: Described = {};
    this.sessions.set(described, onEvent);
    const take = async (leg: Leg, sdp: string): Promise<string> => {
      described[leg] = sdp;
      return sdp;
    };
    return {
      offer: take,
      answer: take,
      record: async (ring) => {
        if (ring && this.sessions.has(described)) this.rings.set(described, ring);
        else this.rings.delete(described);
      },
      counters: async () => COUNTERS,
      close: async () => {
        this.sessions.delete(described);
        this.rings.delete(described);
        return COUNTERS;
      },
    };
  }

  async usage(): ReturnType<MediaPlane["usage"]> {
    return { sessions: this.sessions.size, ports: 4 * this.sessions.size };
  }

  async close(): Promise<void> {}
}

const COUNTERS: readonly LegCounters[] = (["a", "b"] as const).map((leg) => ({
  leg,
  codec: "PCMU",
  packetsReceived: 0,
  bytesReceived: 0,
  packetsLost: 0,
  jitterMs: null,
  roundTripMs: null,
  mos: null,
  sourceChanges: 0,
}));

/** Audio that describes itself and is silent. */
export function quietAudio(address: string): AudioEndpoint {
  return {
    address,
    port: 4_000,
    describe: (direction = "sendrecv") => describeAudio("quiet", 1, address, direction),
    connect: (sdp) => sdp.includes("m=audio "),
    play: () => undefined,
    sendDigits: async () => undefined,
    report: () => ({
      packetsSent: 0,
      packetsReceived: 0,
      packetsLost: 0,
      jitterMs: null,
      mos: null,
      toneHz: null,
      digits: "",
      echoDelayMs: null,
    }),
    close: () => undefined,
  };
}

/** A description whose origin says whose it is and which version. */
export function describeAudio(name: string, version: number, address: string, direction: string): string {
  return [
    "v=0",
    `o=${name} 1 ${version} IN IP4 ${address}`,
    "s=-",
    `c=IN IP4 ${address}`,
    "t=0 0",
    "m=audio 4000 RTP/AVP 0",
    `a=${direction}`,
    "",
  ].join("\r\n");
}
