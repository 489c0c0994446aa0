import { createDecipheriv, createHash, generateKeyPairSync, privateDecrypt } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { RecordingLibrary } from "@trunkline/media";
import { type BegunRecording, type CallRecord, mintSid, type RecordingOutcome } from "@trunkline/trunking";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { basic, openTestApi, randomHex, refusal, type TestAccount, type TestApi } from "../support/lent-fixtures.ts";

const STARTED_MS = Date.parse("2026-11-18T11:06:42.001Z");
const dir = mkdtempSync(join(tmpdir(), "recording-api-"));

/** A WAV file of silence, long enough to come in many pieces. */
function wav(channels: 1 | 2, seconds: number): Buffer {
  const data = Buffer.alloc(seconds * 8_000 * 2 * channels);
  for (let i = 0; i < data.length; i += 2) data.writeInt16LE(i % 20_000, i);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(16_000 * channels, 28);
  head.writeUInt16LE(2 * channels, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}
const DUAL = wav(2, 10);
const MONO = wav(1, 10);

/** Stands for the disk or the network in front of the storage. */
let away = false;
const library = new RecordingLibrary({ kind: "local" }, dir);
const media: NonNullable<Parameters<typeof openTestApi>[0]>["recordingMedia"] = {
  open: (request) => (away ? Promise.reject(new Error("connect ECONNREFUSED")) : library.open(request)),
  remove: ({ file }) => (away ? Promise.reject(new Error("connect ECONNREFUSED")) : library.remove(file)),
};

let api: TestApi;
/** Complaints and failures that were looked at. */
const seen = { complaints: 0, failures: 0 };
beforeAll(async () => {
  api = await openTestApi({ recordingMedia: media });
});
afterEach(() => {
  away = false;
  expect(api.complaints.slice(seen.complaints)).toEqual([]);
  seen.complaints = api.complaints.length;
  expect(api.failures).toHaveLength(seen.failures);
});
afterAll(async () => {
  await api.close();
  await library.close();
  rmSync(dir, { recursive: true });
});

type Made = { readonly sid: string; readonly callSid: string; readonly account: TestAccount; readonly name: string };

function callOf(account: TestAccount, callSid: string, begun: BegunRecording, over: boolean): CallRecord {
  return {
    sid: callSid,
    revision: over ? 2 : 1,
    accountSid: account.sid,
    trunkSid: mintSid("TK", "1".repeat(32)),
    direction: "trunking-terminating",
    from: "+12025550100",
    to: "+14155550199",
    callerName: null,
    phoneNumberSid: null,
    status: over ? "completed" : "in-progress",
    createdAtMs: STARTED_MS,
    answeredAtMs: STARTED_MS,
    endedAtMs: over ? STARTED_MS + 10_000 : null,
    durationSec: over ? 10 : null,
    sipCallIdA: "a",
    sipCallIdB: "b",
    source: "192.0.2.1:5060",
    endedBy: over ? "caller" : null,
    sipStatus: over ? 200 : null,
    reason: null,
    errorCode: null,
    attempts: [],
    quality: [],
    recordings: [begun],
    trace: [],
  };
}

type Wanted = {
  readonly account?: TestAccount;
  readonly startedAtMs?: number;
  readonly content?: Buffer;
  readonly channels?: 1 | 2;
  readonly encryption?: NonNullable<RecordingOutcome["file"]>["encryption"];
  /** Default: completed. */
  readonly until?: "live" | "processing" | "absent";
};

/** A recording as the edge would have left it: in the store, and on the disk. */
async function make(wanted: Wanted = {}): Promise<Made> {
  const { account = api.account, startedAtMs = STARTED_MS, channels = 2, encryption = null, until } = wanted;
  const content = wanted.content ?? (channels === 2 ? DUAL : MONO);
  const [sid, callSid] = [mintSid("RE", randomHex(16)), mintSid("CA", randomHex(16))];
  const begun = { sid, startedAtMs, channels, trim: false, edge: "local" };
  await api.store.callRecordSink.save([callOf(account, callSid, begun, until !== "live")]);
  const name = `${account.sid}/2026-11/${sid}.wav`;
  const made = { sid, callSid, account, name };
  if (until === "live" || until === "processing") return made;
  const ended = { sid, accountSid: account.sid, callSid, channels, startedAtMs, interrupted: false };
  if (until === "absent") {
    const why = "it was nothing but silence";
    await api.store.recordingSink.save({ ...ended, durationMs: 0, state: "absent", why, errorCode: 16102, file: null });
    return made;
  }
  const path = join(dir, "finished", name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  const file = { name, bytes: content.length, sha256: createHash("sha256").update(content).digest("hex"), encryption };
  await api.store.recordingSink.save({
    ...ended,
    durationMs: 10_000,
    state: "completed",
    why: null,
    errorCode: null,
    file,
  });
  return made;
}

const pathOf = ({ account, sid }: Made, suffix = ""): string =>
  `/2010-04-01/Accounts/${account.sid}/Recordings/${sid}${suffix}`;

type Got = { readonly status: number; readonly headers: Headers; readonly bytes: Buffer; readonly code: number };
async function get(
  path: string,
  headers: Record<string, string> = {},
  as: TestAccount | null = api.account,
  method = "GET",
) {
  const authorization = as === null ? {} : { authorization: basic(as) };
  const response = await fetch(api.origin + path, { method, headers: { ...authorization, ...headers } });
  const bytes = Buffer.from(await response.arrayBuffer());
  const code = response.status < 400 ? 0 : (JSON.parse(bytes.toString() || "{}") as { code: number }).code;
  return { status: response.status, headers: response.headers, bytes, code } satisfies Got;
}
const gist = ({ status, code }: Got): string => `${status} ${code}`;
const messageOf = ({ bytes }: Got): string => (JSON.parse(bytes.toString()) as { message: string }).message;

describe("REC-3: the Recordings of an account", () => {
  it("are what the SDK makes of them", async () => {
    const made = await make();
    const seen = await api.sdk().recordings(made.sid).fetch();
    expect(seen).toMatchObject({
      sid: made.sid,
      accountSid: api.account.sid,
      callSid: made.callSid,
      conferenceSid: null,
      status: "completed",
      source: "Trunking",
      channels: 2,
      duration: "10",
      price: null,
      errorCode: null,
      encryptionDetails: null,
      mediaUrl: `${api.origin}${pathOf(made)}`,
      uri: pathOf(made, ".json"),
    });
    expect(seen.startTime).toEqual(new Date("2026-11-18T11:06:42Z"));
    const listed = await api.sdk().recordings.list({ callSid: made.callSid });
    expect(listed.map(({ sid }) => sid)).toEqual([made.sid]);
  });

  it("are found by their day, newest first, page by page", async () => {
    const account = await api.addAccount();
    const sids: string[] = [];
    for (let day = 0; day < 5; day++)
      sids.unshift((await make({ account, startedAtMs: STARTED_MS + day * 86_400_000 })).sid);
    const { recordings } = api.sdk(account);
    const list = async (filter: object) => (await recordings.list(filter)).map(({ sid }) => sid);
    expect(await list({ pageSize: 2 })).toEqual(sids);
    expect(await list({ dateCreatedAfter: new Date("2026-11-21T00:00:00Z") })).toEqual(sids.slice(0, 2));
    expect(await list({ dateCreatedBefore: new Date("2026-11-19T00:00:00Z") })).toEqual(sids.slice(4));
    expect(await list({ conferenceSid: `CF${"0".repeat(32)}` })).toEqual([]);
    const day = await api.request("GET", `/2010-04-01/Accounts/${account.sid}/Recordings.json?DateCreated=2026-11-20`, {
      as: account,
    });
    expect(day.body["recordings"]).toMatchObject([{ sid: sids[2] }]);
  });

  it("say why they are absent, and have no sound", async () => {
    const made = await make({ until: "absent" });
    expect(await api.sdk().recordings(made.sid).fetch()).toMatchObject({
      status: "absent",
      errorCode: 16102,
      duration: "0",
      mediaUrl: null,
    });
    const sound = await get(pathOf(made, ".wav"));
    expect([gist(sound), messageOf(sound)]).toEqual([
      "404 20404",
      `Recording ${made.sid} has no sound: it was nothing but silence.`,
    ]);
    expect(await api.sdk().recordings(made.sid).remove()).toBe(true);
  });

  it("belong to nobody else, not even by a right call", async () => {
    const other = await api.addAccount();
    const made = await make();
    const mine = pathOf(made).replace(api.account.sid, other.sid);
    for (const suffix of [".json", "", ".wav", ".mp3"]) {
      expect(gist(await get(`${mine}${suffix}`, {}, other))).toBe("404 20404");
      expect(gist(await get(pathOf(made, suffix), {}, other))).toBe("403 20003");
    }
    expect(gist(await get(`${mine}.json`, {}, other, "DELETE"))).toBe("404 20404");
    expect(await api.sdk(other).recordings.list({ callSid: made.callSid })).toEqual([]);
    const calls = `/2010-04-01/Accounts/${other.sid}/Calls/${made.callSid}/Recordings`;
    expect(gist(await get(`${calls}.json`, {}, other))).toBe("404 20404");
    expect(gist(await get(`${calls}/${made.sid}.json`, {}, other))).toBe("404 20404");
  });
});

describe("REC-4: what is known of a recording beyond Twilio's resource", () => {
  it("is on our own surface, deleted ones included, to their account only", async () => {
    const [made, lost] = [await make(), await make({ until: "absent" })];
    const own = async ({ sid }: Made, as = api.account) =>
      api.request("GET", `/trunkline/v1/Recordings/${sid}`, { as });
    expect((await own(made)).body).toMatchObject({
      recording_sid: made.sid,
      edge: "local",
      damaged: false,
      duration_ms: 10_000,
      bytes: DUAL.length,
      sha256: createHash("sha256").update(DUAL).digest("hex"),
      date_deleted: null,
    });
    expect((await own(lost)).body).toMatchObject({
      error_code: 16102,
      reason: "it was nothing but silence",
      sha256: null,
    });
    await api.sdk().recordings(made.sid).remove();
    expect((await own(made)).body).toMatchObject({ status: "deleted", date_deleted: expect.any(String) });
    const list = await api.request("GET", `/trunkline/v1/Recordings?CallSid=${made.callSid}`);
    expect(list.body["recordings"]).toMatchObject([{ recording_sid: made.sid }]);
    expect((await own(made, await api.addAccount())).status).toBe(404);
  });
});

describe("REC-3: deletion", () => {
  it("removes the sound at once, and tells of the recording for those who ask", async () => {
    const made = await make();
    const { recordings } = api.sdk();
    expect(await recordings(made.sid).remove()).toBe(true);
    expect(await library.remove({ name: made.name })).toBe(false);
    expect(await refusal(recordings(made.sid).fetch())).toMatchObject({ gist: "404 20404" });
    expect(await recordings(made.sid).fetch({ includeSoftDeleted: true })).toMatchObject({
      status: "deleted",
      mediaUrl: null,
    });
    expect(await recordings.list({ callSid: made.callSid })).toEqual([]);
    expect(await recordings.list({ callSid: made.callSid, includeSoftDeleted: true })).toMatchObject([
      { sid: made.sid },
    ]);
    for (const suffix of ["", ".wav", ".mp3"]) expect(gist(await get(pathOf(made, suffix)))).toBe("404 20404");
    expect(await refusal(recordings(made.sid).remove())).toMatchObject({ gist: "404 20404" });
    expect(gist(await get(pathOf(made, ".json?IncludeSoftDeleted=true"), {}, api.account, "DELETE"))).toBe("404 20404");
  });

  it.each(["live", "processing"] as const)("20009: not of one that is %s", async (until) => {
    const made = await make({ until });
    expect(await refusal(api.sdk().recordings(made.sid).remove())).toMatchObject({ gist: "409 20009" });
    expect(await refusal(api.sdk().calls(made.callSid).recordings(made.sid).remove())).toMatchObject({
      gist: "409 20009",
    });
  });

  it("also works below the call, by a path without a suffix, and of a file that is gone already", async () => {
    const [one, other, gone] = [await make(), await make(), await make()];
    expect(await api.sdk().calls(one.callSid).recordings(one.sid).remove()).toBe(true);
    expect((await get(pathOf(other), {}, api.account, "DELETE")).status).toBe(204);
    await library.remove({ name: gone.name });
    expect(gist(await get(pathOf(gone)))).toBe("404 20404");
    expect(await api.sdk().recordings(gone.sid).remove()).toBe(true);
  });

  it("by two at once happens once", async () => {
    const made = await make();
    const both = await Promise.all([1, 2, 3].map(() => get(pathOf(made, ".json"), {}, api.account, "DELETE")));
    expect(both.map(({ status }) => status).sort()).toEqual([204, 404, 404]);
  });

  it("waits for a storage that is away, and then nothing has changed", async () => {
    const made = await make();
    away = true;
    expect(await refusal(api.sdk().recordings(made.sid).remove())).toEqual({
      gist: "503 20503",
      message: "The storage of the recordings cannot be reached right now. Try again in a few seconds.",
    });
    expect(gist(await get(pathOf(made)))).toBe("503 20503");
    seen.failures += 2;
    away = false;
    expect((await get(pathOf(made))).bytes.equals(DUAL)).toBe(true);
    expect(await api.sdk().recordings(made.sid).remove()).toBe(true);
  });
});

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
    writeFileSync(join(dir, "finished", made.name), DUAL.subarray(0, 1_000));
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
    expect([other.status, other.headers.get("allow")]).toEqual([405, "GET, HEAD, DELETE"]);
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

describe("REC-5: public keys and encrypted recordings", () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();

  it("are made, named, used and removed by the SDK", async () => {
    const account = await api.addAccount();
    const { publicKey: keys } = api.sdk(account).accounts.v1.credentials;
    const made = await keys.create({ publicKey: pem, friendlyName: "archive" });
    expect(made).toMatchObject({ accountSid: account.sid, friendlyName: "archive" });
    expect(made.sid).toMatch(/^CR[0-9a-f]{32}$/);
    expect(await keys(made.sid).update({ friendlyName: "vault" })).toMatchObject({ friendlyName: "vault" });
    expect(await keys.list()).toMatchObject([{ sid: made.sid, friendlyName: "vault" }]);
    expect(await keys(made.sid).fetch()).toMatchObject({ url: `${api.origin}/v1/Credentials/PublicKeys/${made.sid}` });
    const use = (RecordingPublicKeySid: string, as = account) =>
      api.request("POST", "/trunkline/v1/AccountSettings", { as, form: { RecordingPublicKeySid } });
    expect((await use(made.sid)).body).toMatchObject({ recording_public_key_sid: made.sid });
    expect(await use(made.sid, api.account)).toMatchObject({ status: 400, body: { code: 20422 } });
    expect(await refusal(keys(made.sid).remove())).toMatchObject({ gist: "409 20409" });
    expect((await use("")).body).toMatchObject({ recording_public_key_sid: null });
    expect(await refusal(api.sdk().accounts.v1.credentials.publicKey(made.sid).remove())).toMatchObject({
      gist: "404 20404",
    });
    expect(await keys(made.sid).remove()).toBe(true);
    expect(await refusal(keys(made.sid).fetch())).toMatchObject({ gist: "404 20404" });
  });

  it("may be put into a subaccount, and into nobody else's", async () => {
    const [child, stranger] = [await api.addAccount({ parentSid: api.account.sid }), await api.addAccount()];
    const { publicKey: keys } = api.sdk().accounts.v1.credentials;
    const made = await keys.create({ publicKey: pem.replaceAll("\n", ""), accountSid: child.sid });
    expect(made.accountSid).toBe(child.sid);
    expect(await api.sdk(child).accounts.v1.credentials.publicKey.list()).toHaveLength(1);
    expect((await api.store.publicKeys.fetch(child.sid, made.sid))?.publicKey).toBe(pem);
    expect(await refusal(keys.create({ publicKey: pem, accountSid: stranger.sid }))).toMatchObject({
      gist: "403 20003",
    });
  });

  it.each([
    ["nothing", ""],
    ["no key", "hello"],
    ["a private key", privateKey.export({ type: "pkcs8", format: "pem" }).toString()],
    [
      "a short key",
      generateKeyPairSync("rsa", { modulusLength: 1_024 }).publicKey.export({ type: "spki", format: "pem" }).toString(),
    ],
    ["another algorithm", generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" }).toString()],
    ["rubbish between the lines", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"],
    ["a flood", `-----BEGIN PUBLIC KEY-----${"A".repeat(20_000)}-----END PUBLIC KEY-----`],
  ])("are not %s", async (_what, publicKey) => {
    const refused = await refusal(api.sdk().accounts.v1.credentials.publicKey.create({ publicKey }));
    expect(refused.gist).toBe("400 20422");
    expect(refused.message.length).toBeLessThan(400);
  });

  it("give ciphertext that only the owner opens, as WAV only", async () => {
    const { createCipheriv, publicEncrypt, randomBytes, constants } = await import("node:crypto");
    const [key, iv] = [randomBytes(32), randomBytes(12)];
    const cipher = createCipheriv("aes-256-gcm", key, iv);
    const content = Buffer.concat([cipher.update(DUAL), cipher.final(), cipher.getAuthTag()]);
    const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
    const cek = publicEncrypt({ key: publicKey, ...oaep }, key).toString("base64");
    const keySid = mintSid("CR", randomHex(16));
    const made = await make({ content, encryption: { keySid, cek, iv: iv.toString("base64") } });
    const { encryptionDetails } = await api.sdk().recordings(made.sid).fetch();
    expect(encryptionDetails).toEqual({
      encryption_public_key_sid: keySid,
      encryption_cek: cek,
      encryption_iv: iv.toString("base64"),
    });
    const { bytes } = await get(pathOf(made));
    const opened = privateDecrypt(
      { key: privateKey, ...oaep },
      Buffer.from(encryptionDetails["encryption_cek"], "base64"),
    );
    const decipher = createDecipheriv("aes-256-gcm", opened, Buffer.from(encryptionDetails["encryption_iv"], "base64"));
    decipher.setAuthTag(bytes.subarray(-16));
    expect(Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).equals(DUAL)).toBe(true);
    expect(gist(await get(pathOf(made, ".mp3")))).toBe("400 16109");
    expect(gist(await get(pathOf(made, ".wav?RequestedChannels=1")))).toBe("400 16109");
  });
});

describe("REC-3: the Recordings of a call", () => {
  it("are listed and fetched below it", async () => {
    const made = await make();
    const { recordings } = api.sdk().calls(made.callSid);
    expect(await recordings.list({ dateCreated: new Date("2026-11-18T00:00:00Z") })).toMatchObject([{ sid: made.sid }]);
    expect(await recordings(made.sid).fetch()).toMatchObject({
      callSid: made.callSid,
      source: "Trunking",
      track: "both",
      channels: 2,
      uri: `/2010-04-01/Accounts/${api.account.sid}/Calls/${made.callSid}/Recordings/${made.sid}.json`,
    });
    expect(await refusal(recordings((await make()).sid).fetch())).toMatchObject({ gist: "404 20404" });
    expect(await refusal(recordings("Twilio.CURRENT").fetch())).toMatchObject({ gist: "404 20404" });
  });

  it("cannot be steered by a process that carries no calls", async () => {
    const made = await make({ until: "live" });
    const { recordings } = api.sdk().calls(made.callSid);
    expect(await refusal(recordings(made.sid).update({ status: "paused" }))).toMatchObject({ gist: "503 20503" });
    expect(await recordings("Twilio.CURRENT").fetch()).toMatchObject({ sid: made.sid, status: "in-progress" });
    for (const status of ["completed", "absent", "processing"] as const)
      expect(await refusal(recordings(made.sid).update({ status }))).toMatchObject({ gist: "400 20422" });
  });
});

describe("REC-6, REC-5: what a trunk does with its recordings", () => {
  it("is set on our own surface", async () => {
    const trunk = await api.sdk().trunking.v1.trunks.create({});
    const set = (form: Record<string, string> | string) =>
      api.request("POST", `/trunkline/v1/Trunks/${trunk.sid}`, { form });
    expect((await api.request("GET", `/trunkline/v1/Trunks/${trunk.sid}`)).body).toMatchObject({
      recording_status_callback: null,
      recording_status_callback_method: "POST",
      recording_status_callback_event: ["completed"],
      recording_retention_days: null,
    });
    const url = "https://example.com/recordings";
    expect(
      (
        await set({
          RecordingStatusCallback: url,
          RecordingStatusCallbackMethod: "GET",
          RecordingStatusCallbackEvent: "in-progress,absent",
          RecordingRetentionDays: "30",
        })
      ).body,
    ).toMatchObject({
      recording_status_callback: url,
      recording_status_callback_method: "GET",
      recording_status_callback_event: ["in-progress", "absent"],
      recording_retention_days: 30,
    });
    expect((await set({ RecordingStatusCallback: "", RecordingRetentionDays: "" })).body).toMatchObject({
      recording_status_callback: null,
      recording_retention_days: null,
    });
    for (const [form, code] of [
      [{ RecordingStatusCallback: "ftp://example.com" }, 21205],
      [{ RecordingStatusCallback: "https://user:word@example.com" }, 21205],
      [{ RecordingStatusCallbackMethod: "PUT" }, 20422],
      [{ RecordingStatusCallbackEvent: "started" }, 20422],
      [{ RecordingRetentionDays: "0" }, 20422],
    ] as const)
      expect(await set(form)).toMatchObject({ status: 400, body: { code } });
  });
});
