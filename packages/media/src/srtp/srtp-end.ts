import { SrtpReceiver } from "./receiver.ts";
import { SrtpSender } from "./sender.ts";
import { isSameKey, type SrtpKey } from "./suite.ts";
import type { Workspace } from "./workspace.ts";

/** How long packets under the key before are still believed: longer than any is on its way. */
const OVERLAP_MS = 5_000;

/** The two keys of one end of a line. */
export type SrtpKeys = {
  /** The other side's, from its description. */
  readonly receive: SrtpKey;
  /** Ours, from the description we showed it. */
  readonly send: SrtpKey;
};

/** SRTP with one end of a media line, through changes of its keys. Lengths are as in `SrtpReceiver` and `SrtpSender`. */
export class SrtpEnd {
  readonly #newSsrc: () => number;
  #keys: SrtpKeys;
  #receiver: SrtpReceiver;
  #sender: SrtpSender;
  #former: SrtpReceiver | undefined;
  #formerUntilMs = 0;

  constructor(keys: SrtpKeys, newSsrc: () => number) {
    this.#newSsrc = newSsrc;
    this.#keys = keys;
    this.#receiver = new SrtpReceiver(keys.receive);
    this.#sender = new SrtpSender(keys.send, newSsrc);
  }

  /**
   * The keys of a later description. The same again change nothing (RFC 4568 §7.1.4: the rollover counters go on).
   *
   * With a new key some peers go on counting, as RFC 3711 §3.3.1 says, and some begin anew, as RFC 4568 §7.1.4 says when the media moves. What
   * comes is tried both ways; what we send goes on where the counter is the same either way.
   */
  rekey(keys: SrtpKeys, nowMs: number): void {
    if (!isSameKey(keys.send, this.#keys.send)) this.#sender = new SrtpSender(keys.send, this.#newSsrc);
    if (!isSameKey(keys.receive, this.#keys.receive)) {
      this.#former = this.#receiver;
      this.#formerUntilMs = nowMs + OVERLAP_MS;
      this.#receiver = new SrtpReceiver(keys.receive, this.#former.progress);
      this.#sender.startOver();
    }
    this.#keys = keys;
  }

  unprotect(work: Workspace, length: number, nowMs: number): number {
    const plain = this.#receiver.unprotect(work, length, nowMs);
    if (plain >= 0 || this.#former === undefined) return plain;
    return this.#formerAt(nowMs)?.unprotect(work, length, nowMs) ?? -1;
  }

  unprotectRtcp(work: Workspace, length: number, nowMs: number): number {
    let plain = this.#receiver.unprotectRtcp(work, length);
    if (plain < 0 && this.#former) plain = this.#formerAt(nowMs)?.unprotectRtcp(work, length) ?? -1;
    if (plain >= 0) this.#sender.restoreNames(work, plain);
    return plain;
  }

  protect(work: Workspace, length: number): number {
    return this.#sender.protect(work, length);
  }

  protectRtcp(work: Workspace, length: number): number {
    return this.#sender.protectRtcp(work, length);
  }

  #formerAt(nowMs: number): SrtpReceiver | undefined {
    if (nowMs >= this.#formerUntilMs) this.#former = undefined;
    return this.#former;
  }
}
