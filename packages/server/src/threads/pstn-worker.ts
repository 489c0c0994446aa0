import { parentPort, workerData } from "node:worker_threads";
import { openSimulatedPstn } from "@trunkline/pstn";
import { Link } from "./link.ts";
import type { PstnControlOffer, PstnOffer, PstnThreadData } from "./pstn-offer.ts";

/** The simulated PSTN's thread: it stands for an outside party, so it shares nothing with the edge but the network. */
if (parentPort) {
  const pstn = await openSimulatedPstn((workerData as PstnThreadData).options);
  const link = new Link<PstnControlOffer>(parentPort, {
    place: (call) => pstn.place(call),
    fetch: (sid) => pstn.fetch(sid),
    press: (number, digits) => pstn.press(number, digits),
    close: () => pstn.close(),
  } satisfies PstnOffer);
  await link.remote.ready(pstn.address, pstn.port);
}
