import type { AudioEndpoint, LegCounters, MediaPlane } from "@trunkline/media";

/** A plane that hands descriptions through without sockets, so that what one end hears is what the other said; it counts what is open. */
export class QuietPlane implements MediaPlane {
  sessions = 0;

  async open(): ReturnType<MediaPlane["open"]> {
    this.sessions += 1;
    let isOpen = true;
    return {
      offer: async (_leg, sdp) => sdp,
      answer: async (_leg, sdp) => sdp,
      counters: async () => COUNTERS,
      close: async () => {
        if (isOpen) this.sessions -= 1;
        isOpen = false;
        return COUNTERS;
      },
    };
  }

  async usage(): ReturnType<MediaPlane["usage"]> {
    return { sessions: this.sessions, ports: 4 * this.sessions };
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
