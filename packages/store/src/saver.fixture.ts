// Saves call records into the store of the given directory until it is killed; prints the SIDs of each batch once it is acknowledged.
import { openStore } from "./open-store.ts";
import { callRow } from "./rows.fixture.ts";

const store = await openStore({ url: `pglite:${process.argv[2]}`, encryptionKey: new Uint8Array(32).fill(7) });
for (;;) {
  const records = Array.from({ length: 20 }, () => callRow("AC00000000000000000000000000000001"));
  await store.callRecordSink.save(records);
  process.stdout.write(`${records.map((record) => record.sid).join(" ")}\n`);
}
