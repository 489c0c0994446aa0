import { AsyncLocalStorage } from "node:async_hooks";

/** Who changes something, as audit events tell it (ACC-4). */
export type Actor = {
  /** `twilio-admin` is Twilio's word for the operator; `anonymous` shows no credentials, to see what is anybody's to see. */
  readonly type: "account" | "key" | "user" | "twilio-admin" | "anonymous";
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

/** As `actingAs`, for what turns out to be a user only while a request is answered, such as signing in. */
export function actingAsUser<T>(userSid: string, work: () => Promise<T>): Promise<T> {
  const { ip = null, requestId = null } = currentActor() ?? {};
  return actingAs({ type: "user", sid: userSid, source: "web", ip, requestId }, work);
}

export function currentActor(): Actor | undefined {
  return acting.getStore();
}
