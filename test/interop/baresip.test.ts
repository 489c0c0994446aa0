import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { makeNamespace, type Namespace } from "../support/namespace.ts";
import { type Platform, startPlatform } from "../support/platform.ts";

const haveBaresip =
  spawnSync("sh", ["-c", "command -v baresip && command -v ip"]).status === 0 && process.getuid?.() === 0;
const TALK_SEC = 5;

/** Ten seconds of a 660 Hz sine as a WAV file: the microphone. */
function toneFile(): Buffer {
  const samples = Int16Array.from(
    { length: 80_000 },
    (_unused, i) => 8_000 * Math.sin((2 * Math.PI * 660 * i) / 8_000),
  );
  const header = Buffer.from("RIFF....WAVEfmt ....................data....", "latin1");
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8_000, 24);
  header.writeUInt32LE(16_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}

/** baresip's own files: a sine for a microphone, a WAV file of what it hears. */
function configure(dir: string, platform: Platform): void {
  const modules = ["/usr/lib/baresip/modules", "/usr/lib/x86_64-linux-gnu/baresip/modules"].find(
    (path) => spawnSync("test", ["-d", path]).status === 0,
  );
  const lines = [
    "sip_listen 0.0.0.0:0",
    `audio_source aufile,${dir}/tone.wav`,
    `audio_player aufile,${dir}/played.wav`,
    "ausrc_srate 8000",
    "auplay_srate 8000",
    `module_path ${modules}`,
    ...["g711", "aufile", "sndfile"].map((name) => `module ${name}.so`),
    `snd_path ${dir}`,
    "module_tmp uuid.so",
    "module_tmp account.so",
    "module_app menu.so",
  ];
  writeFileSync(join(dir, "tone.wav"), toneFile());
  writeFileSync(join(dir, "config"), `${lines.join("\n")}\n`);
  const { domain, username, password, numbers } = platform.demo;
  const parameters = `auth_user=${username};auth_pass=${password};outbound="sip:${platform.sipHost}:${platform.sipPort}";regint=0;audio_codecs=pcmu/8000/1`;
  writeFileSync(join(dir, "accounts"), `<sip:${numbers[0]}@${domain}>;${parameters}\n`);
}

/** Share of the energy of 16-bit mono audio that lies at one frequency: 1 for a pure tone, about 0 for anything else. */
function toneShare(samples: Int16Array, hz: number): number {
  let [re, im, energy] = [0, 0, 0];
  samples.forEach((sample, i) => {
    re += sample * Math.cos((2 * Math.PI * hz * i) / 8_000);
    im += sample * Math.sin((2 * Math.PI * hz * i) / 8_000);
    energy += sample * sample;
  });
  return energy === 0 ? 0 : (2 * (re * re + im * im)) / (samples.length * energy);
}

/** A quarter of a second out of the middle of the file, after its 44-byte header. */
function middleOf(path: string): Int16Array {
  const file = readFileSync(path);
  const all = new Int16Array(file.buffer.slice(file.byteOffset + 44, file.byteOffset + 44 + ((file.length - 44) & ~1)));
  const from = Math.floor(all.length / 2);
  return all.slice(from, from + 2_000);
}

describe.skipIf(!haveBaresip)("baresip behind a network of its own", () => {
  let namespace: Namespace;
  let platform: Platform;
  beforeAll(async () => {
    const made = makeNamespace();
    if (!made) throw new Error("no network namespace could be made (ip netns add failed)");
    namespace = made;
    platform = await startPlatform({ bind: namespace.hostAddress });
  });
  afterAll(async () => {
    await platform?.stop();
    namespace?.remove();
  });

  it("calls through with digest and real audio both ways (TERM-2, MED-1)", async () => {
    const dir = mkdtempSync(join(tmpdir(), "trunkline-baresip-"));
    configure(dir, platform);
    const number = "+15005552300";
    const args = [
      "netns",
      "exec",
      namespace.name,
      "baresip",
      "-f",
      dir,
      "-t",
      String(TALK_SEC),
      "-e",
      `d sip:${number}@${platform.demo.domain}`,
    ];
    const phone = spawn("ip", args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [phone.stdout, phone.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    await once(phone, "exit");
    expect(output).toMatch(/Call established/);

    const heard = readdirSync(dir).find((name) => name.endsWith("-dec.wav"));
    expect(heard, output).toBeDefined();
    expect(toneShare(middleOf(join(dir, heard as string)), 440)).toBeGreaterThan(0.9);

    const path = `/2010-04-01/Accounts/${platform.demo.accountSid}/Calls.json`;
    const call = await eventually("its record", async () =>
      (await platform.get<{ calls: { sid: string; status: string }[] }>(path)).calls.find(
        (one) => one.status === "completed",
      ),
    );
    const { legs } = await platform.get<{ legs: { leg: string; packets_received: number; mos: number }[] }>(
      `/trunkline/v1/Calls/${call.sid}/Quality`,
    );
    for (const leg of legs) {
      expect(leg.packets_received, `leg ${leg.leg}`).toBeGreaterThan(100);
      expect(leg.mos, `leg ${leg.leg}`).toBeGreaterThan(4);
    }
  });
});
