import { createHash } from "node:crypto";
import { readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { basic, type TestAccount } from "../support/lent-fixtures.ts";
import { DUAL, gist, MONO, messageOf, pathOf, RecordingGround, wav } from "../support/recording-ground.ts";

const ground = await RecordingGround.open();
const { api } = ground;
const make = (wanted?: Parameters<typeof ground.make>[0]) => ground.make(wanted);
const get = (...asked: Parameters<typeof ground.get>) => ground.get(...asked);

afterEach(() => {
  ground.away = false;
  ground.check();
});
afterAll(() => ground.close());

describe("REC-3: media", () => {
  it.each(["", ".wav"])("with %j is the stored file", async (suffix) => {
    const { status, headers, bytes } = await get(pathOf(await make(), suffix));
    expect([status, bytes.equals(DUAL)]).toEqual([200, true]);
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": "audio/x-wav",
      "content-length": String(DUAL.length),
      "accept-ranges": "bytes",
      "cache-control": "private, no-store",
      etag: `"${createHash("sha256").update(DUAL).digest("hex")}"`,
    });
  });

  it("is not given when its file was cut off", async () => {
    const made = await make();
    writeFileSync(join(ground.dir, made.name), DUAL.subarray(0, 1_000));
    for (const range of ["", "bytes=0-9", "bytes=5000-"]) {
      const got = await get(pathOf(made), { range });
      expect([gist(got), messageOf(got)]).toEqual(["404 20404", expect.stringMatching(/is not as long as what was/)]);
    }
  });

  it("is mixed down when one channel is requested, and never made of nothing", async () => {
    const [dual, mono] = [await make(), await make({ channels: 1 })];
    const mixed = await get(pathOf(dual, ".wav?RequestedChannels=1"));
    expect([mixed.status, mixed.bytes.length, mixed.bytes.readUInt16LE(22)]).toEqual([200, MONO.length, 1]);
    expect(mixed.headers.get("accept-ranges")).toBe("none");
    expect(mixed.headers.get("content-length")).toBe(String(MONO.length));
    expect((await get(pathOf(dual, "?RequestedChannels=2"))).bytes.equals(DUAL)).toBe(true);
    expect(gist(await get(pathOf(mono, ".wav?RequestedChannels=2")))).toBe("400 16113");
    expect(gist(await get(pathOf(mono, ".mp3?RequestedChannels=2")))).toBe("400 16113");
    expect(gist(await get(pathOf(mono, ".wav?RequestedChannels=3")))).toBe("400 20422");
  });

  it("is MP3 when asked for", async () => {
    const { status, headers, bytes } = await get(pathOf(await make({ channels: 1 }), ".mp3"), { range: "bytes=0-9" });
    expect([status, headers.get("content-type"), headers.get("accept-ranges")]).toEqual([200, "audio/mpeg", "none"]);
    // 32 kbit/s for 10 s and a little more, in frames that begin with eleven ones.
    expect(bytes.length).toBeGreaterThan(40_000);
    expect(bytes.length).toBeLessThan(42_000);
    expect(bytes.readUInt16BE(0) >> 5).toBe(0x7ff);
  });

  it("answers HEAD without opening anything", async () => {
    const made = await make();
    const { status, headers, bytes } = await get(pathOf(made, ".wav"), {}, api.account, "HEAD");
    expect([status, headers.get("content-length"), bytes.length]).toEqual([200, String(DUAL.length), 0]);
    expect((await get(pathOf(made, ".mp3"), {}, api.account, "HEAD")).headers.get("content-type")).toBe("audio/mpeg");
    expect((await get(pathOf(made, ".wav"), {}, null, "HEAD")).status).toBe(401);
    const other = await fetch(api.origin + pathOf(made, ".wav"), {
      method: "POST",
      headers: { authorization: basic(api.account) },
    });
    expect([other.status, other.headers.get("allow")]).toEqual([405, "GET, HEAD, DELETE, OPTIONS"]);
    await other.text();
  });

  it("RFC 9110 §14: gives parts", async () => {
    const made = await make();
    const total = DUAL.length;
    const part = async (range: string, more: Record<string, string> = {}) => {
      const { status, headers, bytes } = await get(pathOf(made), { range, ...more });
      return { status, of: headers.get("content-range"), length: headers.get("content-length"), bytes };
    };
    for (const [range, from, to] of [
      ["bytes=0-43", 0, 43],
      ["bytes=100000-200000", 100_000, 200_000],
      ["bytes=-10", total - 10, total - 1],
      [`bytes=${total - 1}-`, total - 1, total - 1],
      ["bytes=5-99999999", 5, total - 1],
    ] as const) {
      const { bytes, ...rest } = await part(range);
      expect(rest).toEqual({ status: 206, of: `bytes ${from}-${to}/${total}`, length: String(to - from + 1) });
      expect(bytes.equals(DUAL.subarray(from, to + 1))).toBe(true);
    }
    expect(await part(`bytes=${total}-`)).toMatchObject({ status: 416, of: `bytes */${total}` });
    // Lists cost no more than the whole; the header's size is bounded by the server.
    expect(await part(`bytes=${"0-9,".repeat(1_000)}0-9`)).toMatchObject({ status: 200, length: String(total) });
    const etag = `"${createHash("sha256").update(DUAL).digest("hex")}"`;
    expect(await part("bytes=0-9", { "if-range": etag })).toMatchObject({ status: 206 });
    expect(await part("bytes=0-9", { "if-range": '"another"' })).toMatchObject({ status: 200 });
    const mixed = await get(pathOf(made, ".wav?RequestedChannels=1"), { range: "bytes=0-9" });
    expect(mixed.status).toBe(200);
  });

  it.each(["live", "processing"] as const)("is not there of one that is %s, and says so", async (until) => {
    const got = await get(pathOf(await make({ until })));
    expect(gist(got)).toBe("404 20404");
    expect(messageOf(got)).toMatch(/is (in-progress|processing): its sound is there when it is completed\.$/);
  });

  it.each([
    "..%2f..%2fsecret",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd.wav",
    "RE00%00.wav",
    `RE${"0".repeat(32)}%2f..%2f..`,
    `${"a".repeat(300)}.wav`,
    "....//....//etc/passwd.wav",
  ])("leads nowhere else: %s", async (name) => {
    const { status } = await get(`/2010-04-01/Accounts/${api.account.sid}/Recordings/${name}`);
    expect([400, 404, 414]).toContain(status);
  });

  it("closes its file when the listener goes away", async () => {
    const made = await make({ content: wav(2, 600) });
    const { hostname, port } = new URL(api.origin);
    const isOpen = (): boolean => openFiles().some((path) => path.endsWith(made.name));
    const socket = connect(Number(port), hostname);
    socket.write(`GET ${pathOf(made)} HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic(api.account)}\r\n\r\n`);
    socket.pause();
    await eventually("the file is being read", async () => (isOpen() ? true : undefined));
    socket.destroy();
    await eventually("it is closed", async () => (isOpen() ? undefined : true));
  });
});

