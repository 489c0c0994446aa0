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

/** Counts the connections of a host over all its listeners and gives each flow its number. */
export class ConnectionBudget {
  readonly #limits: Pick<StreamLimits, "maxConnections" | "maxConnectionsPerSource">;
  readonly #perSource = new Map<string, number>();
  #open = 0;
  #lastNumber = 0;

  constructor(limits: Pick<StreamLimits, "maxConnections" | "maxConnectionsPerSource">) {
    this.#limits = limits;
  }

  /** Never given twice, so that a flow kept too long cannot mean somebody else's connection. */
  nextNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  /** Takes a place for a connection that a peer opened; a full budget says which limit it was. Give it back by `leave`. */
  enter(remoteAddress: string): "taken" | "full" | "source-full" {
    if (this.#open >= this.#limits.maxConnections) return "full";
    const source = sourceOf(remoteAddress);
    const ofSource = this.#perSource.get(source) ?? 0;
    if (ofSource >= this.#limits.maxConnectionsPerSource) return "source-full";
    this.#perSource.set(source, ofSource + 1);
    this.#open += 1;
    return "taken";
  }

  leave(remoteAddress: string): void {
    const source = sourceOf(remoteAddress);
    const left = (this.#perSource.get(source) ?? 1) - 1;
    if (left === 0) this.#perSource.delete(source);
    else this.#perSource.set(source, left);
    this.#open -= 1;
  }

  /** The same for a connection that we open; its target is of our own choice and has no limit of its own. */
  enterOutbound(): boolean {
    if (this.#open >= this.#limits.maxConnections) return false;
    this.#open += 1;
    return true;
  }

  leaveOutbound(): void {
    this.#open -= 1;
  }

  get open(): number {
    return this.#open;
  }
}
