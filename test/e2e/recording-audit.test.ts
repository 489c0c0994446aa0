import { afterAll, afterEach, expect, it } from "vitest";
import { pathOf, RecordingGround } from "../support/recording-ground.ts";

const ground = await RecordingGround.open();
const { api } = ground;

afterEach(() => ground.check());
afterAll(() => ground.close());

async function told(resourceSid: string): Promise<readonly (readonly unknown[])[]> {
  const events = await api.sdk().monitor.v1.events.list({ resourceSid });
  return events.map((event) => [event.eventType, event.actorType, event.actorSid, event.sourceIpAddress]).reverse();
}

it("REC-5, ACC-4: who listens to a recording is told once an hour, who deletes it always", async () => {
  const made = await ground.make();
  const path = `${pathOf(made)}.wav`;
  const basic = `Basic ${Buffer.from(`${api.account.sid}:${api.account.token}`).toString("base64")}`;
  for (const range of ["bytes=0-9", "bytes=10-19"]) {
    const answer = await fetch(api.origin + path, { headers: { authorization: basic, range } });
    expect(answer.status).toBe(206);
    await answer.arrayBuffer();
  }
  const own = ["account", api.account.sid, "127.0.0.1"];
  expect(await told(made.sid)).toEqual([["recording.accessed", ...own]]);
  await api.sdk().recordings(made.sid).remove();
  expect(await told(made.sid)).toEqual([
    ["recording.accessed", ...own],
    ["recording.deleted", ...own],
  ]);
});

it("REC-5, ACC-4: what strangers hear, and what retention deletes, is told too", async () => {
  const made = await ground.make();
  await api.store.accountSettings.change(api.account.sid, { mediaAuthRequired: false });
  for (let n = 0; n < 2; n++) {
    const answer = await fetch(`${api.origin}${pathOf(made)}.wav`);
    expect(answer.status).toBe(200);
    await answer.arrayBuffer();
  }
  expect(await api.store.recordings.markDeleted(api.account.sid, made.sid)).toBe(true);
  expect(await told(made.sid)).toEqual([
    ["recording.accessed", "anonymous", null, "127.0.0.1"],
    ["recording.deleted", "system", null, null],
  ]);
});
