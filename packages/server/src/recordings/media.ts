import type { RecordingMediaPort } from "@trunkline/api";
import { RecordingLibrary } from "@trunkline/media";
import { recordingsPlace } from "../config/recordings-place.ts";
import type { Settings } from "../config/settings.ts";

/** A storage that does not answer is away: what it would answer later, nobody waits for. */
const ANSWER_WITHIN_MS = 10_000;

/** Reads and removes finished recordings where the settings say that they are. Nothing is opened before the first is asked for. */
export function openRecordingMedia(settings: Settings): RecordingMediaPort & { close(): Promise<void> } {
  const libraries = new Map<string, RecordingLibrary>();
  const libraryOf = (recordedBy: string | null): RecordingLibrary => {
    // In one storage for all edges, names tell recordings apart; in folders, each edge has its own.
    const { dir, storage } = recordingsPlace({ ...settings, edge: recordedBy ?? settings.edge });
    const key = storage.kind === "local" ? dir : storage.kind;
    const library = libraries.get(key) ?? new RecordingLibrary(storage, dir);
    libraries.set(key, library);
    return library;
  };
  return {
    open: ({ edge, ...request }) => inTime(libraryOf(edge).open(request)),
    remove: ({ edge, file }) => inTime(libraryOf(edge).remove(file)),
    async close() {
      await Promise.all([...libraries.values()].map((library) => library.close()));
    },
  };
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => limit.reject(new Error(`the storage did not answer within ${ANSWER_WITHIN_MS} ms`)),
    ANSWER_WITHIN_MS,
  );
  try {
    return await Promise.race([answer, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}
