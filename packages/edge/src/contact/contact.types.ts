import type { TransportName } from "@trunkline/sip";
import type { ErrorCode } from "@trunkline/trunking";

/** What is told of a request whatever its method. */
type Sighting = {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly sourceAddress: string;
  readonly sourcePort: number;
  readonly transport: TransportName;
  /** The peer's own words, cut; null when it sent none. */
  readonly userAgent: string | null;
  /** Whether an IP access control list of the trunk has the source; null: the trunk has no such list. */
  readonly isListed: boolean | null;
};

export type OptionsContact = Sighting & {
  /** `early` and `blocked`: more often than TERM-8 allows, dropped; `rate`: one of too many requests, dropped. */
  readonly verdict: "answered" | "early" | "blocked" | "rate";
};

export type InviteContact = Sighting & {
  /** The caller ID and the called number as the request wrote them, cut. */
  readonly from: string;
  readonly to: string;
  readonly callSid: string;
  readonly verdict: "challenged" | "refused" | "routed";
  /** The answer so far; null: it was routed and nobody has answered. */
  readonly status: number | null;
  readonly code: ErrorCode | null;
  /** Why, in the words of the decision trace; null unless it was refused. */
  readonly detail: string | null;
  /** User name of its digest answer; null: it had none. */
  readonly username: string | null;
  /** Whether a credential list of the trunk has that user name; null: there was none. */
  readonly isUserKnown: boolean | null;
};

/** The last that was heard from the PBX behind a trunk (CON-3). */
export type TrunkContactView = {
  readonly options: OptionsContact | null;
  readonly invite: InviteContact | null;
};
