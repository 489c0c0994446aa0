import { openStore, type Store } from "@trunkline/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureSimulatedCarrier } from "./demo.ts";

let store: Store;
beforeAll(async () => {
  store = await openStore({ url: "pglite:memory", encryptionKey: new Uint8Array(32) });
});
afterAll(async () => {
  await store.close();
});

const ALL = { limit: 100 };
const carriers = async () => (await store.carriers.list(ALL)).rows.map(({ sid, friendlyName }) => [sid, friendlyName]);

describe("the demo's simulated PSTN", () => {
  it("takes another name when the operator has given its own to a carrier, and that one is left alone", async () => {
    const sid = `CX${"a".repeat(32)}`;
    const row = { sid, friendlyName: "Simulated PSTN", enabled: false, priority: 7, retryStatuses: [503] };
    await store.carriers.create({ ...row, ownNumbersOnly: false });
    for (const port of [5070, 5071]) await ensureSimulatedCarrier(store, "127.0.0.1", port);
    expect(await carriers()).toEqual([
      [sid, "Simulated PSTN"],
      [expect.stringMatching(/^CX0+1$/), "Simulated PSTN 2"],
    ]);
    expect(await store.carriers.fetch(sid)).toMatchObject(row);
    const own = `CX${"0".repeat(31)}1`;
    expect((await store.carrierTargets.list(own, ALL)).rows).toMatchObject([{ sipUrl: "sip:127.0.0.1:5071" }]);
    await store.carriers.delete(sid);
    await ensureSimulatedCarrier(store, "127.0.0.1", 5072);
    expect(await carriers()).toEqual([[own, "Simulated PSTN"]]);
  });
});
