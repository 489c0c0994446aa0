import type { TargetTrouble } from "@trunkline/trunking";
import type { RegistrationView } from "../edge.types.ts";

/** A carrier's target or a trunk's origination URL, and what is known of it. */
export type TargetView = {
  /** `CT…` or `OU…`. */
  readonly sid: string;
  readonly sipUrl: string;
  /** `host:port/transport`: what its health is known by. */
  readonly address: string;
  /** `probing`: on trial after it was down, and may be called. */
  readonly health: "up" | TargetTrouble["health"];
  /** Epoch milliseconds; null while it is up. */
  readonly downSinceMs: number | null;
  /** In a row, up to now. */
  readonly failures: number;
  /** OPTIONS ask it from time to time; otherwise calls alone tell. */
  readonly isProbed: boolean;
};

/** How a carrier or a trunk's PBX is met at this moment. */
export type PeerStatusView = {
  /** Null: our Contact is to be registered nowhere. */
  readonly registration: RegistrationView | null;
  readonly targets: readonly TargetView[];
  /** Calls with it, in both directions. */
  readonly liveCalls: number;
};
