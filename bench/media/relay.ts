// A process with nothing but the embedded media plane and N calls on it: what bench/media.ts measures.
// Writes rtpgen's target file ("addressA portA addressB portB" a line), says "ready", and stays until its input closes.
import { writeFileSync } from "node:fs";
import { createEmbeddedPlane } from "@trunkline/media";

const [calls = "1", targets = "targets.txt"] = process.argv.slice(2);
const ADDRESS = "127.0.0.1";

const sdp = (address: string): string =>
  `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\na=sendrecv\r\n`;
const portOf = (text: unknown): string => {
  const found = typeof text === "string" ? /m=audio (\d+)/.exec(text)?.[1] : undefined;
  if (!found) throw new Error(`no port: ${JSON.stringify(text)}`);
  return found;
};

const plane = await createEmbeddedPlane({
  addresses: [{ bind: ADDRESS, advertise: ADDRESS }],
  portMin: 10_000,
  portMax: 39_999,
  workers: 1,
});
const lines: string[] = [];
for (let i = 0; i < Number(calls); i += 1) {
  const session = await plane.open(`CA${i.toString(16).padStart(32, "0")}`, {
    symmetricRtp: { a: false, b: false },
    advertise: { a: ADDRESS, b: ADDRESS },
  });
  const towardsB = portOf(await session.offer("a", sdp("127.0.0.2")));
  const towardsA = portOf(await session.answer("b", sdp("127.0.0.3")));
  lines.push(`${ADDRESS} ${towardsA} ${ADDRESS} ${towardsB}`);
}
writeFileSync(targets, `${lines.join("\n")}\n`);
process.stdout.write("ready\n");
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
