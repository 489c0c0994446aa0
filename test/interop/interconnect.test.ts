import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { addOriginationUrl, assignNumber, layScriptGround, type ScriptGround } from "../support/script-ground.ts";
import { sdpOf } from "../support/scripted-dialog.ts";

const TNX = `TX${"0123456789abcdef".repeat(2)}`;
const OURS = "127.0.0.2";

let ground: ScriptGround;
beforeAll(async () => {
  ground = await layScriptGround({ env: { TRUNKLINE_INTERCONNECTS: `${TNX}=${OURS}` } });
});
afterAll(() => ground?.stop());

/** A media socket at that address, and the description that names it. */
async function openMedia(address: string): Promise<{ readonly socket: Socket; readonly sdp: string }> {
  const socket = createSocket("udp4");
  onTestFinished(() => void socket.close());
  socket.bind(0, address);
  await once(socket, "listening");
  return { socket, sdp: sdpOf({ address }).replace("m=audio 40000", `m=audio ${socket.address().port}`) };
}

/** One packet of PCMU (RFC 3550 §5.1). */
function packet(sequence: number): Uint8Array {
  const bytes = new Uint8Array(172).fill(0xff);
  bytes.set([0x80, 0, 0, sequence, 0, 0, 0, 160 * sequence, 1, 2, 3, 4]);
  return bytes;
}

it.each([
  [18, "", "127.0.0.1"],
  [17, `;tnx=${TNX}`, OURS],
])("ORIG-13: number %d, URL with %j: signalling and media leave from %s", async (index, params, address) => {
  const { platform, pbx, carrier, deliver, called } = ground;
  const number = platform.demo.numbers[index] as string;
  const { sid } = await platform.post<{ sid: string }>("/v1/Trunks", { FriendlyName: `private ${index}` });
  await addOriginationUrl(platform, sid, `sip:${pbx.address}:${pbx.port}${params}`, 1);
  await assignNumber(platform, sid, number);
  const [near, far] = [await openMedia(carrier.address), await openMedia(pbx.address)];

  const a = deliver(number, { sdp: near.sdp });
  const b = await called(pbx, number);
  expect(b.invite.header("Via")).toContain(`UDP ${address}:${platform.sipPort};`);
  expect(b.invite.header("Contact")).toContain(`@${address}:${platform.sipPort}`);
  expect(b.invite.body).toContain(`\r\nc=IN IP4 ${address}\r\n`);
  b.respond(b.invite, 200, { sdp: far.sdp });
  const answer = await a.hear("200 INVITE");
  expect(answer.body).toContain("\r\nc=IN IP4 127.0.0.1\r\n");
  a.ack(answer);
  await b.hear("ACK");

  const port = Number(/m=audio (\d+)/.exec(answer.body)?.[1]);
  const arrived = once(far.socket, "message") as Promise<[Uint8Array, RemoteInfo]>;
  for (let n = 1; n <= 5; n++) near.socket.send(packet(n), port, "127.0.0.1");
  const [, from] = await arrived;
  expect([from.address, from.port]).toEqual([address, Number(/m=audio (\d+)/.exec(b.invite.body)?.[1])]);

  a.request("BYE");
  await a.hear("200 BYE");
  b.respond(await b.hear("BYE"), 200);
});
