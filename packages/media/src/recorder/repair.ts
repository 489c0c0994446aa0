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
    const sound = soundOf(file);
    const frames = order.trim ? Math.min(sound.loudFrames + TRIM_MARGIN, file.frames) : file.frames;
    if (file.frames === 0) return { ...ended, frames: 0, absence: "too-short" };
    if (!sound.isHeard) return { ...ended, frames: 0, absence: "no-media" };
    if (order.trim && sound.loudFrames === 0) return { ...ended, frames: 0, absence: "silent" };
    return { ...ended, frames, absence: null };
  } finally {
    file.close();
  }
}

/** Reads a file through: one more than its last frame that is not silence, and whether any sample is not zero. */
function soundOf(file: RecordingFile): { readonly loudFrames: number; readonly isHeard: boolean } {
  const chunk = Buffer.alloc(CHUNK_FRAMES * file.channels * SAMPLE_BYTES);
  let loudFrames = 0;
  let isHeard = false;
  for (let frame = 0; ; ) {
    const read = file.read(frame, chunk);
    if (read === 0) return { loudFrames, isHeard };
    for (let sample = 0; sample < read * file.channels; sample += 1) {
      const value = chunk.readInt16LE(sample * SAMPLE_BYTES);
      if (value !== 0) isHeard = true;
      if (!isQuiet(value)) loudFrames = frame + Math.floor(sample / file.channels) + 1;
    }
    frame += read;
  }
}
