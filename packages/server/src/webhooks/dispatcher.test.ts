import { randomBytes } from "node:crypto";
import { Resolver } from "@trunkline/edge";
import { openStore, type Store } from "@trunkline/store";
import type { Alert } from "@trunkline/trunking";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Answering, openWebReceiver, type WebReceiver } from "../../../../test/support/web-receiver.ts";
import { type DispatcherParts, WebhookDispatcher } from "./dispatcher.ts";
import { WebClient } from "./web-client.ts";

const hex = (): string => randomBytes(16).toString("hex");
const API = "https://sip.example.com";
const logged: string[] = [];
let store: Store;
/** How far ahead of the real clock the dispatcher's is. */
let aheadMs = 0;
let dispatcher: WebhookDispatcher | undefined;
const receivers: WebReceiver[] = [];

beforeAll(async () => {
  store = await openStore({ url: "pglite:memory", encryptionKey: randomBytes(32) });
}, 60_000);
afterAll(() => store.close());
beforeEach(() => {
  logged.length = 0;
  aheadMs = 0;
});
afterEach(async () => {
  await dispatcher?.close();
  dispatcher = undefined;
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
});

function start(parts: Partial<DispatcherParts> = {}): WebhookDispatcher {
  dispatcher = new WebhookDispatcher({
    queues: store.webhookQueues,
    accounts: store.accounts,
    client: new WebClient({ resolver: new Resolver(), isAllowed: () => true }),
    log: (level, event, fields) => logged.push(`${level} ${event} ${JSON.stringify(fields)}`),
    nowMs: () => Date.now() + aheadMs,
    random: () => 0.5,
    ...parts,
  });
  dispatcher.start(API);
  return dispatcher;
}

async function receiver(answer?: Answering): Promise<WebReceiver> {
  const opened = await openWebReceiver(answer);
  receivers.push(opened);
  return opened;
}

/** An account that is told of its alerts at a URL. */
async function customer(url: string): Promise<string> {
  const accountSid = `AC${hex()}`;
  const account = { parentSid: null, friendlyName: "Customer", status: "active", type: "Full" } as const;
  await store.accounts.create({ sid: accountSid, ...account, authToken: hex() });
  await store.debuggerWebhooks.set({ accountSid, url, method: "POST", enabled: true });
  return accountSid;
}

const alerts = (accountSid: string, count = 1): readonly Alert[] =>
  Array.from({ length: count }, () => ({
    sid: `NO${hex()}`,
    accountSid,
    atMs: Date.now(),
    errorCode: 32201,
    level: "error",
    resourceSid: `CA${hex()}`,
    text: "not in the list",
  }));
const tally = (accountSid: string) => store.webhookQueues.tally({ accountSid, kind: "debugger" });
const until = (accountSid: string, want: object) =>
  vi.waitFor(async () => expect(await tally(accountSid)).toMatchObject(want), { timeout: 10_000 });
const tokens = ({ received }: WebReceiver): readonly unknown[] =>
  received.map(({ headers }) => headers["i-twilio-idempotency-token"]);

