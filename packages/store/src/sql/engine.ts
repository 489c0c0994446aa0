import type { Dialect } from "kysely";

/** One of the two databases behind the same SQL: how kysely reaches it, and how a change in another process is heard of. */
export type Engine = {
  readonly dialect: Dialect;
  /** Calls `signal` after every NOTIFY on the channel and after a reconnect; null where no other process can change anything. */
  readonly listen: ((channel: string, signal: () => void) => Listening) | null;
  /** True where nothing vacuums by itself. */
  readonly needsVacuum: boolean;
  /** Lets go of what the dialect does not own; called after kysely closed the dialect. */
  release(): Promise<void>;
};

export type Listening = { stop(): Promise<void> };

/** Where trouble in the background is told: nobody waits for it, an operator should see it. */
export type OnProblem = (problem: Error) => void;
