import { openStore } from "@trunkline/store";
import { expect, it } from "vitest";
import { addDemoRates } from "./demo-rates.ts";

it("API-1: the demo has an example of a rate deck, and leaves rates that are there alone", async () => {
  const store = await openStore({ url: "pglite:memory", encryptionKey: new Uint8Array(32) });
  let made = 0;
  const mint = (prefix: string): string => prefix + String(++made).padStart(32, "0");
  await addDemoRates(store, mint);
  const all = async () => (await store.rates.list({}, { limit: 1_000 })).rows;
  const deck = await all();
  expect(new Set(deck.map(({ kind }) => kind))).toEqual(new Set(["termination", "origination", "number"]));
  expect(await store.rates.atPrefixes(["1907"])).toMatchObject([{ priceMicros: 90_000 }]);
  await store.rates.update(deck[0]?.sid ?? "", { priceMicros: 1 });
  await addDemoRates(store, mint);
  expect((await all()).map(({ priceMicros }) => priceMicros)).toEqual([
    1,
    ...deck.slice(1).map((rate) => rate.priceMicros),
  ]);
  await store.close();
});
