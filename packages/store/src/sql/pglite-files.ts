import { closeSync, fdatasyncSync, fsyncSync, openSync } from "node:fs";
import { PGlite } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";

/** Fewer pages than PostgreSQL's 128 MB: the file system's cache is beneath, and each page is memory of ours. */
export const PARAMETERS = ["-c", "shared_buffers=32MB", "-c", "timezone=UTC"];

/**
 * fsync on, and by `fsync`: Emscripten's `fdatasync` system call does nothing, its `fsync` reaches the file system (`DurableFiles`,
 * which then uses the operating system's fdatasync).
 */
export const DURABLE_PARAMETERS = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== "-F"),
  ...PARAMETERS,
  "-c",
  "wal_sync_method=fsync",
];

/** The part of Emscripten's NODEFS that is extended here; PGlite does not export its type. */
type NodeFileSystem = {
  readonly stream_ops: { fsync?: (stream: { readonly nfd?: number; readonly node: unknown }) => number };
  realPath(node: unknown): string;
};

/** WASI's number for an input/output error, which PostgreSQL turns into a panic: the only safe answer to a failed fsync. */
const EIO = 29;

/**
 * PGlite's Node file system with a working `fsync`.
 *
 * Emscripten's has none, and PGlite starts PostgreSQL with `-F` (fsync off), so that a commit survives the process but not the machine.
 * With this class and `DURABLE_PARAMETERS` an acknowledged commit is on the disk, as in any PostgreSQL.
 */
export class DurableFiles extends NodeFS {
  override async init(...[pg, options]: Parameters<NodeFS["init"]>): ReturnType<NodeFS["init"]> {
    const { emscriptenOpts } = await super.init(pg, options);
    const addFsync = (module: unknown): void => {
      const files = (module as { readonly NODEFS: NodeFileSystem }).NODEFS;
      files.stream_ops.fsync = ({ nfd, node }) => {
        try {
          if (nfd === undefined) syncDirectory(files.realPath(node));
          else fdatasyncSync(nfd);
          return 0;
        } catch {
          return EIO;
        }
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), addFsync] } };
  }
}

/** Makes names created, renamed or removed in a directory durable. */
export function syncDirectory(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
