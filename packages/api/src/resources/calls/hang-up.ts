import type { Context } from "../../route.ts";

/** Ends a live call and notes who did; false when it was over. */
export async function hangUpNoted(
  { deps: { liveCalls, store } }: Pick<Context, "deps">,
  { accountSid, sid, trunkSid }: { readonly accountSid: string; readonly sid: string; readonly trunkSid: string },
): Promise<boolean> {
  const isDone = (await liveCalls?.hangUp(accountSid, sid)) ?? false;
  if (isDone) {
    await store.audit.note({
      accountSid,
      resourceType: "call",
      action: "hung-up",
      resourceKey: sid,
      parentKey: trunkSid,
    });
  }
  return isDone;
}
