import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { packDirectory, syncTree, unpackDirectory } from "./data-dir-files.ts";

const root = mkdtempSync(join(tmpdir(), "trunkline-tar-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const FILES: readonly [name: string, lengthBytes: number][] = [
  ["PG_VERSION", 3],
  ["base/5/1255", 8_192],
  ["base/5/empty", 0],
  ["global/odd", 1_025],
  ["pg_wal/block", 512],
];

it("a directory comes out of its tar as it went in, the owner's alone; tar(1) agrees", async () => {
  const source = join(root, "source");
  for (const directory of ["base/5", "global", "pg_wal", "pg_empty"])
    mkdirSync(join(source, directory), { recursive: true });
  for (const [name, lengthBytes] of FILES) writeFileSync(join(source, name), Buffer.alloc(lengthBytes, name));
  const tar = packDirectory(source);
  const target = join(root, "target");
  unpackDirectory(tar, target);
  await syncTree(target);
  for (const [name] of FILES) expect(readFileSync(join(target, name))).toEqual(readFileSync(join(source, name)));
  expect(statSync(join(target, "pg_empty")).mode & 0o777).toBe(0o700);
  expect(statSync(join(target, "PG_VERSION")).mode & 0o777).toBe(0o600);
  const listed = execFileSync("tar", ["-tf", "-"], { input: tar, encoding: "utf8" }).trim().split("\n");
  expect(listed).toEqual(expect.arrayContaining(FILES.map(([name]) => name)));
});
