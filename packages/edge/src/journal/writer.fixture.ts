/**
 * A process that writes calls until it is killed. After each answered event that the journal has taken it says so on its standard output:
 * from then on the call is promised.
 */
import { callEvents, callSid } from "./calls.fixture.ts";
import { FileJournal } from "./journal.ts";

const dir = process.argv[2] ?? "";
const never: Promise<void> = new Promise(() => undefined);
const journal = await FileJournal.open({
  dir,
  sink: { save: () => never },
  log: () => undefined,
  limits: { aliveMs: 20, syncMs: 10 },
  wallClockMs: Date.now,
});

for (let n = 1; ; n++) {
  for (const event of callEvents(n)) {
    // Every third call goes on; the others end.
    if (event.kind === "ended" && n % 3 === 0) continue;
    journal.append(event);
    if (event.kind === "answered") process.stdout.write(`${callSid(n)}\n`);
  }
  if (n % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}
