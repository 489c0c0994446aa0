import type { MediaOptions, MediaPlane, MediaRefusal, MediaSession } from "@trunkline/media";
import type { Host } from "@trunkline/sip";
import type { LegQuality } from "@trunkline/trunking";
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

  constructor(parts: { readonly host: Host; readonly media: MediaPlane }, feed: (input: CallInput) => void) {
    this.#host = parts.host;
    this.#plane = parts.media;
    this.#feed = feed;
  }

  /** Opens a session. One that was open before is closed: a target of the other address family, or of other media, needs another. */
  open(callSid: string, options: MediaOptions): void {
    this.drop();
    const session: Promise<MediaSession> = this.#plane.open(callSid, options, (event) => {
      if (this.#session !== session) return;
      this.#feed(
        event.kind === "failed"
          ? { kind: "media-failed", why: event.why }
          : { kind: "media-silent", forMs: event.forMs },
      );
    });
    // Whoever asks it hears of a plane that cannot open one; when nobody does, nothing has failed.
    session.catch(() => undefined);
    this.#session = session;
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
    this.#within<readonly LegQuality[]>(
      MEDIA_CLOSE_MS,
      (media) => media.close(),
      (quality) => this.#feed({ kind: "media-closed", quality }),
      () => [],
    );
  }

  /** Closes without waiting for anything. */
  drop(): void {
    void this.#session?.then((media) => media.close()).catch(() => undefined);
    this.#session = undefined;
  }

  /** Exactly one `done`, with `instead` when the plane fails or `limitMs` is over. */
  #within<T>(
    limitMs: number,
    question: (media: MediaSession) => Promise<T>,
    done: (result: T) => void,
    instead: (why: string) => T,
  ): void {
    if (!this.#session) {
      done(instead("there is no media session"));
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

function mediaAway(why: string): MediaRefusal {
  return { kind: "refusal", status: 503, why };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
