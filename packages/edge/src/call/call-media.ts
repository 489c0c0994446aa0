import type { LegCounters, MediaEvent, MediaOptions, MediaPlane, MediaRefusal, MediaSession } from "@trunkline/media";
import type { Host } from "@trunkline/sip";
import type { CallAudio, CapturedMedia } from "@trunkline/trunking";
import { MEDIA_CLOSE_MS, MEDIA_REPLY_MS } from "../limits.ts";
import type { CallInput, MediaPurpose } from "./call.types.ts";

/**
 * A call's media session as the call machine knows it: a question gets exactly one answer as an input, if need be our own, because a media
 * plane that is away or stuck must not keep a call for ever.
 */
export class CallMedia {
  readonly #host: Host;
  readonly #plane: MediaPlane;
  readonly #feed: (input: CallInput) => void;
  #session: Promise<MediaSession> | undefined;
  #ring: SharedArrayBuffer | null = null;
  /** Told when sound that is to be recorded does not get into the ring any more. */
  onUnrecorded: (why: string) => void = () => undefined;
  /** Told at the end how the audio went, before the call hears that its media is closed. */
  onHeard: (media: CapturedMedia) => void = () => undefined;

  constructor(parts: { readonly host: Host; readonly media: MediaPlane }, feed: (input: CallInput) => void) {
    this.#host = parts.host;
    this.#plane = parts.media;
    this.#feed = feed;
  }

  /** Opens a session. One that was open before is closed: a target of the other address family, or of other media, needs another. */
  open(callSid: string, options: MediaOptions): void {
    const closed = this.drop();
    const session: Promise<MediaSession> = this.#plane.open(callSid, options, (event) => {
      if (this.#session === session) this.#hear(event);
    });
    // Whoever asks it hears of a plane that cannot open one; when nobody does, nothing has failed.
    session.catch(() => undefined);
    this.#session = session;
    const ring = this.#ring;
    // A ring has one writer at a time; what the plane cannot record after all is silence in the recording.
    if (ring) void closed.then(() => session.then((media) => media.record?.(ring))).catch(() => undefined);
  }

  /** False for planes that cannot. Rejects when there is no session. */
  async canRecord(): Promise<boolean> {
    return (await this.#opened()).record !== undefined;
  }

  /** From now on the call's sound goes into that ring, also from a session opened in place of this one; null ends that. */
  async record(ring: SharedArrayBuffer | null): Promise<void> {
    this.#ring = ring;
    const media = await this.#opened();
    await media.record?.(ring);
  }

  ask(purpose: MediaPurpose, question: (media: MediaSession) => Promise<string | MediaRefusal>): void {
    this.#within(
      MEDIA_REPLY_MS,
      question,
      (result) => {
        if (typeof result === "string") this.#feed({ kind: "media", purpose, sdp: result });
        else this.#feed({ kind: "media-refused", purpose, status: result.status, why: result.why });
      },
      (why) => mediaAway(why),
    );
  }

  /** Asks for the last counters; there are none when the plane does not answer in time or was never asked for a session. */
  close(): void {
    this.#within<readonly LegCounters[]>(
      MEDIA_CLOSE_MS,
      (media) => media.close(),
      (counters) => {
        const { quality, media } = audioOf(counters);
        this.onHeard(media);
        this.#feed({ kind: "media-closed", quality });
      },
      () => [],
    );
  }

  /** What is known up to now; nothing when the plane does not answer in time or there is no session. */
  audio(): Promise<CallAudio> {
    return new Promise((resolve) => {
      this.#within<readonly LegCounters[]>(
        MEDIA_CLOSE_MS,
        (media) => media.counters(),
        (counters) => resolve(audioOf(counters)),
        () => [],
      );
    });
  }

  /** Closes without keeping the call waiting; resolves when the session is closed, however that went. */
  async drop(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.then((media) => media.close()).catch(() => undefined);
  }

  #hear(event: MediaEvent): void {
    switch (event.kind) {
      case "failed":
        this.#feed({ kind: "media-failed", why: event.why });
        break;
      case "silent":
        this.#feed({ kind: "media-silent", forMs: event.forMs });
        break;
      case "unrecorded":
        this.onUnrecorded(event.why);
        break;
      default:
        event satisfies never;
    }
  }

  async #opened(): Promise<MediaSession> {
    if (!this.#session) throw new Error(NO_SESSION);
    return await this.#session;
  }

  /** Exactly one `done`, with `instead` when the plane fails or `limitMs` is over. */
  #within<T>(
    limitMs: number,
    question: (media: MediaSession) => Promise<T>,
    done: (result: T) => void,
    instead: (why: string) => T,
  ): void {
    if (!this.#session) {
      done(instead(NO_SESSION));
      return;
    }
    let isOpen = true;
    const settle = (result: T): void => {
      if (!isOpen) return;
      isOpen = false;
      this.#host.clearTimer(deadline);
      done(result);
    };
    const deadline = this.#host.setTimer(limitMs, () => settle(instead("the media plane did not answer")));
    this.#session.then(question).then(settle, (error: unknown) => settle(instead(messageOf(error))));
  }
}

function audioOf(counters: readonly LegCounters[]): CallAudio {
  return {
    quality: counters.map(({ samples: _samples, keyPresses: _keyPresses, ...quality }) => quality),
    media: {
      samples: counters.flatMap(({ leg, samples = [] }) => samples.map((sample) => ({ leg, ...sample }))),
      keyPresses: counters.flatMap(({ leg, keyPresses = [] }) => keyPresses.map((press) => ({ leg, ...press }))),
    },
  };
}

const NO_SESSION = "there is no media session";

function mediaAway(why: string): MediaRefusal {
  return { kind: "refusal", status: 503, why };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
