import { join } from "node:path";
import { LocalStorage } from "./local.ts";
import { type S3Settings, S3Storage } from "./s3.ts";

/** A part of a stored file: from byte `from` up to and including `to`. */
export type ByteRange = { readonly from: number; readonly to: number };

export type StoredBytes = {
  /** Of what `chunks` give. */
  readonly lengthBytes: number;
  readonly chunks: AsyncIterable<Uint8Array>;
};

/** Where finished recordings are kept. All methods reject when the storage is away or refuses. */
export interface RecordingStorage {
  /** Takes a finished file over: durable under its name and gone from `path` when this resolves. Safe to repeat after a crash. */
  put(name: string, path: string, contentType: string): Promise<void>;
  /** Null when there is no such file. */
  open(name: string, range?: ByteRange): Promise<StoredBytes | null>;
  /** Length in bytes; null when there is no such file. */
  size(name: string): Promise<number | null>;
  /** @returns false when there was none */
  remove(name: string): Promise<boolean>;
}

/** Plain data, so that it can be handed to threads. `local`: beside the growing files, in the recorder's directory. */
export type StorageSettings = { readonly kind: "local" } | ({ readonly kind: "s3" } & S3Settings);

/** @param dir the recorder's directory */
export function openStorage(settings: StorageSettings, dir: string): RecordingStorage {
  return settings.kind === "local" ? new LocalStorage(join(dir, "finished")) : new S3Storage(settings);
}
