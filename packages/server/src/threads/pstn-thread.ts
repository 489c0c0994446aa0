import type { PlaceCall, PlacedCall, PstnOptions } from "@trunkline/pstn";
import type { Log } from "../log.ts";
import type { PstnControlOffer, PstnOffer } from "./pstn-offer.ts";
import { SupervisedThread } from "./supervised-thread.ts";

/** The simulated PSTN as the control thread sees it. */
export type PstnThread = {
  readonly address: string;
  readonly port: number;
  /** Rejects while the thread is being started again. */
  place(call: PlaceCall): Promise<PlacedCall>;
  fetch(sid: string): Promise<PlacedCall | undefined>;
  press(number: string, digits: string): Promise<boolean>;
  close(): Promise<void>;
};

/**
 * Starts the thread; resolves when it listens. When it dies its calls are lost, as an outside party's are, and it comes back on the same port,
 * by which the platform knows it as a carrier. Should that fail the platform goes on without it.
 */
export async function startPstnThread(options: PstnOptions, log: Log): Promise<PstnThread> {
  let { address, port } = options;
  const thread: SupervisedThread<PstnOffer> = new SupervisedThread({
    name: "simulated PSTN",
    module: "pstn-worker",
    data: () => ({ options: { ...options, port } }),
    offer: ({ ready }) =>
      ({
        ready: (boundAddress, boundPort) => {
          address = boundAddress;
          port = boundPort;
          ready();
        },
      }) satisfies PstnControlOffer,
    log,
    onGivenUp: (why) =>
      log("error", "the simulated PSTN cannot be kept alive; its calls fail until a restart", { why }),
  });
  await thread.start();
  const remote = (): NonNullable<typeof thread.remote> => {
    if (!thread.remote) throw new Error("the simulated PSTN is not started");
    return thread.remote;
  };
  return {
    address,
    port,
    place: async (call) => remote().place(call),
    fetch: async (sid) => remote().fetch(sid),
    press: async (number, digits) => remote().press(number, digits),
    close: () => thread.close((last) => last.close()),
  };
}
