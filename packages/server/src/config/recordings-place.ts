import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseS3Url, type StorageSettings } from "@trunkline/media";
import { SettingError, type Settings } from "./settings.ts";

/** Where recordings are: `dir` where they grow, and `storage` where finished ones are kept. */
export type RecordingsPlace = { readonly dir: string; readonly storage: StorageSettings };

/**
 * What the settings say of recordings. Each edge has a folder of its own: they would repair each other's.
 *
 * @throws `SettingError` with one line; it never contains a secret
 */
export function recordingsPlace({
  dataDir,
  edge,
  recordingsUrl: url,
  s3AccessKeyId: accessKeyId,
  s3SecretAccessKey: secretAccessKey,
  s3Region: region,
}: Settings): RecordingsPlace {
  const dir = resolve(dataDir, "recordings", edge);
  if (url === undefined) return { dir, storage: { kind: "local" } };
  if (url.startsWith("file:")) return { dir: join(folderOf(url), edge), storage: { kind: "local" } };
  if (!url.startsWith("s3:")) throw refusal(url, "write file:///folder or s3://host/bucket");
  const storage = parseS3Url(url, { accessKeyId, secretAccessKey, region });
  if (typeof storage !== "string") return { dir, storage };
  throw refusal(url, `${storage}; key and secret may be in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY too`);
}

/** A URL as it may be shown: everything up to the last `@` hidden, since a secret with a slash in it ends no authority. */
export function withoutLogin(url: string): string {
  return url.replace(/\/\/.*@/s, "//…@");
}

function folderOf(url: string): string {
  // file:relative and file://host/… mean something else to every program.
  if (!/^file:(?:\/\/)?\/[^/]/.test(url) || !URL.canParse(url))
    throw refusal(url, "write file:///folder, with its whole path");
  try {
    return fileURLToPath(url);
  } catch {
    throw refusal(url, "write file:///folder, with its whole path");
  }
}

function refusal(url: string, why: string): SettingError {
  return new SettingError(`TRUNKLINE_RECORDINGS_URL=${withoutLogin(url)}: ${why}`);
}
