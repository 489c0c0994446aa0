// A process with nothing but the embedded media plane and N calls on it, recorded or not: what bench/media.ts measures.
// Writes rtpgen's target file (bench/media/targets.ts), says "ready", and stays until its input closes; then it finishes its recordings and
// says what became of them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createEmbeddedPlane, createRecorder, type RecordingResult } from "@trunkline/media";
import { calleeSdp, callerSdp, placeOf, writeTargets } from "./targets.ts";

const [calls = "1", targets = "targets.txt", security = "rtp", channels = "0"] = process.argv.slice(2);
const ADDRESS = "127.0.0.1";
const isSecure = security === "srtp";
/** How long hashes of that many files may take. */
const FINISH_MS = 60_000;

const plane = await createEmbeddedPlane({
  addresses: [{ bind: ADDRESS, advertise: ADDRESS }],
  portMin: 10_000,
  portMax: 39_999,
  workers: 1,
});
const results: RecordingResult[] = [];
const recorder = await openRecorder();
const sids: string[] = [];

await writeTargets(targets, Number(calls), isSecure, async (call, key) => {
  const id = call.toString(16).padStart(32, "0");
  const session = await plane.open(`CA${id}`, {
    symmetricRtp: { a: false, b: false },
    advertise: { a: ADDRESS, b: ADDRESS },
    srtp: { a: isSecure, b: false },
  });
  const towardsB = placeOf(await session.offer("a", callerSdp(key)));
  const towardsA = placeOf(await session.answer("b", calleeSdp()));
  if (recorder) {
    const sid = `RE${id}`;
    const order = {
      sid,
      callSid: `CA${id}`,
      accountSid: `AC${"0".repeat(32)}`,
      channels: recorder.channels,
      trim: false,
    };
    await session.record?.(await recorder.start(order));
    sids.push(sid);
  }
  return { towardsA, towardsB };
});
process.stdout.write("ready\n");
process.stdin.resume();
process.stdin.on("end", () => void finish());

async function openRecorder() {
  if (channels !== "1" && channels !== "2") return undefined;
  const dir = mkdtempSync(join(tmpdir(), "trunkline-bench-recorder-"));
  const opened = await createRecorder({
    dir,
    storage: { kind: "local" },
    onFinished: async (result) => void results.push(result),
    onAlarm: ({ name, why }) => void process.stderr.write(`${name}: ${why}\n`),
  });
  return {
    channels: channels === "1" ? (1 as const) : (2 as const),
    start: opened.start.bind(opened),
    async finish(): Promise<void> {
      await Promise.all(sids.map((sid) => opened.stop(sid)));
      const untilMs = performance.now() + FINISH_MS;
      while (results.length < sids.length && performance.now() < untilMs) await delay(50);
      await opened.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function finish(): Promise<void> {
  await recorder?.finish();
  const whole = results.filter(({ state }) => state === "completed").length;
  process.stdout.write(`${JSON.stringify({ recordings: sids.length, whole })}\n`, () => process.exit(0));
}
