import { randomBytes } from "node:crypto";
import type { Leg } from "../plane.ts";
import { MASTER_BYTES, type SrtpKey, type SrtpSuite } from "./suite.ts";

/**
 * What we encipher with: a key for each leg of each line of one session, from the system's randomness. It stays for the session, so that a
 * refreshed description changes nothing, and is never taken up again after another suite: its key stream has been used from the start.
 */
export class OwnKeys {
  readonly #keys = new Map<string, SrtpKey>();

  of(line: number, leg: Leg, suite: SrtpSuite): SrtpKey {
    const place = `${leg}${line}`;
    const known = this.#keys.get(place);
    if (known?.suite === suite) return known;
    const key = { suite, master: randomBytes(MASTER_BYTES) };
    this.#keys.set(place, key);
    return key;
  }
}
