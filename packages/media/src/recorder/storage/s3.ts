import { open, rm, stat } from "node:fs/promises";
import { S3mini, S3ServiceError, type UploadPart } from "s3mini";
import type { ByteRange, RecordingStorage, StoredBytes } from "./storage.ts";

export type S3Settings = {
  /** With the bucket as its path: `https://s3.eu-central-1.amazonaws.com/bucket`. */
  readonly endpoint: string;
  /** `auto` for stores that know no regions. */
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Put before every name, e.g. `recordings/`; may be empty. */
  readonly prefix: string;
};

/** Held in memory while it is on its way; S3 takes no smaller parts than 5 MiB. */
const PART_BYTES = 8 * 1024 * 1024;
/** A part that takes longer is given up and tried again. */
const REQUEST_LIMIT_MS = 120_000;

/** Objects in an S3-compatible store. */
export class S3Storage implements RecordingStorage {
  readonly #prefix: string;
  readonly #store: S3mini;
  /** Without a limit of time: how fast a recording is listened to is the listener's affair. */
  readonly #reader: S3mini;

  constructor({ prefix, ...access }: S3Settings) {
    this.#prefix = prefix;
    this.#store = new S3mini({ ...access, requestAbortTimeout: REQUEST_LIMIT_MS });
    this.#reader = new S3mini(access);
  }

  async put(name: string, path: string, contentType: string): Promise<void> {
    const bytes = await lengthOf(path);
    // Taken over before a crash already.
    if (bytes === null && (await this.size(name)) !== null) return;
    if (bytes === null) throw new Error(`the file of ${name} is gone`);
    await (bytes <= PART_BYTES ? this.#putWhole(name, path, contentType) : this.#putInParts(name, path, contentType));
    const stored = await this.size(name);
    if (stored !== bytes) throw new Error(`${name} has ${stored} bytes in the store instead of ${bytes}`);
    await rm(path, { force: true });
  }

  async open(name: string, range?: ByteRange): Promise<StoredBytes | null> {
    const bytes = await this.size(name);
    if (bytes === null) return null;
    const from = range?.from ?? 0;
    const end = Math.min(range === undefined ? bytes : range.to + 1, bytes);
    if (from >= end) return { lengthBytes: 0, chunks: none() };
    const response = await this.#reader.getObjectRaw(this.#key(name), range === undefined, from, end);
    if (response.body === null) throw new Error(`the store gave ${name} without a body`);
    return { lengthBytes: end - from, chunks: response.body };
  }

  async size(name: string): Promise<number | null> {
    try {
      return await this.#store.getContentLength(this.#key(name));
    } catch (error) {
      if (error instanceof Error && error.cause instanceof S3ServiceError && error.cause.status === 404) return null;
      throw error;
    }
  }

  async remove(name: string): Promise<boolean> {
    if ((await this.size(name)) === null) return false;
    await this.#store.deleteObject(this.#key(name));
    return true;
  }

  #key(name: string): string {
    return `${this.#prefix}${name}`;
  }

  async #putWhole(name: string, path: string, contentType: string): Promise<void> {
    const file = await open(path, "r");
    try {
      await this.#store.putObject(this.#key(name), await file.readFile(), contentType);
    } finally {
      await file.close();
    }
  }

  async #putInParts(name: string, path: string, contentType: string): Promise<void> {
    const key = this.#key(name);
    const upload = await this.#store.getMultipartUploadId(key, contentType);
    const file = await open(path, "r");
    try {
      const parts: UploadPart[] = [];
      const buffer = Buffer.allocUnsafe(PART_BYTES);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, PART_BYTES);
        if (bytesRead === 0) break;
        const part = buffer.subarray(0, bytesRead);
        parts.push(await this.#store.uploadPart(key, upload, part, parts.length + 1));
      }
      await this.#store.completeMultipartUpload(key, upload, parts);
    } catch (error) {
      // What was sent is not left to be paid for; when even this fails, the store's own rules clean up.
      await this.#store.abortMultipartUpload(key, upload).catch(() => undefined);
      throw error;
    } finally {
      await file.close();
    }
  }
}

async function lengthOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function* none(): AsyncGenerator<Uint8Array> {}