/** Paths of the files that this process has open. */
function openFiles(): readonly string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}

describe("REC-3: who may listen", () => {
  it("only who has credentials, unless the account decides otherwise", async () => {
    const account = await api.addAccount();
    const made = await make({ account });
    const open = async (suffix: string, as: TestAccount | null = null) =>
      (await get(pathOf(made, suffix), {}, as)).status;
    const set = (MediaAuthRequired: string) =>
      api.request("POST", "/trunkline/v1/AccountSettings", { as: account, form: { MediaAuthRequired } });
    expect(await open("")).toBe(401);
    expect((await set("false")).body).toMatchObject({ media_auth_required: false });
    expect([await open(""), await open(".mp3"), await open(".json")]).toEqual([200, 200, 401]);
    // Wrong credentials are a mistake that its owner should see.
    expect(await open("", { sid: account.sid, token: "wrong" })).toBe(401);
    expect((await get(pathOf(made), {}, null, "DELETE")).status).toBe(401);
    // Another account's recording is not this account's to open.
    expect((await get(pathOf(await make()).replace(api.account.sid, account.sid), {}, null)).status).toBe(404);
    await api.store.accounts.update(account.sid, { status: "suspended" });
    expect(await open("")).toBe(401);
    await api.store.accounts.update(account.sid, { status: "active" });
    await set("true");
    expect(await open("")).toBe(401);
  });
});
