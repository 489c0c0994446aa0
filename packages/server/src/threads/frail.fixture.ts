import { parentPort, workerData } from "node:worker_threads";
import { Link } from "./link.ts";

/** A thread that dies when told to, or before it is ready. */
export type FrailOffer = { run(): number; die(): void; close(): Promise<void> };
type FrailControlOffer = { ready(): void };
export type FrailData = { readonly run: number; readonly diesAtStart: boolean };

if (parentPort) {
  const { run, diesAtStart } = workerData as FrailData;
  if (diesAtStart) throw new Error("no strength");
  const link = new Link<FrailControlOffer>(parentPort, {
    run: () => run,
    die: () => {
      setImmediate(() => {
        throw new Error("too frail");
      });
    },
    close: async () => {},
  } satisfies FrailOffer);
  await link.remote.ready();
}
