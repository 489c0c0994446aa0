import type { Ending, RecorderFiles, Sidecar } from "./files.ts";
import { RecordingFile } from "./recording-file.ts";
import { isQuiet, TRIM_MARGIN } from "./silence.ts";
import { SAMPLE_BYTES } from "./wave.ts";

const CHUNK_FRAMES = 32_768;

/**
 * Finds out what a recording is that a crash interrupted, by what is in its file, whatever the header says: whole frames count, and
 * silence at the end does not when trimming was asked for.
 *
 * @throws Error of the system when the file cannot be read
 */
export function endingOf(files: RecorderFiles, { order }: Sidecar): Ending {
  const ended = { gaps: [], interrupted: true };
  if (!files.hasPart(order.sid)) return { ...ended, frames: 0, absence: "lost" };
  const file = RecordingFile.reopen(files.partOf(order.sid), order.channels);
  try {
    if (file.frames === 0) return { ...ended, frames: 0, absence: "too-short" };
    if (!isHeard(file)) return { ...ended, frames: 0, absence: "no-media" };
    const loudFrames = order.trim ? lastLoud(file) + 1 : file.frames;
    if (loudFrames === 0) return { ...ended, frames: 0, absence: "silent" };
    return { ...ended, frames: Math.min(loudFrames + (order.trim ? TRIM_MARGIN : 0), file.frames), absence: null };
  } finally {
    file.close();
  }
}

/** True when any sample is not zero. Reads no further than to the first. */
function isHeard(file: RecordingFile): boolean {
  const chunk = chunkFor(file);
  for (let frame = 0; frame < file.frames; frame += CHUNK_FRAMES) {
    const bytes = file.read(frame, chunk) * file.channels * SAMPLE_BYTES;
    if (chunk.subarray(0, bytes).some((byte) => byte !== 0)) return true;
  }
  return false;
}

/** The last frame that is not silence; -1 when all are. Reads from the end. */
function lastLoud(file: RecordingFile): number {
  const chunk = chunkFor(file);
  for (let end = file.frames; end > 0; end -= CHUNK_FRAMES) {
    const from = Math.max(0, end - CHUNK_FRAMES);
    const samples = Math.min(file.read(from, chunk), end - from) * file.channels;
    for (let sample = samples - 1; sample >= 0; sample -= 1) {
      if (!isQuiet(chunk.readInt16LE(sample * SAMPLE_BYTES))) return from + Math.floor(sample / file.channels);
    }
  }
  return -1;
}

function chunkFor(file: RecordingFile): Buffer {
  return Buffer.alloc(CHUNK_FRAMES * file.channels * SAMPLE_BYTES);
}
