import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/**
 * A directory as one tar (POSIX ustar), as PGlite reads it too: regular files and directories, whose names need at most 100 bytes.
 * PostgreSQL asks for mode 0700 of its directories, so everything is the owner's alone.
 */
export function packDirectory(directory: string): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (const path of paths(directory)) {
    const isDirectory = statSync(path).isDirectory();
    const contents = isDirectory ? new Uint8Array() : readFileSync(path);
    blocks.push(header(relative(directory, path), isDirectory, contents.length), contents);
    blocks.push(new Uint8Array(-contents.length & (BLOCK_BYTES - 1)));
  }
  return Buffer.concat([...blocks, new Uint8Array(2 * BLOCK_BYTES)]);
}

/** Writes what `packDirectory` packed into a new directory. Nothing is synced; see `syncTree`. */
export function unpackDirectory(tar: Uint8Array, directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const bytes = Buffer.from(tar.buffer, tar.byteOffset, tar.byteLength);
  for (let at = 0; bytes[at] !== 0; ) {
    const name = bytes.toString("utf8", at, bytes.indexOf(0, at));
    const lengthBytes = Number.parseInt(bytes.toString("latin1", at + SIZE_AT, at + SIZE_AT + 11), 8);
    const isDirectory = bytes[at + TYPE_AT] === TYPE_DIRECTORY;
    at += BLOCK_BYTES;
    if (isDirectory) mkdirSync(join(directory, name), { recursive: true, mode: 0o700 });
    else writeFileSync(join(directory, name), bytes.subarray(at, at + lengthBytes), { mode: 0o600 });
    at += Math.ceil(lengthBytes / BLOCK_BYTES) * BLOCK_BYTES;
  }
}

/** Makes a whole directory tree, and its name in its parent, durable. */
export async function syncTree(directory: string): Promise<void> {
  const waiting = [dirname(directory), directory, ...paths(directory)];
  const syncNext = async (): Promise<void> => {
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      const file = await open(path, "r");
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    }
  };
  // Several at once: the file system commits them together.
  await Promise.all(Array.from({ length: 16 }, syncNext));
}

/** Everything below a directory, each directory before what is in it. */
function paths(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const BLOCK_BYTES = 512;
const SIZE_AT = 124;
const CHECKSUM_AT = 148;
const TYPE_AT = 156;
const MAGIC_AT = 257;
const TYPE_FILE = 0x30;
const TYPE_DIRECTORY = 0x35;

function header(name: string, isDirectory: boolean, lengthBytes: number): Uint8Array {
  const block = Buffer.alloc(BLOCK_BYTES);
  if (Buffer.byteLength(name) > 99) throw new Error(`${name} is too long a name for this tar`);
  block.write(name, 0);
  block.write(isDirectory ? "0000700\0" : "0000600\0", 100);
  block.write("0000000\0".repeat(2), 108);
  block.write(`${lengthBytes.toString(8).padStart(11, "0")}\0`, SIZE_AT);
  block.write("00000000000\0", 136);
  block[TYPE_AT] = isDirectory ? TYPE_DIRECTORY : TYPE_FILE;
  block.write("ustar\x0000", MAGIC_AT);
  // The checksum is summed with its own field as blanks.
  block.write("        ", CHECKSUM_AT);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, CHECKSUM_AT);
  return block;
}
