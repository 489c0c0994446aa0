// A process with nothing but the embedded media plane and N calls on it: what bench/media.ts measures.
// Writes rtpgen's target file (bench/media/targets.ts), says "ready", and stays until its input closes.
import { createEmbeddedPlane } from "@trunkline/media";
import { calleeSdp, callerSdp, placeOf, writeTargets } from "./targets.ts";

const [calls = "1", targets = "targets.txt", security = "rtp"] = process.argv.slice(2);
const ADDRESS = "127.0.0.1";
const isSecure = security === "srtp";

const plane = await createEmbeddedPlane({
  addresses: [{ bind: ADDRESS, advertise: ADDRESS }],
  portMin: 10_000,
  portMax: 39_999,
  workers: 1,
});
await writeTargets(targets, Number(calls), isSecure, async (call, key) => {
  const session = await plane.open(`CA${call.toString(16).padStart(32, "0")}`, {
    symmetricRtp: { a: false, b: false },
    advertise: { a: ADDRESS, b: ADDRESS },
    srtp: { a: isSecure, b: false },
  });
  const towardsB = placeOf(await session.offer("a", callerSdp(key)));
  const towardsA = placeOf(await session.answer("b", calleeSdp()));
  return { towardsA, towardsB };
});
process.stdout.write("ready\n");
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