describe("EVD-4: delivering what was queued", () => {
  it("at once, what was queued before the start too, each alert once", async () => {
    const target = await receiver();
    const accountSid = await customer(target.url);
    const [before, after] = [alerts(accountSid, 9), alerts(accountSid, 9)];
    await store.alertSink.save(before);
    const { metrics } = start();
    await store.alertSink.save(after);
    await until(accountSid, { waiting: 0, delivered: 18 });
    expect(target.received.map(({ params }) => params["Sid"]).sort()).toEqual(
      [...before, ...after].map((alert) => alert.sid).sort(),
    );
    expect(new Set(tokens(target)).size).toBe(18);
    expect(metrics.call(dispatcher)).toMatchObject({ webhooks_delivered: 18, webhook_attempts_failed: 0 });
  });

  it("again after a failure, later and with the same token, until it succeeds", async () => {
    const target = await receiver((_received, response, nth) => response.writeHead(nth < 3 ? 503 : 200).end());
    const accountSid = await customer(target.url);
    start({ random: () => 0 });
    await store.alertSink.save(alerts(accountSid));
    await until(accountSid, { waiting: 1, lastFailure: `${new URL(target.url).host} answered 503` });
    await until(accountSid, { waiting: 0, delivered: 1 });
    expect(target.received).toHaveLength(3);
    expect(new Set(tokens(target)).size).toBe(1);
  });

  it("not for ever: given up after hours, which is counted and told to the operator without the URL", async () => {
    const target = await receiver((_received, response) => response.writeHead(500).end());
    const accountSid = await customer(`${target.url}/path-with-secret`);
    const running = start();
    await store.alertSink.save(alerts(accountSid));
    for (let attempts = 1; (await tally(accountSid)).abandoned === 0; attempts++) {
      await target.until(attempts);
      await vi.waitFor(() => expect(running.metrics()).toMatchObject({ webhook_attempts_failed: attempts }));
      await vi.waitFor(() => expect(running.metrics()).toMatchObject({ webhook_queues_being_served: 0 }));
      // An hour passes; setting any webhook makes it look what is due.
      aheadMs += 3_600_000;
      await customer("http://127.0.0.1:1/");
      expect(attempts).toBeLessThan(20);
    }
    expect(await tally(accountSid)).toMatchObject({ waiting: 0, delivered: 0, abandoned: 1 });
    expect(new Set(tokens(target)).size).toBe(1);
    expect(logged).toEqual([
      expect.stringMatching(/^warn webhook given up .*"kind":"debugger","attempts":7,.*answered 500/),
    ]);
    expect(logged.join()).not.toContain("secret");
  });
});

describe("EVD-4: receivers that are slow or gone", () => {
  it("hold up nobody else: not more than four requests wait for one of them", async () => {
    const slow = await receiver(() => undefined);
    const fast = await receiver();
    const [patient, brisk] = [await customer(slow.url), await customer(fast.url)];
    start();
    await store.alertSink.save(alerts(patient, 50));
    await slow.until(4);
    await store.alertSink.save(alerts(brisk, 50));
    await until(brisk, { delivered: 50 });
    expect(slow.received).toHaveLength(4);
    expect(await tally(patient)).toMatchObject({ waiting: 50, delivered: 0 });
  });

  it("give up their turn when their time is over, also when they are as many as are served at once", async () => {
    const slow = await receiver(() => undefined);
    const patient = await Promise.all(Array.from({ length: 8 }, () => customer(slow.url)));
    const running = start({ queuesAtOnce: 8 });
    await store.alertSink.save(patient.flatMap((accountSid) => alerts(accountSid)));
    await slow.until(8);
    expect(running.metrics()).toMatchObject({ webhook_queues_being_served: 8 });
    const fast = await receiver();
    const brisk = await customer(fast.url);
    await store.alertSink.save(alerts(brisk));
    await slow.close();
    receivers.splice(receivers.indexOf(slow), 1);
    await until(brisk, { delivered: 1 });
    for (const accountSid of patient) await store.debuggerWebhooks.remove(accountSid);
  });
});

describe("EVD-4: stopping and trouble", () => {
  it("closing breaks off what is on its way; the next start sends it again, with the same token", async () => {
    let awake = false;
    const target = await receiver((_received, response) => {
      if (awake) response.writeHead(204).end();
    });
    const accountSid = await customer(target.url);
    const first = start();
    await store.alertSink.save(alerts(accountSid));
    await target.until(1);
    await first.close();
    expect(await tally(accountSid)).toMatchObject({ waiting: 1, lastFailure: null });
    awake = true;
    start();
    await until(accountSid, { waiting: 0, delivered: 1 });
    expect(new Set(tokens(target)).size).toBe(1);
  });

  it("a database that is away is asked again, and told of once each time", async () => {
    const target = await receiver();
    const accountSid = await customer(target.url);
    let away = true;
    const queues = {
      ...store.webhookQueues,
      claim: (options: Parameters<Store["webhookQueues"]["claim"]>[0]) =>
        away ? Promise.reject(new Error("the database is away")) : store.webhookQueues.claim(options),
    };
    start({ queues });
    await vi.waitFor(() =>
      expect(logged).toEqual(['warn webhooks wait for the database {"why":"the database is away"}']),
    );
    away = false;
    await store.alertSink.save(alerts(accountSid));
    await until(accountSid, { delivered: 1 });
  });
});
