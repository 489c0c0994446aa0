/** The recorder's thread: a `RecorderCore` behind the message port. A thread of its own, because it waits for the disk. */
import { parentPort, workerData } from "node:worker_threads";
import { monotonicMs } from "./monotonic.ts";
import type { FromRecorder, RecorderSettings, ToRecorder } from "./protocol.ts";
import { RecorderCore } from "./recorder-core.ts";

const TICK_MS = 100;

const port = parentPort;
if (port === null) throw new Error("the recorder runs as a worker thread only");

const send = (message: FromRecorder): void => port.postMessage(message);
const core = new RecorderCore(workerData as RecorderSettings, {
  alarm: (alarm) => send({ kind: "alarm", alarm }),
  finished: (result) => send({ kind: "finished", result }),
});

port.on("message", ({ id, request }: ToRecorder) => {
  // A rejection here is a fault of ours: unhandled, it ends the thread, and another goes on with the recordings.
  void core.handle(request, monotonicMs()).then((reply) => send({ kind: "reply", id, reply }));
});
setInterval(() => core.tick(monotonicMs), TICK_MS);
send({ kind: "ready" });
