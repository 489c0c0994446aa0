import type { StoredFile } from "../recording.types.ts";
import { type ByteRange, openStorage, type RecordingStorage, type StorageSettings } from "../storage/storage.ts";
import { HEADER_BYTES, writeWaveHeader } from "../wave.ts";
import { Mp3Encoder } from "./mp3.ts";
import { mixDown, readPcm } from "./pcm.ts";

/** Recordings turned into MP3 at the same time; each costs a processor about a hundredth of what it plays. */
const MOST_ENCODED = 16;

/** What is wanted of a stored recording. */
export type MediaRequest = {
  readonly file: Pick<StoredFile, "name" | "encryption">;
  /** Of the recording. */
  readonly channels: 1 | 2;
  readonly format: "wav" | "mp3";
  /** Twilio's `RequestedChannels`; its own when left out. */
  readonly requestedChannels?: 1 | 2;
  /** Counts only when the file is given as it is stored: `totalBytes` says whether it was. */
  readonly range?: ByteRange;
};

export type RecordingMedia = {
  readonly kind: "media";
  readonly contentType: "audio/x-wav" | "audio/mpeg" | "application/octet-stream";
  /** Of what `chunks` give; null when nobody can know yet. */
  readonly lengthBytes: number | null;
  /** Length of the whole when it is given as it is stored, and parts of it can be asked for; else null. */
  readonly totalBytes: number | null;
  readonly chunks: AsyncIterable<Uint8Array>;
};

export type MediaRefused = {
  readonly kind: "refused";
  /**
   * `missing`: its file is nowhere. `mono`: two channels of a recording of one (Twilio 16113). `encrypted`: MP3 or another number of
   * channels of what only its owner can read (Twilio 16109). `busy`: too many are being encoded; soon again.
   */
  readonly why: "missing" | "mono" | "encrypted" | "busy";
};

/** Reads and removes finished recordings, wherever they are kept. Made where requests are answered; needs no recorder beside it. */
export class RecordingLibrary {
  readonly #storage: RecordingStorage;
  readonly #encoder = new Mp3Encoder();

  /** @param dir the recorder's directory; with S3 nothing is read there */
  constructor(settings: StorageSettings, dir: string) {
    this.#storage = openStorage(settings, dir);
  }

  /**
   * Rejects when the storage is away. The file itself is opened when `chunks` are read. MP3 is made on the way and kept nowhere: a
   * copy would have to be deleted too.
   */
  async open(request: MediaRequest): Promise<RecordingMedia | MediaRefused> {
    const { file, channels, format, requestedChannels = channels } = request;
    const isChanged = format === "mp3" || requestedChannels !== channels;
    if (requestedChannels > channels) return { kind: "refused", why: "mono" };
    if (file.encryption !== null && isChanged) return { kind: "refused", why: "encrypted" };
    if (format === "mp3" && this.#encoder.jobs >= MOST_ENCODED) return { kind: "refused", why: "busy" };
    const bytes = await this.#storage.size(file.name);
    if (bytes === null) return { kind: "refused", why: "missing" };
    if (!isChanged) return this.#stored(request, bytes);
    const lengthBytes = format === "mp3" ? null : HEADER_BYTES + (bytes - HEADER_BYTES) / 2;
    const contentType = format === "mp3" ? "audio/mpeg" : "audio/x-wav";
    const chunks = this.#changed(file.name, format, requestedChannels);
    return { kind: "media", contentType, lengthBytes, totalBytes: null, chunks };
  }

  /** @returns false when there was none */
  remove(file: Pick<StoredFile, "name">): Promise<boolean> {
    return this.#storage.remove(file.name);
  }

  async close(): Promise<void> {
    await this.#encoder.close();
  }

  #stored({ file, range }: MediaRequest, totalBytes: number): RecordingMedia {
    const contentType = file.encryption === null ? "audio/x-wav" : "application/octet-stream";
    const end = Math.min(range === undefined ? totalBytes : range.to + 1, totalBytes);
    const lengthBytes = Math.max(0, end - (range?.from ?? 0));
    return { kind: "media", contentType, lengthBytes, totalBytes, chunks: this.#read(file.name, range) };
  }

  async *#changed(name: string, format: "wav" | "mp3", channels: 1 | 2): AsyncGenerator<Uint8Array> {
    const pcm = await readPcm(this.#read(name));
    const frames = pcm.channels > channels ? mixDown(pcm.frames) : pcm.frames;
    if (format === "mp3") yield* this.#encoder.encode(channels, frames);
    else yield* waveOf(channels, (pcm.dataBytes * channels) / pcm.channels, frames);
  }

  async *#read(name: string, range?: ByteRange): AsyncGenerator<Uint8Array> {
    const stored = await this.#storage.open(name, range);
    if (stored === null) throw new Error(`${name} is gone`);
    yield* stored.chunks;
  }
}

async function* waveOf(channels: 1 | 2, dataBytes: number, frames: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield writeWaveHeader(channels, dataBytes);
  yield* frames;
}
