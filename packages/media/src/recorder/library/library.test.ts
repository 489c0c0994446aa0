import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MPEGDecoder } from "mpg123-decoder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeWaveHeader } from "../wave.ts";
import { type MediaRequest, RecordingLibrary, type RecordingMedia } from "./library.ts";

/** 10 s of 440 Hz on the first channel and 1 kHz, half as loud, on the second. */
const SECONDS = 10;
const stereo = Buffer.alloc(SECONDS * 8_000 * 4);
const mixed = Buffer.alloc(SECONDS * 8_000 * 2);
for (let i = 0; i < SECONDS * 8_000; i += 1) {
  const a = Math.round(24_000 * Math.sin((2 * Math.PI * 440 * i) / 8_000));
  const b = Math.round(12_000 * Math.sin((2 * Math.PI * 1_000 * i) / 8_000));
  stereo.writeInt16LE(a, 4 * i);
  stereo.writeInt16LE(b, 4 * i + 2);
  mixed.writeInt16LE(Math.max(-32_768, Math.min(a + b, 32_767)), 2 * i);
}
const dual = Buffer.concat([writeWaveHeader(2, stereo.length), stereo]);
const mono = Buffer.concat([writeWaveHeader(1, mixed.length), mixed]);

const DUAL: MediaRequest = { file: { name: "AC1/dual.wav", encryption: null }, channels: 2, format: "wav" };
const MONO: MediaRequest = { file: { name: "AC1/mono.wav", encryption: null }, channels: 1, format: "wav" };
const encryption = { keySid: "CR1", cek: "", iv: "" };

let dir: string;
let library: RecordingLibrary;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "library-"));
  mkdirSync(join(dir, "finished", "AC1"), { recursive: true });
  writeFileSync(join(dir, "finished", "AC1", "dual.wav"), dual);
  writeFileSync(join(dir, "finished", "AC1", "mono.wav"), mono);
  writeFileSync(
    join(dir, "finished", "AC1", "other.wav"),
    "this is no recording at all, but long enough to have a header",
  );
  library = new RecordingLibrary({ kind: "local" }, dir);
});

afterAll(async () => {
  await library.close();
  rmSync(dir, { recursive: true });
});

async function media(request: MediaRequest): Promise<RecordingMedia> {
  const opened = await library.open(request);
  if (opened.kind === "refused") throw new Error(opened.why);
  return opened;
}

async function bytesOf({ chunks, lengthBytes }: RecordingMedia): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk.slice());
  const bytes = Buffer.concat(all);
  if (lengthBytes !== null) expect(bytes.length).toBe(lengthBytes);
  return bytes;
}

/** Share of a tone in a signal's energy. */
function toneShare(samples: Float32Array, hertz: number): number {
  let [real, imaginary, energy] = [0, 0, 0];
  for (const [i, sample] of samples.entries()) {
    const angle = (2 * Math.PI * hertz * i) / 8_000;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
    energy += sample * sample;
  }
  return (2 * (real * real + imaginary * imaginary)) / (samples.length * energy);
}

async function decoded(mp3: Buffer): Promise<readonly Float32Array[]> {
  const decoder = new MPEGDecoder();
  await decoder.ready;
  const { channelData, sampleRate } = decoder.decode(mp3);
  decoder.free();
  expect(sampleRate).toBe(8_000);
  // Past the encoder's start.
  return channelData.map((channel) => channel.slice(8_000, 72_000));
}

