import type { LegCounters, MediaOptions, MediaPlane, MediaRefusal, MediaSession } from "@trunkline/media";

/**
 * A media plane without sockets. What passes it is marked (`offer` becomes `relayed offer`), what is open is counted, and a description that
 * contains `refuse NNN` is refused with that status.
 */
export class FakePlane implements MediaPlane {
  sessions = 0;
  readonly opened: MediaOptions[] = [];
  /** `open`, `record`, `close` of its sessions in order, each with the session's number; `record -` ends one. */
  readonly told: string[] = [];
  /** The ring that each session records into, by its number. */
  readonly rings: (SharedArrayBuffer | null)[] = [];
  canRecord = true;
  /** What `record` waits for. */
  onRecord: () => Promise<void> = async () => undefined;
  /** Makes the last opened session fail. */
  fail: () => void = () => undefined;
  /** Makes it say that what it is to record cannot be copied. */
  unrecorded: (why: string) => void = () => undefined;
  /** Makes it notice that nobody was heard for so long. */
  silent: (forMs: number) => void = () => undefined;

  open(_callSid: string, options: MediaOptions, onEvent?: Parameters<MediaPlane["open"]>[2]): Promise<MediaSession> {
    this.sessions += 1;
    this.opened.push(options);
    this.fail = () => onEvent?.({ kind: "failed", why: "told to" });
    this.unrecorded = (why) => onEvent?.({ kind: "unrecorded", why });
    this.silent = (forMs) => onEvent?.({ kind: "silent", forMs });
    let isOpen = true;
    const number = this.opened.length;
    this.told.push(`open ${number}`);
    const relay = async (sdp: string): Promise<string | MediaRefusal> => {
      const status = /refuse (\d+)/.exec(sdp)?.[1];
      if (status === undefined) return `relayed ${sdp}`;
      return { kind: "refusal", status: Number(status) as MediaRefusal["status"], why: "told to" };
    };
    const record = async (ring: SharedArrayBuffer | null): Promise<void> => {
      this.told.push(`record ${number}${ring ? "" : " -"}`);
      this.rings[number] = ring;
      await this.onRecord();
    };
    return Promise.resolve({
      ...(this.canRecord ? { record } : {}),
      offer: (_leg, sdp) => relay(sdp),
      answer: (_leg, sdp) => relay(sdp),
      counters: async () => COUNTERS,
      close: async () => {
        if (isOpen) {
          this.sessions -= 1;
          this.told.push(`close ${number}`);
        }
        isOpen = false;
        return COUNTERS;
      },
    });
  }

  async usage(): Promise<{ readonly sessions: number; readonly ports: number }> {
    return { sessions: this.sessions, ports: 4 * this.sessions };
  }

  async close(): Promise<void> {}
}

const COUNTERS: readonly LegCounters[] = (["a", "b"] as const).map((leg) => ({
  leg,
  codec: "PCMU",
  packetsReceived: 50,
  bytesReceived: 8_000,
  packetsLost: 0,
  jitterMs: 1,
  roundTripMs: null,
  mos: 4.4,
  sourceChanges: 0,
}));
