import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { S3Server } from "./s3-server.fixture.ts";
import { parseS3Url } from "./settings.ts";
import { openStorage, type RecordingStorage, type StorageSettings } from "./storage.ts";

const NAME = "AC1/2026-11/RE1.wav";

async function read(stored: Awaited<ReturnType<RecordingStorage["open"]>>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stored?.chunks ?? []) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  expect(bytes.length).toBe(stored?.lengthBytes);
  return bytes;
}

const server = new S3Server();
afterAll(() => server.close());
const storages: [name: string, settings: () => StorageSettings][] = [
  ["a directory", () => ({ kind: "local" })],
  ["an S3 store", () => ({ kind: "s3", ...server.settings })],
];

describe.each(storages)("REC-5: recordings in %s", (_name, settings) => {
  let dir: string;
  let storage: RecordingStorage;

  beforeAll(async () => {
    await server.start();
    dir = mkdtempSync(join(tmpdir(), "storage-"));
    storage = openStorage(settings(), dir);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true });
  });

  function left(bytes: Buffer): string {
    const path = join(dir, "RE1.part");
    writeFileSync(path, bytes);
    return path;
  }

  // 20 MiB go to S3 in three parts.
  it.each([0, 44, 20 * 1024 * 1024])(
    "takes over a file of %i bytes and gives it back, whole and in part",
    async (size) => {
      const bytes = randomBytes(size);
      const path = left(bytes);
      await storage.put(NAME, path, "audio/x-wav");
      expect(existsSync(path)).toBe(false);
      expect(await storage.size(NAME)).toBe(size);
      expect((await read(await storage.open(NAME))).equals(bytes)).toBe(true);
      const part = await read(await storage.open(NAME, { from: 10, to: 19 }));
      expect(part).toEqual(bytes.subarray(10, 20));
      expect(await read(await storage.open(NAME, { from: size, to: size + 5 }))).toHaveLength(0);
      expect(await read(await storage.open(NAME, { from: Math.max(0, size - 5), to: size + 5 }))).toEqual(
        bytes.subarray(-5),
      );
    },
  );

  it("may be asked twice to take over the same file", async () => {
    const path = left(Buffer.from("once"));
    await storage.put(NAME, path, "audio/x-wav");
    await storage.put(NAME, path, "audio/x-wav");
    expect(await read(await storage.open(NAME))).toEqual(Buffer.from("once"));
  });

  it("rejects to take over what is not there", async () => {
    await expect(storage.put("AC1/2026-11/RE9.wav", join(dir, "RE9.part"), "audio/x-wav")).rejects.toThrow(
      /RE9|ENOENT/,
    );
  });

  it("removes, and knows what is not there", async () => {
    await storage.put(NAME, left(Buffer.from("gone soon")), "audio/x-wav");
    expect(await storage.remove(NAME)).toBe(true);
    expect(await storage.remove(NAME)).toBe(false);
    expect(await storage.open(NAME)).toBeNull();
    expect(await storage.size(NAME)).toBeNull();
  });
});

describe("REC-5: where recordings are kept", () => {
  it.each(["../x", "/etc/passwd", "a/../../b", "", "a//b", ".hidden", "a\0b"])(
    "a directory gives no file named %j",
    async (name) => {
      const dir = mkdtempSync(join(tmpdir(), "storage-"));
      const storage = openStorage({ kind: "local" }, dir);
      await expect(storage.open(name)).rejects.toThrow("not the name of a recording's file");
      await expect(storage.remove(name)).rejects.toThrow("not the name of a recording's file");
      rmSync(dir, { recursive: true });
    },
  );

  const s3 = { kind: "s3", endpoint: "https://store.example/calls", region: "auto", accessKeyId: "id" } as const;
  const none = { accessKeyId: undefined, secretAccessKey: undefined, region: undefined };
  it.each<[url: string, want: StorageSettings | string]>([
    ["s3://id:key@store.example/calls", { ...s3, secretAccessKey: "key", prefix: "" }],
    [
      "s3://id:k%2Fe%40y@store.example:9000/calls/eu/tk?region=eu-1&tls=false",
      {
        ...s3,
        endpoint: "http://store.example:9000/calls",
        region: "eu-1",
        secretAccessKey: "k/e@y",
        prefix: "eu/tk/",
      },
    ],
    ["https://id:key@store.example/calls", "not an address of the form"],
    ["nonsense", "not an address of the form"],
    ["s3://store.example/calls", "key or secret is missing"],
    ["s3://id@store.example/calls", "key or secret is missing"],
    ["s3://id:secret@store.example", "host or bucket is missing"],
    ["s3://id:%zz@store.example/calls", "percent-encoded"],
  ])("%s", (url, want) => {
    const parsed = parseS3Url(url, none);
    if (typeof want === "string") expect(parsed).toContain(want);
    else expect(parsed).toEqual(want);
    expect(String(parsed)).not.toContain("secret@");
  });

  it("takes key, secret and region from elsewhere where the URL has none, and never half of them", () => {
    const defaults = { accessKeyId: "id", secretAccessKey: "key", region: "eu-1" };
    const known = { ...s3, secretAccessKey: "key", region: "eu-1", prefix: "" };
    expect(parseS3Url("s3://store.example/calls", defaults)).toEqual(known);
    const own = parseS3Url("s3://mine:own@store.example/calls?region=us-2", defaults);
    expect(own).toEqual({ ...known, accessKeyId: "mine", secretAccessKey: "own", region: "us-2" });
    expect(parseS3Url("s3://mine@store.example/calls", defaults)).toContain("key or secret is missing");
  });
});
