import { createRecorder, type Recorder, type RecorderOptions } from "@trunkline/media";
import type { RecordingsPlace } from "../config/recordings-place.ts";

/** The recorder of the settings. Rejects with a line for the operator when its folder cannot be used: then the edge does not start. */
export async function openRecorder(
  place: RecordingsPlace,
  news: Pick<RecorderOptions, "onFinished" | "onAlarm">,
): Promise<Recorder> {
  try {
    return await createRecorder({ ...place, ...news });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `no recordings can be made in ${place.dir}: ${why}; set TRUNKLINE_RECORDINGS_URL or TRUNKLINE_DATA_DIR`,
      { cause },
    );
  }
}
