import { isIPv6 } from "node:net";
import type { StreamLimits } from "./stream-limits.ts";

/** Who is counted as one: an IPv4 address, or the /64 that one IPv6 subscriber gets and can change addresses in at will. */
export function sourceOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [left = "", right = ""] = address.split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right === "" ? [] : right.split(":");
  const zeros: string[] = Array(Math.max(0, 8 - head.length - tail.length)).fill("0");
  return [...head, ...zeros, ...tail].slice(0, 4).join(":");
}

/** The place of one connection that a peer opened. */
export type Place = {
  /** The peer has said something: its place is its own from now on. */
  prove(): void;
  /** The connection is closed. */
  leave(): void;
};

/**
 * Counts the connections of a host over all its listeners and gives each flow its number.
 *
 * When all places are taken, the peer that has said nothing for longest gives way: connections that only stand there, from however many
 * addresses, keep out neither customers, who speak within a second, nor what we open ourselves.
 */
export class ConnectionBudget {
  readonly #limits: Pick<StreamLimits, "maxConnections" | "maxConnectionsPerSource">;
  readonly #perSource = new Map<string, number>();
  /** Peers that have said nothing yet, longest first, and how to close them. */
  readonly #silent = new Map<Place, () => void>();
  #open = 0;
  /** Sent away, but not closed yet. */
  #leaving = 0;
  #lastNumber = 0;

  constructor(limits: Pick<StreamLimits, "maxConnections" | "maxConnectionsPerSource">) {
    this.#limits = limits;
  }

  /** Never given twice, so that a flow kept too long cannot mean somebody else's connection. */
  nextNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  /**
   * Takes a place for a connection that a peer opened; a full budget says which limit it was.
   *
   * @param sendAway closes the connection, should another need its place
   */
  enter(remoteAddress: string, sendAway: () => void): Place | "full" | "source-full" {
    const source = sourceOf(remoteAddress);
    const ofSource = this.#perSource.get(source) ?? 0;
    if (ofSource >= this.#limits.maxConnectionsPerSource) return "source-full";
    if (!this.#makeRoom()) return "full";
    this.#perSource.set(source, ofSource + 1);
    this.#open += 1;
    let isLeaving = false;
    const place: Place = {
      prove: () => void this.#silent.delete(place),
      leave: () => {
        this.#silent.delete(place);
        if (isLeaving) this.#leaving -= 1;
        this.#open -= 1;
        const left = (this.#perSource.get(source) ?? 1) - 1;
        if (left === 0) this.#perSource.delete(source);
        else this.#perSource.set(source, left);
      },
    };
    this.#silent.set(place, () => {
      isLeaving = true;
      sendAway();
    });
    return place;
  }

  /** The same for a connection that we open; its target is of our own choice and has no limit of its own. */
  enterOutbound(): boolean {
    if (!this.#makeRoom()) return false;
    this.#open += 1;
    return true;
  }

  leaveOutbound(): void {
    this.#open -= 1;
  }

  get open(): number {
    return this.#open;
  }

  #makeRoom(): boolean {
    if (this.#open - this.#leaving < this.#limits.maxConnections) return true;
    for (const [place, sendAway] of this.#silent) {
      this.#silent.delete(place);
      this.#leaving += 1;
      sendAway();
      return true;
    }
    return false;
  }
}
