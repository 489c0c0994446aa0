import { once } from "node:events";
import { connect } from "node:net";
import { it } from "vitest";
import { basic, openTestApi } from "./api.fixture.ts";

it("OPS-3: the API closes in time, whoever is still connected", async () => {
  const api = await openTestApi();
  const cut = Promise.withResolvers<void>();
  Object.assign(api.store.calls, {
    csv: async function* () {
      try {
        for (;;) yield "x".repeat(100_000);
      } finally {
        cut.resolve();
      }
    },
  });
  const silent = connect(Number(new URL(api.origin).port), "127.0.0.1");
  await once(silent, "connect");
  const endless = await fetch(`${api.origin}/trunkline/v1/Calls.csv`, {
    headers: { authorization: basic(api.account) },
  });
  // A reader that takes no more than it must.
  await endless.body?.getReader().read();
  const closed = once(silent, "close");
  const closing = api.close();
  await closed;
  await cut.promise;
  await closing;
});
