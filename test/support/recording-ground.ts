import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { RecordingLibrary } from "@trunkline/media";
import { type BegunRecording, type CallRecord, mintSid, type RecordingOutcome } from "@trunkline/trunking";
import { expect } from "vitest";
import { basic, openTestApi, randomHex, type TestAccount, type TestApi } from "./lent-fixtures.ts";

/** When recordings begin unless another time is wanted. */
export const STARTED_MS = Date.parse("2026-11-18T11:06:42.001Z");

/** A WAV file of a saw. */
export function wav(channels: 1 | 2, seconds: number): Buffer {
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
export const DUAL = wav(2, 10);
export const MONO = wav(1, 10);

/** A recording as it was made: `name` is its file's in the storage. */
export type Made = {
  readonly sid: string;
  readonly callSid: string;
  readonly account: TestAccount;
  readonly name: string;
};

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

type Got = { readonly status: number; readonly headers: Headers; readonly bytes: Buffer; readonly code: number };

/** `404 20404`: status and code. */
export const gist = ({ status, code }: Got): string => `${status} ${code}`;
export const messageOf = ({ bytes }: Got): string => (JSON.parse(bytes.toString()) as { message: string }).message;

export const pathOf = ({ account, sid }: Made, suffix = ""): string =>
  `/2010-04-01/Accounts/${account.sid}/Recordings/${sid}${suffix}`;

/** The API over recordings on a disk, made as the edge leaves them. */
export class RecordingGround {
  readonly api: TestApi;
  readonly library: RecordingLibrary;
  /** Of the finished files. */
  readonly dir: string;
  readonly #outage: { away: boolean };
  #complaints = 0;
  #failures = 0;

  static async open(): Promise<RecordingGround> {
    const dir = mkdtempSync(join(tmpdir(), "recording-api-"));
    const library = new RecordingLibrary({ kind: "local" }, dir);
    const outage = { away: false };
    const unlessAway = <T>(ask: () => Promise<T>): Promise<T> =>
      outage.away ? Promise.reject(new Error("connect ECONNREFUSED")) : ask();
    const api = await openTestApi({
      recordingMedia: {
        open: (request) => unlessAway(() => library.open(request)),
        remove: ({ file }) => unlessAway(() => library.remove(file)),
      },
    });
    return new RecordingGround(api, library, dir, outage);
  }

  private constructor(api: TestApi, library: RecordingLibrary, dir: string, outage: { away: boolean }) {
    this.api = api;
    this.library = library;
    this.dir = join(dir, "finished");
    this.#outage = outage;
  }

  /** Stands for what is in front of a storage: a network, a disk. */
  set away(isAway: boolean) {
    this.#outage.away = isAway;
  }

  /** No answer since the last check is against the documents, and so many failed by our fault. */
  check(failures = 0): void {
    const { complaints, failures: all } = this.api;
    expect(complaints.slice(this.#complaints)).toEqual([]);
    expect(all.length - this.#failures).toBe(failures);
    this.#complaints = complaints.length;
    this.#failures = all.length;
  }

  async close(): Promise<void> {
    await this.api.close();
    await this.library.close();
    rmSync(dirname(this.dir), { recursive: true });
  }

  async make(wanted: Wanted = {}): Promise<Made> {
    const { store } = this.api;
    const { account = this.api.account, startedAtMs = STARTED_MS, channels = 2, encryption = null, until } = wanted;
    const [sid, callSid] = [mintSid("RE", randomHex(16)), mintSid("CA", randomHex(16))];
    const begun = { sid, startedAtMs, channels, trim: false, edge: "local" };
    await store.callRecordSink.save([callOf(account, callSid, begun, until !== "live")]);
    const made = { sid, callSid, account, name: `${account.sid}/2026-11/${sid}.wav` };
    if (until === "live" || until === "processing") return made;
    const ended = { sid, accountSid: account.sid, callSid, channels, startedAtMs, interrupted: false };
    if (until === "absent") {
      const why = "it was nothing but silence";
      await store.recordingSink.save({ ...ended, durationMs: 0, state: "absent", why, errorCode: 16102, file: null });
      return made;
    }
    const file = { ...this.#write(made.name, wanted.content ?? (channels === 2 ? DUAL : MONO)), encryption };
    const whole = { state: "completed", why: null, errorCode: null } as const;
    await store.recordingSink.save({ ...ended, ...whole, durationMs: 10_000, file });
    return made;
  }

  async get(
    path: string,
    headers: Record<string, string> = {},
    as: TestAccount | null = this.api.account,
    method = "GET",
  ) {
    const authorization = as === null ? {} : { authorization: basic(as) };
    const response = await fetch(this.api.origin + path, { method, headers: { ...authorization, ...headers } });
    const bytes = Buffer.from(await response.arrayBuffer());
    const code = response.status < 400 ? 0 : (JSON.parse(bytes.toString() || "{}") as { code: number }).code;
    return { status: response.status, headers: response.headers, bytes, code } satisfies Got;
  }

  #write(name: string, content: Buffer): Omit<NonNullable<RecordingOutcome["file"]>, "encryption"> {
    const path = join(this.dir, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return { name, bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
  }
}
