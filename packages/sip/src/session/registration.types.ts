import type { DigestLogin } from "../digest/answer.ts";
import type { Flow } from "../flow.ts";

/** What is registered where, and how its client finds the way. */
export type RegistrationOptions = {
  /** Request-URI: the registrar's domain, without user part (RFC 3261 §10.2). */
  readonly registrar: string;
  /** Whose calls are wanted: To and From, a whole name-addr. */
  readonly addressOfRecord: string;
  /** User part of our Contact, as written in a URI. */
  readonly contactUser: string;
  /** Asked for; the registrar may grant less, or demand more (423). */
  readonly expiresSec: number;
  readonly credentials?: DigestLogin;
  /** Finds where to send the next REGISTER; `found` gets undefined when there is no way, with the reason. */
  reach(found: (flow: Flow | undefined, why: string) => void): void;
  /** Told for each flow used whether anything came back over it; a flow that stayed silent should be reached for last. */
  onHeard?(flow: Flow, isHeard: boolean): void;
  onChange?(state: RegistrationState): void;
};

export type RegistrationState = {
  /** `registered`: the registrar keeps our Contact, whatever became of the last attempt to renew it. */
  readonly name: "registering" | "registered" | "failed" | "closing" | "closed";
  /** Until when the registrar keeps it, by `Host.nowMs`; undefined when it does not. */
  readonly untilMs: number | undefined;
  /** The last final answer; status undefined: there was none, and the reason is ours. */
  readonly lastAnswer: { readonly status: number | undefined; readonly reason: string } | undefined;
  /** When the next REGISTER goes, by `Host.nowMs`; undefined while one is under way and after the end. */
  readonly nextMs: number | undefined;
};

/** A Contact that is kept registered until it is closed. */
export interface Registration {
  readonly state: RegistrationState;
  /** Takes our Contact away from the registrar; `closed` is called when it has answered, or does not. Later calls do nothing. */
  close(closed?: () => void): void;
  /** Ends it and leaves our Contact with the registrar, where another registration of the same Contact takes its place. */
  abandon(): void;
}
