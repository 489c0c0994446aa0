import { AsyncLocalStorage } from "node:async_hooks";

/** Who changes something, as audit events tell it (ACC-4). */
export type Actor = {
  /** `twilio-admin` is Twilio's word for the operator. */
  readonly type: "account" | "key" | "user" | "twilio-admin";
  /** `AC…`, `SK…` or `US…`. */
  readonly sid: string | null;
  readonly source: "api" | "web" | "cli";
  readonly ip: string | null;
  /** `RQ…` of the request. */
  readonly requestId: string | null;
};

const acting = new AsyncLocalStorage<Actor>();

/** Runs `work` in the name of an actor: every transaction begun by it says so to the audit. What nobody does, the platform does itself. */
export function actingAs<T>(actor: Actor, work: () => Promise<T>): Promise<T> {
  return acting.run(actor, work);
}

export function currentActor(): Actor | undefined {
  return acting.getStore();
}
