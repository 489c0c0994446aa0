import { hash, randomFillSync } from "node:crypto";
import type { HashName, Host } from "@trunkline/sip";
import { SLOT_MS, TimerWheel } from "./timer-wheel.ts";

/** Bytes of randomness fetched at once: a system call per tag or branch would cost more than the message around it. */
const RANDOM_POOL_BYTES = 8192;

const OPENSSL_NAMES: Readonly<Record<HashName, string>> = { MD5: "md5", "SHA-256": "sha256" };

function pooledRandomHex(): (bytes: number) => string {
  const pool = Buffer.alloc(RANDOM_POOL_BYTES);
  let usedBytes = RANDOM_POOL_BYTES;
  return (bytes) => {
    if (bytes > RANDOM_POOL_BYTES) return randomFillSync(Buffer.alloc(bytes)).toString("hex");
    if (usedBytes + bytes > RANDOM_POOL_BYTES) {
      randomFillSync(pool);
      usedBytes = 0;
    }
    usedBytes += bytes;
    return pool.toString("hex", usedBytes - bytes, usedBytes);
  };
}

/** All of `Host` that is no socket, on Node: monotonic time, the wheel, randomness, digests. */
export type NodeClock = Omit<Host, "send"> & {
  /** Timers not yet fired or cleared. */
  pendingTimers(): number;
  /** Stops the ticking; timers still pending never fire. */
  stop(): void;
};

/** @param onFault takes what a timer's function throws */
export function startNodeClock(onFault: (error: unknown) => void): NodeClock {
  const nowMs = (): number => performance.now();
  const wheel = new TimerWheel(nowMs(), onFault);
  let ticking: NodeJS.Timeout | undefined;
  let stopped = false;

  const stopTicking = (): void => {
    clearInterval(ticking);
    ticking = undefined;
  };
  const advance = (): void => {
    if (stopped) return;
    wheel.advance(nowMs());
    // An idle process sleeps instead of waking a hundred times a second.
    if (wheel.pending === 0) stopTicking();
  };
  // Node runs timers before it reads sockets. After a stall the answers that already wait there must come first, or every
  // transaction would retransmit or time out although its peer was in time; the check phase comes after the sockets.
  const tick = (): void => {
    setImmediate(advance);
  };

  return {
    nowMs,
    random: () => Math.random(),
    randomHex: pooledRandomHex(),
    // crypto.hash reads a string as UTF-8; the stack's strings are latin1, one character per octet of the wire.
    hash: (name, text) => hash(OPENSSL_NAMES[name], Buffer.from(text, "latin1"), "hex"),
    setTimer(afterMs, fire) {
      const handle = wheel.set(nowMs(), afterMs, fire);
      if (!stopped) ticking ??= setInterval(tick, SLOT_MS);
      return handle;
    },
    clearTimer: (handle) => wheel.clear(handle),
    pendingTimers: () => wheel.pending,
    stop() {
      stopped = true;
      stopTicking();
    },
  };
}