describe("REC-3: recordings as their listeners want them", () => {
  it("gives a file as it is stored, whole or in part", async () => {
    const whole = await media(DUAL);
    expect(whole).toMatchObject({ contentType: "audio/x-wav", lengthBytes: dual.length, totalBytes: dual.length });
    expect((await bytesOf(whole)).equals(dual)).toBe(true);
    const part = await media({ ...DUAL, range: { from: 100, to: 10_000_000 } });
    expect(part).toMatchObject({ lengthBytes: dual.length - 100, totalBytes: dual.length });
    expect((await bytesOf(part)).equals(dual.subarray(100))).toBe(true);
  });

  it("mixes two channels into one when one is requested", async () => {
    const one = await media({ ...DUAL, requestedChannels: 1 });
    expect(one).toMatchObject({ contentType: "audio/x-wav", totalBytes: null });
    expect((await bytesOf(one)).equals(mono)).toBe(true);
  });

  it.each([
    ["two channels", DUAL, 64, 2],
    ["two channels as one", { ...DUAL, requestedChannels: 1 as const }, 32, 1],
    ["one channel", MONO, 32, 1],
  ] as const)("makes MP3 of %s: %j, %i kbit/s", async (_title, request, kbitPerSecond, channels) => {
    const mp3 = await media({ ...request, format: "mp3" });
    expect(mp3).toMatchObject({ contentType: "audio/mpeg", lengthBytes: null });
    const bytes = await bytesOf(mp3);
    const seconds = (bytes.length * 8) / (kbitPerSecond * 1_000);
    expect(seconds).toBeGreaterThan(SECONDS);
    expect(seconds).toBeLessThan(SECONDS + 0.4);
    const [first, second] = await decoded(bytes);
    if (channels === 2) {
      expect(toneShare(first ?? new Float32Array(), 440)).toBeGreaterThan(0.97);
      expect(toneShare(second ?? new Float32Array(), 1_000)).toBeGreaterThan(0.97);
    } else {
      expect(toneShare(first ?? new Float32Array(), 440)).toBeGreaterThan(0.7);
      expect(toneShare(first ?? new Float32Array(), 1_000)).toBeGreaterThan(0.1);
    }
  });

  it("encodes many at once, and says when they are too many", async () => {
    const some = await Promise.all(Array.from({ length: 16 }, () => media({ ...DUAL, format: "mp3" })));
    const iterators = some.map(({ chunks }) => chunks[Symbol.asyncIterator]());
    const firsts = await Promise.all(iterators.map((iterator) => iterator.next()));
    expect(firsts.every(({ done }) => done === false)).toBe(true);
    expect(await library.open({ ...DUAL, format: "mp3" })).toEqual({ kind: "refused", why: "busy" });
    // Listeners who go away free their place.
    await Promise.all(iterators.map((iterator) => iterator.return?.()));
    expect((await bytesOf(await media({ ...DUAL, format: "mp3" }))).length).toBeGreaterThan(80_000);
  });

  it.each<[string, Partial<MediaRequest>]>([
    ["missing", { file: { name: "AC1/nothing.wav", encryption: null } }],
    ["missing", { file: { name: "AC1/nothing.wav", encryption: null }, format: "mp3" }],
    ["mono", { ...MONO, requestedChannels: 2 }],
    ["encrypted", { file: { name: "AC1/dual.wav", encryption }, format: "mp3" }],
    ["encrypted", { file: { name: "AC1/dual.wav", encryption }, requestedChannels: 1 }],
  ])("refuses what cannot be given: %s", async (why, change) => {
    expect(await library.open({ ...DUAL, ...change })).toEqual({ kind: "refused", why });
  });

  it("gives ciphertext as bytes, for its owner to open", async () => {
    const opened = await media({ ...DUAL, file: { name: "AC1/dual.wav", encryption } });
    expect(opened.contentType).toBe("application/octet-stream");
  });

  it("fails a reader whose file is no recording", async () => {
    const file = { name: "AC1/other.wav", encryption: null };
    await expect(media({ ...DUAL, file, requestedChannels: 1 }).then(bytesOf)).rejects.toThrow("not a recording");
    await expect(media({ ...DUAL, file, format: "mp3" }).then(bytesOf)).rejects.toThrow("not a recording");
  });

  it("removes a recording's file", async () => {
    writeFileSync(join(dir, "finished", "AC1", "old.wav"), dual);
    expect(await library.remove({ name: "AC1/old.wav" })).toBe(true);
    expect(await library.remove({ name: "AC1/old.wav" })).toBe(false);
  });
});
