import type { TlsPeer } from "./tls.types.ts";

/** Where `flowTo` promised to go. The number names it as long as it is remembered, whatever becomes of the connection. */
export type Target = {
  readonly key: string;
  readonly number: number;
  readonly address: string;
  readonly port: number;
  readonly peer: TlsPeer;
};

/** The targets of one listener, at most `max` of them; those in use are forgotten last. */
export class Targets {
  readonly #max: number;
  readonly #inUse: (number: number) => boolean;
  readonly #byKey = new Map<string, Target>();
  readonly #byNumber = new Map<number, Target>();

  constructor(max: number, inUse: (number: number) => boolean) {
    this.#max = max;
    this.#inUse = inUse;
  }

  get(number: number): Target | undefined {
    return this.#byNumber.get(number);
  }

  /** The target with that address and identity; made with a number from `nextNumber` when it is new. */
  find(address: string, port: number, peer: TlsPeer, nextNumber: () => number): Target {
    const { serverName = "", verify = "", clientCertificate = false, deprecatedVersions = false } = peer;
    const key = `${address} ${port} ${serverName} ${verify} ${clientCertificate} ${deprecatedVersions}`;
    const known = this.#byKey.get(key);
    if (known) return known;
    if (this.#byKey.size >= this.#max) this.#forgetOne();
    const target: Target = { key, number: nextNumber(), address, port, peer };
    this.#byKey.set(key, target);
    this.#byNumber.set(target.number, target);
    return target;
  }

  /** A map gives its oldest entry first; one that is in use goes to the end of the line instead. */
  #forgetOne(): void {
    for (let left = this.#byKey.size; left > 0; left -= 1) {
      const [oldest] = this.#byKey.values();
      if (!oldest) return;
      this.#byKey.delete(oldest.key);
      if (!this.#inUse(oldest.number)) {
        this.#byNumber.delete(oldest.number);
        return;
      }
      this.#byKey.set(oldest.key, oldest);
    }
  }
}
