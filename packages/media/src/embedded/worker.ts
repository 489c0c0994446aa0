/** A media worker thread: a `Relay` behind the message port. */
import { parentPort, workerData } from "node:worker_threads";
import type { FromWorker, ToWorker, WorkerSettings } from "./protocol.ts";
import { Relay } from "./relay.ts";

const port = parentPort;
if (port === null) throw new Error("the media worker runs as a worker thread only");

const send = (message: FromWorker): void => port.postMessage(message);
const { quietMs } = workerData as WorkerSettings;
const relay = new Relay(quietMs, {
  onFreed: (pairs) => send({ kind: "freed", pairs }),
  onSilent: (session, forMs) => send({ kind: "silent", session, forMs }),
});

port.on("message", ({ id, request }: ToWorker) => {
  // A rejection here is a fault of ours: unhandled, it ends the worker, the plane reports the calls as failed and starts another.
  void relay.handle(request, performance.now()).then((reply) => send({ kind: "reply", id, reply }));
});
setInterval(() => relay.sweep(performance.now()), quietMs / 4);
send({ kind: "ready" });
