/** The thread that takes copies of recorded calls: a `Copier` behind the message port, so that no packet delays the edge's timers. */
import { parentPort } from "node:worker_threads";
import { Copier, type CopyReply, type CopyRequest } from "./copier.ts";

const port = parentPort;
if (port === null) throw new Error("the copying worker runs as a worker thread only");

const copier = new Copier();
port.on("message", ({ id, request }: { readonly id: number; readonly request: CopyRequest }) => {
  // A rejection here is a fault of ours: unhandled, it ends the worker, and another takes the copies from then on.
  void copier.handle(request).then((reply: CopyReply) => port.postMessage({ id, reply }));
});
