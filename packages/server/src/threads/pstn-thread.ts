import { Worker } from "node:worker_threads";
import type { PlaceCall, PlacedCall, PstnOptions } from "@trunkline/pstn";
import { Link } from "./link.ts";
import type { PstnControlOffer, PstnOffer } from "./pstn-offer.ts";

/** The simulated PSTN as the control thread sees it. */
export type PstnThread = {
  readonly address: string;
  readonly port: number;
  place(call: PlaceCall): Promise<PlacedCall>;
  fetch(sid: string): Promise<PlacedCall | undefined>;
  close(): Promise<void>;
};

/** Starts the thread; resolves when it listens. Later, its end is reported by `onEnded`. */
export function startPstnThread(options: PstnOptions, onEnded: (why: string) => void): Promise<PstnThread> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(
      new URL(import.meta.url.endsWith(".ts") ? "./pstn-worker.ts" : "./pstn-worker.js", import.meta.url),
      {
        workerData: { options },
        name: "simulated-pstn",
      },
    );
    let failure = "it ended without a reason";
    let closing = false;
    let listening = false;
    const link: Link<PstnOffer> = new Link(worker, {
      ready: (address, port) => {
        listening = true;
        resolve({
          address,
          port,
          place: (call) => link.remote.place(call),
          fetch: (sid) => link.remote.fetch(sid),
          close: async () => {
            closing = true;
            await link.remote.close().catch(() => undefined);
            await worker.terminate();
          },
        });
      },
    } satisfies PstnControlOffer);
    worker.on("error", (error) => {
      failure = error.message;
    });
    worker.on("exit", () => {
      link.fail("the simulated PSTN ended");
      if (!listening) reject(new Error(`simulated PSTN: ${failure}`));
      else if (!closing) onEnded(failure);
    });
  });
}
