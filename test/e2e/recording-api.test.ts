import { createDecipheriv, createHash, generateKeyPairSync, privateDecrypt } from "node:crypto";
import { mintSid } from "@trunkline/trunking";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { randomHex, refusal } from "../support/lent-fixtures.ts";
import { DUAL, gist, type Made, messageOf, pathOf, RecordingGround, STARTED_MS } from "../support/recording-ground.ts";

const ground = await RecordingGround.open();
const { api, library } = ground;
const make = (wanted?: Parameters<typeof ground.make>[0]) => ground.make(wanted);
const get = (...asked: Parameters<typeof ground.get>) => ground.get(...asked);

afterEach(() => {
  ground.away = false;
  ground.check();
});
afterAll(() => ground.close());

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
    ground.away = true;
    expect(await refusal(api.sdk().recordings(made.sid).remove())).toEqual({
      gist: "503 20503",
      message: "The storage of the recordings cannot be reached right now. Try again in a few seconds.",
    });
    expect(gist(await get(pathOf(made)))).toBe("503 20503");
    ground.check(2);
    ground.away = false;
    expect((await get(pathOf(made))).bytes.equals(DUAL)).toBe(true);
    expect(await api.sdk().recordings(made.sid).remove()).toBe(true);
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
