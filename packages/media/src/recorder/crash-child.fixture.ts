/** A process that records `count` calls into `dir` until it is killed: `crash-child.fixture.ts dir count`. */
import { createRecorder } from "./recorder.ts";
import { Talkers } from "./talkers.fixture.ts";
import { ORDER } from "./tape.fixture.ts";

const [dir = "", count = "1"] = process.argv.slice(2);
const recorder = await createRecorder({
  dir,
  storage: { kind: "local" },
  onFinished: async () => undefined,
  onAlarm: (alarm) => process.stderr.write(`${JSON.stringify(alarm)}\n`),
});
const talkers = new Talkers();
for (let i = 0; i < Number(count); i += 1) {
  talkers.add(await recorder.start({ ...ORDER, sid: `RE${i}`, trim: i === 1 }), i * 10_000);
}
setInterval(() => process.stdout.write(`${talkers.packets}\n`), 10);
