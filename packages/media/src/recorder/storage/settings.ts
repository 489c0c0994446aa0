import type { StorageSettings } from "./storage.ts";

const FORM = "s3://[KEY:SECRET@]HOST[:PORT]/BUCKET[/PREFIX][?region=REGION][&tls=false]";

/** What holds where the URL does not say it. */
export type S3Defaults = {
  readonly accessKeyId: string | undefined;
  readonly secretAccessKey: string | undefined;
  readonly region: string | undefined;
};

/**
 * Reads where recordings are to be kept: `s3://HOST/BUCKET[/PREFIX]?region=…`, with `KEY:SECRET@` before the host, percent-encoded, or from
 * the defaults; HTTPS unless `tls=false`.
 *
 * @returns a sentence about what is wrong instead; it never contains the secret
 */
export function parseS3Url(text: string, defaults: S3Defaults): StorageSettings | string {
  if (!URL.canParse(text)) return `not an address of the form ${FORM}`;
  const url = new URL(text);
  if (url.protocol !== "s3:") return `not an address of the form ${FORM}`;
  const [bucket = "", ...prefix] = url.pathname.split("/").filter((segment) => segment !== "");
  if (url.hostname === "" || bucket === "") return `host or bucket is missing: ${FORM}`;
  const hasOwn = url.username !== "" || url.password !== "";
  const accessKeyId = hasOwn ? decoded(url.username) : (defaults.accessKeyId ?? "");
  const secretAccessKey = hasOwn ? decoded(url.password) : (defaults.secretAccessKey ?? "");
  if (accessKeyId === "" || secretAccessKey === "") return `key or secret is missing: ${FORM}`;
  if (accessKeyId === null || secretAccessKey === null) return "key and secret must be percent-encoded";
  const scheme = url.searchParams.get("tls") === "false" ? "http" : "https";
  return {
    kind: "s3",
    endpoint: `${scheme}://${url.host}/${bucket}`,
    region: url.searchParams.get("region") ?? defaults.region ?? "auto",
    accessKeyId,
    secretAccessKey,
    prefix: prefix.length === 0 ? "" : `${prefix.join("/")}/`,
  };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
