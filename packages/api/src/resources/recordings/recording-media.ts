import type { Recording } from "@trunkline/store";
import { type Account, accountSettings, isSid, type RecordingFile } from "@trunkline/trunking";
import { whyNotActive } from "../../auth.ts";
import { readRange } from "../../byte-range.ts";
import type { ApiDeps } from "../../deps.ts";
import { optional, wholeNumber } from "../../form.ts";
import type { RecordingMedia } from "../../ports.ts";
import { invalid, Problem, unavailable } from "../../problem.ts";
import { accepts, type Context, Download, type Route } from "../../route.ts";
import { noMediaHere, removeRecording, storageAway } from "./recording-facts.ts";

const PATH = "/Accounts/:accountSid/Recordings/:sid";
const NO_MP3_OF_ENCRYPTED = 16109;
const NOT_DUAL = 16113;

type Format = "wav" | "mp3";

const form = { RequestedChannels: optional(wholeNumber(1, 2)) };

/** The sound of recordings: `.wav`, which is also what a path without a suffix means, and `.mp3` (contract §9, REC-3). */
export const recordingMediaRoutes: readonly Route[] = [
  mediaRoute("wav"),
  mediaRoute("mp3"),
  {
    method: "DELETE",
    product: "api",
    scope: "account",
    path: `${PATH}.wav`,
    summary: "Delete: recording, by its path without a suffix",
    form: {},
    success: { status: 204 },
    run: async (at) => {
      const row = await at.deps.store.recordings.fetch(at.account.sid, at.param("sid"));
      if (row === undefined) return at.missing();
      return (await removeRecording(at, row)) ?? { status: 204, body: null };
    },
  },
];

function mediaRoute(format: Format): Route {
  const operation = accepts(form, (at: Context, { RequestedChannels: channels }) => {
    return give(at, format, channels as 1 | 2 | undefined);
  });
  return {
    method: "GET",
    product: "api",
    scope: "account",
    path: `${PATH}.${format}`,
    summary: `Download: recording as ${format}`,
    form,
    success: { status: 200 },
    openTo,
    run: (at) => operation.run(at, at.query),
  };
}

/** Accounts that said so give their recordings to whoever knows a URL, as Twilio's do at first. */
async function openTo({ store }: ApiDeps, accountSid: string): Promise<Account | undefined> {
  if (!isSid(accountSid, "AC")) return undefined;
  const settings = await store.accountSettings.fetch(accountSid);
  if (accountSettings(accountSid, { accountSettings: () => settings }).mediaAuthRequired) return undefined;
  const account = await store.accounts.fetch(accountSid);
  return account && (await whyNotActive(store, account)) === undefined ? account : undefined;
}

async function give(at: Context, format: Format, requestedChannels: 1 | 2 | undefined): Promise<Download | Problem> {
  const row = await at.deps.store.recordings.fetch(at.account.sid, at.param("sid"));
  if (row === undefined || row.status === "deleted") return at.missing();
  if (row.file === null) return nothingToGive(row);
  if (at.deps.recordingMedia === undefined) return noMediaHere();
  const { file, channels, edge } = row;
  const isAsStored = format === "wav" && (requestedChannels ?? channels) === channels;
  const range = isAsStored ? rangeOf(at, file) : { kind: "whole" as const };
  if (range.kind === "none") {
    const headers = { "Content-Range": `bytes */${file.bytes}` };
    return new Problem(416, 20422, `Range: the recording has ${file.bytes} bytes.`, headers);
  }
  const request = {
    edge,
    file,
    channels,
    format,
    ...(requestedChannels !== undefined && { requestedChannels }),
    ...(range.kind === "part" && { range }),
  };
  await noteAccess(at.deps, row);
  try {
    const opened = await at.deps.recordingMedia.open(request);
    if (opened.kind === "refused") return refusal(row, opened.why);
    return isAsRecorded(opened, file) ? download(row, format, opened, range) : refusal(row, "changed");
  } catch (error) {
    return storageAway(at.deps, error);
  }
}

/** Before the sound is given, since none may be heard that is not told of. Who listens is told once an hour: a player asks for a recording in many parts. */
function noteAccess({ store, nowMs }: ApiDeps, { accountSid, sid, callSid }: Recording): Promise<void> {
  const once = `hour ${Math.floor(nowMs() / 3_600_000)}`;
  return store.audit.note({
    accountSid,
    resourceType: "recording",
    action: "accessed",
    resourceKey: sid,
    parentKey: callSid,
    once,
  });
}

/** A part is given of what the client has the beginning of (`If-Range`, RFC 9110 §13.1.5), or of anything when it does not say. */
function rangeOf(at: Context, file: RecordingFile): ReturnType<typeof readRange> {
  const known = at.header("if-range");
  return known === "" || known === etag(file) ? readRange(at.header("range"), file.bytes) : { kind: "whole" };
}

function etag({ sha256 }: RecordingFile): string {
  return `"${sha256}"`;
}

/** Cheap, and finds what was cut off; who wants to know more compares the SHA-256. */
function isAsRecorded({ totalBytes }: RecordingMedia, { bytes }: RecordingFile): boolean {
  return totalBytes === null || totalBytes === bytes;
}

function download(
  { sid, file }: Recording,
  format: Format,
  { contentType, chunks, lengthBytes, totalBytes }: RecordingMedia,
  range: ReturnType<typeof readRange>,
): Download {
  const isPart = range.kind === "part" && totalBytes !== null;
  return new Download(
    contentType,
    chunks,
    {
      "Content-Disposition": `inline; filename="${sid}.${format}"`,
      // It may be deleted at any time, and is nobody else's to keep.
      "Cache-Control": "private, no-store",
      "Accept-Ranges": totalBytes === null ? "none" : "bytes",
      ...(file !== null && totalBytes !== null && { ETag: etag(file) }),
      ...(lengthBytes !== null && { "Content-Length": String(lengthBytes) }),
      ...(isPart && { "Content-Range": `bytes ${range.from}-${range.to}/${totalBytes}` }),
    },
    isPart ? 206 : 200,
  );
}

function nothingToGive({ sid, status, why }: Recording): Problem {
  if (status === "absent") return new Problem(404, 20404, `Recording ${sid} has no sound: ${why}.`);
  return new Problem(404, 20404, `Recording ${sid} is ${status}: its sound is there when it is completed.`);
}

function refusal({ sid }: Recording, why: "missing" | "changed" | "mono" | "encrypted" | "busy"): Problem {
  switch (why) {
    case "changed":
      return new Problem(
        404,
        20404,
        `The file of recording ${sid} in the storage is not as long as what was recorded.`,
      );
    case "missing":
      return new Problem(404, 20404, `The file of recording ${sid} is not in the storage any more.`);
    case "mono":
      return invalid(`Recording ${sid} has one channel; RequestedChannels=2 is for dual-channel recordings.`, NOT_DUAL);
    case "encrypted":
      return invalid(
        `Recording ${sid} is encrypted: fetch it as .wav with all its channels, and open it with your key.`,
        NO_MP3_OF_ENCRYPTED,
      );
    case "busy":
      return unavailable("Too many recordings are being turned into MP3 right now. Try again in a few seconds.");
    default:
      return why satisfies never;
  }
}
