import { createHash } from "node:crypto";
import type { AudioEndpoint, AudioSource } from "@trunkline/media";
import type { Flow, Host } from "@trunkline/sip";

type Timer = { readonly dueMs: number; readonly order: number; readonly fire: () => void };
type Receiver = { receive(flow: Flow, text: string): void };

/** Virtual time and a network without loss or delay, for scripts whose timeline matters; everything that happens is written down. */
export class VirtualWorld {
  nowMs = 0;
  /** `ms what`: messages as `>INVITE` from the first node to join, `<200` towards it; audio acts as `name play tone`. */
  readonly log: string[] = [];
  readonly #timers = new Set<Timer>();
  readonly #receivers = new Map<string, Receiver>();
  #inFlight: (() => void)[] = [];
  #drawn = 0;

  note(what: string): void {
    this.log.push(`${Math.round(this.nowMs)} ${what}`);
  }

  join(address: string, makeReceiver: (host: Host) => Receiver): void {
    this.#receivers.set(address, makeReceiver(this.#hostOf()));
  }

  flow(localAddress: string, remoteAddress: string): Flow {
    return { transport: "udp", localAddress, localPort: 5060, remoteAddress, remotePort: 5060 };
  }

  /** Audio that only writes down what it was told. Like the real one it answers an offer of one direction with the other. */
  openAudio(name: string): Promise<AudioEndpoint> {
    const [address, port] = ["192.0.2.9", 4_000];
    let fitting: "sendrecv" | "recvonly" = "sendrecv";
    return Promise.resolve({
      address,
      port,
      describe: (direction = fitting) =>
        `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\na=${direction}\r\n`,
      connect: (sdp) => {
        fitting = sdp.includes("a=sendonly") ? "recvonly" : "sendrecv";
        return sdp.includes("m=audio ");
      },
      play: (source: AudioSource) => {
        // Every endpoint is told to be silent when it opens; that is not worth a line.
        if (source.kind !== "none" || this.nowMs > 0) this.note(`${name} plays ${source.kind}`);
      },
      sendDigits: async (digits) => this.note(`${name} sends ${digits}`),
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
      close: () => this.note(`${name} closes`),
    });
  }

  /** Runs until that time, or until nothing is left to do before it. */
  async runUntil(endMs: number): Promise<void> {
    for (;;) {
      await settlePromises();
      if (this.#inFlight.length > 0) {
        for (const deliver of this.#inFlight.splice(0)) deliver();
        continue;
      }
      const next = [...this.#timers].sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
      if (!next || next.dueMs > endMs) break;
      this.#timers.delete(next);
      this.nowMs = next.dueMs;
      next.fire();
    }
    this.nowMs = endMs;
  }

  #hostOf(): Host {
    return {
      nowMs: () => this.nowMs,
      random: () => 0.5,
      randomHex: (bytes) => {
        this.#drawn += 1;
        return this.#drawn.toString(16).padStart(2 * bytes, "0");
      },
      hash: (name, text) =>
        createHash(name === "MD5" ? "md5" : "sha256")
          .update(text, "latin1")
          .digest("hex"),
      setTimer: (afterMs, fire) => {
        this.#drawn += 1;
        const timer: Timer = { dueMs: this.nowMs + Math.max(afterMs, 0), order: this.#drawn, fire };
        this.#timers.add(timer);
        return timer;
      },
      clearTimer: (handle) => {
        this.#timers.delete(handle as Timer);
      },
      send: (flow, wire) => {
        const [first] = this.#receivers.keys();
        const start = /^SIP\/2\.0 (\d+)|^([A-Z]+)/.exec(wire);
        const direction = /^a=(sendonly|recvonly|inactive)/m.exec(wire)?.[1];
        this.note(
          `${flow.localAddress === first ? ">" : "<"}${start?.[1] ?? start?.[2]}${direction ? ` ${direction}` : ""}`,
        );
        const back = this.flow(flow.remoteAddress, flow.localAddress);
        this.#inFlight.push(() => this.#receivers.get(flow.remoteAddress)?.receive(back, wire));
      },
    };
  }
}

/** A turn of the real event loop: every promise that can be settled by now is. */
function settlePromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
