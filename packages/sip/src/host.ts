import type { Flow } from "./flow.ts";

/** What a running timer is known by; opaque to the stack. */
export type TimerHandle = unknown;

/** Digest algorithms of RFC 8760 that we speak. */
export type HashName = "MD5" | "SHA-256";

/**
 * Everything the stack needs from the world outside, handed in as an argument: time, randomness, a hash and a way to send.
 * The edge implements it over sockets and one timer wheel, the simulation over a virtual network and virtual time.
 */
export interface Host {
  /** Monotonic milliseconds; never wall-clock time. */
  nowMs(): number;
  /** `bytes` of unpredictable randomness as lower-case hex: tags, branches, Call-IDs, nonces. */
  randomHex(bytes: number): string;
  /** A draw in [0, 1): jitter and weights, nothing security-relevant. */
  random(): number;
  /** Lower-case hex digest of a latin1 string. */
  hash(name: HashName, text: string): string;
  /** Runs `fire` once, `afterMs` from now. */
  setTimer(afterMs: number, fire: () => void): TimerHandle;
  /** Stops a timer; a fired or unknown handle is ignored. */
  clearTimer(handle: TimerHandle): void;
  /**
   * Sends one message on a flow. Never throws; a flow that cannot deliver is reported by `UserAgent.flowFailed`,
   * never from inside this call.
   */
  send(flow: Flow, wire: string): void;
}
