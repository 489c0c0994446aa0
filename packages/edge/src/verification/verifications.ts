import type { TimerHandle } from "@trunkline/sip";
import type { CallerIdSink } from "@trunkline/trunking";
import type { OwnCallOrder, Placing } from "../own-call/own-call.types.ts";
import type { OwnCallParts, OwnCalls } from "../own-call/own-calls.ts";
import type { Prompts } from "./prompts.ts";
import { Verification } from "./verification.ts";
import type { VerificationOrder } from "./verification.types.ts";

/** As long as Twilio lets a telephone ring by default. */
const RING_MS = 60_000;
/** Three entries and all prompts; whoever is not through by then is not there. */
const MAX_DURATION_MS = 120_000;
/** Orders that wait for their delay; each is under the limits of its account and number already. */
const MAX_WAITING = 1_000;
/** Whoever keyed in the code waits no longer to hear that it counts. */
const SETTLE_MS = 5_000;

type Parts = Pick<OwnCallParts, "host" | "log"> & {
  readonly ownCalls: OwnCalls;
  /** Absent: nothing can be verified. */
  readonly callerIds?: CallerIdSink;
  readonly prompts?: Prompts;
};
type Waiting = { readonly order: OwnCallOrder; readonly timer: TimerHandle };

/** Calls that verify caller IDs (NUM-4). How a call ended is for its record to tell; only the right code is told of at once. */
export class Verifications {
  readonly #parts: Parts;
  readonly #waiting = new Map<string, Waiting>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Places the call, or promises it for later: what then stands against it is in its record. */
  async begin(asked: VerificationOrder): Promise<Placing> {
    const { callSid, accountSid, from, to, delayMs } = asked;
    const order: OwnCallOrder = {
      callSid,
      accountSid,
      from,
      to,
      ringTimeoutMs: RING_MS,
      maxDurationMs: MAX_DURATION_MS,
    };
    const { callerIds, prompts, ownCalls, host, log } = this.#parts;
    if (!callerIds || !prompts) return { kind: "unavailable", why: "The platform verifies no caller IDs" };
    const place = (): Promise<Placing> => ownCalls.place(order, this.#scriptOf(asked, callerIds, prompts));
    if (delayMs <= 0) return place();
    const placing = ownCalls.judge(order);
    if (placing.kind !== "placed") return placing;
    if (this.#waiting.size >= MAX_WAITING) return { kind: "unavailable", why: "Too many calls are waiting to be made" };
    const timer = host.setTimer(delayMs, () => {
      this.#waiting.delete(callSid);
      place().then(
        (placed) => placed.kind === "placed" || ownCalls.recordFailure(order, placed),
        (error: unknown) => log("error", "a verification call broke", { callSid, error: String(error) }),
      );
    });
    this.#waiting.set(callSid, { order, timer });
    return placing;
  }

  /** Those that wait are not made any more. */
  close(): void {
    for (const { order, timer } of this.#waiting.values()) {
      this.#parts.host.clearTimer(timer);
      this.#parts.ownCalls.recordFailure(order, { kind: "unavailable", why: "The platform is closing" });
    }
    this.#waiting.clear();
  }

  #scriptOf(
    { callSid, code, extension, language }: VerificationOrder,
    callerIds: CallerIdSink,
    prompts: Prompts,
  ): Verification {
    const { host } = this.#parts;
    const settle = (): Promise<boolean> =>
      new Promise((resolve) => {
        const limit = host.setTimer(SETTLE_MS, () => resolve(false));
        const settled = (isVerified: boolean): void => {
          host.clearTimer(limit);
          resolve(isVerified);
        };
        callerIds.verified(callSid).then(settled, (error: unknown) => {
          this.#parts.log("error", "a verified caller ID was not stored", { callSid, error: String(error) });
          settled(false);
        });
      });
    return new Verification({ host, settle, prompt: (name) => prompts[language][name] }, { code, extension });
  }
}
