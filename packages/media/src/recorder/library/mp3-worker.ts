/** A thread that makes MP3 of samples (LAME as WebAssembly): encoding would hold up whoever answers requests. */
import { parentPort } from "node:worker_threads";
import { createMp3Encoder } from "wasm-media-encoders";
import { SAMPLE_BYTES, SAMPLE_RATE } from "../wave.ts";
import type { FromMp3, ToMp3 } from "./mp3.ts";

/** Twilio's 32 kbit/s for one channel (contract §9), and the same for each of two. */
const BITRATES = { 1: 32, 2: 64 } as const;

type Encoder = Awaited<ReturnType<typeof createMp3Encoder>>;
type Job = { readonly encoder: Encoder; readonly channels: 1 | 2 };

const port = parentPort;
if (port === null) throw new Error("the MP3 encoder runs as a worker thread only");

const jobs = new Map<number, Job>();

/** What the encoder gives is its own memory and good only until it is called again. */
async function handle(message: ToMp3): Promise<Uint8Array> {
  if (message.kind === "begin") {
    const encoder = await createMp3Encoder();
    const { channels } = message;
    encoder.configure({
      sampleRate: SAMPLE_RATE,
      outputSampleRate: SAMPLE_RATE,
      channels,
      bitrate: BITRATES[channels],
    });
    jobs.set(message.job, { encoder, channels });
    return new Uint8Array();
  }
  const job = jobs.get(message.job);
  if (job === undefined) return new Uint8Array();
  if (message.kind === "encode") return job.encoder.encode(planesOf(message.samples, job.channels)).slice();
  jobs.delete(message.job);
  return message.kind === "finish" ? job.encoder.finalize().slice() : new Uint8Array();
}

/** One plane of numbers from -1 to 1 for each channel. */
function planesOf(samples: Uint8Array, channels: 1 | 2): readonly Float32Array[] {
  const view = new DataView(samples.buffer, samples.byteOffset, samples.length);
  const frames = Math.floor(samples.length / (channels * SAMPLE_BYTES));
  return Array.from({ length: channels }, (_, channel) =>
    Float32Array.from({ length: frames }, (_, frame) => {
      return view.getInt16((frame * channels + channel) * SAMPLE_BYTES, true) / 32_768;
    }),
  );
}

port.on("message", (message: ToMp3) => {
  // A rejection here is a fault of ours: unhandled, it ends the thread, and its readers get an error.
  void handle(message).then((bytes) => port.postMessage({ job: message.job, bytes } satisfies FromMp3));
});
