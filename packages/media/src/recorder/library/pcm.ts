import { HEADER_BYTES, readWaveHeader, SAMPLE_BYTES, type WaveFacts } from "../wave.ts";

/** A stream of bytes that was taken apart: the header's facts, and the samples that follow in whole frames. */
export type Pcm = WaveFacts & { readonly frames: AsyncIterable<Buffer> };

/**
 * Reads the header off a WAV file's bytes.
 *
 * @throws Error when it is not one of our recordings
 */
export async function readPcm(chunks: AsyncIterable<Uint8Array>): Promise<Pcm> {
  const source = chunks[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < HEADER_BYTES) {
    const { value, done } = await source.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  const facts = readWaveHeader(head);
  if (facts === null) {
    await source.return?.();
    throw new Error("the stored file is not a recording");
  }
  const frameBytes = facts.channels * SAMPLE_BYTES;
  return { ...facts, frames: wholeFrames(head.subarray(HEADER_BYTES), source, frameBytes) };
}

/** Two channels as one, in the way that mono recordings are mixed: the sum, clipped at full scale. */
export async function* mixDown(frames: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of frames) {
    const mixed = Buffer.allocUnsafe(chunk.length / 2);
    for (let at = 0; at < chunk.length; at += 4) {
      const sum = chunk.readInt16LE(at) + chunk.readInt16LE(at + 2);
      mixed.writeInt16LE(Math.max(-32_768, Math.min(sum, 32_767)), at / 2);
    }
    yield mixed;
  }
}

async function* wholeFrames(
  first: Buffer,
  source: AsyncIterator<Uint8Array>,
  frameBytes: number,
): AsyncGenerator<Buffer> {
  let rest = first;
  try {
    for (;;) {
      const whole = rest.length - (rest.length % frameBytes);
      if (whole > 0) yield rest.subarray(0, whole);
      rest = rest.subarray(whole);
      const { value, done } = await source.next();
      if (done) return;
      rest =
        rest.length === 0 ? Buffer.from(value.buffer, value.byteOffset, value.length) : Buffer.concat([rest, value]);
    }
  } finally {
    await source.return?.();
  }
}
