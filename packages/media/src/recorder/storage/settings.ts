import type { StorageSettings } from "./storage.ts";

const FORM = "s3://KEY:SECRET@HOST[:PORT]/BUCKET[/PREFIX][?region=REGION][&tls=false]";

/**
 * Reads where recordings are to be kept: `s3://KEY:SECRET@HOST/BUCKET[/PREFIX]?region=…`, key and secret percent-encoded; HTTPS
 * unless `tls=false`.
 *
 * @returns a sentence about what is wrong instead; it never contains the secret
 */
export function parseS3Url(text: string): StorageSettings | string {
  if (!URL.canParse(text)) return `not an address of the form ${FORM}`;
  const url = new URL(text);
  if (url.protocol !== "s3:") return `not an address of the form ${FORM}`;
  const [bucket = "", ...prefix] = url.pathname.split("/").filter((segment) => segment !== "");
  if (url.hostname === "" || bucket === "") return `host or bucket is missing: ${FORM}`;
  if (url.username === "" || url.password === "") return `key or secret is missing: ${FORM}`;
  const accessKeyId = decoded(url.username);
  const secretAccessKey = decoded(url.password);
  if (accessKeyId === null || secretAccessKey === null) return "key and secret must be percent-encoded";
  const scheme = url.searchParams.get("tls") === "false" ? "http" : "https";
  return {
    kind: "s3",
    endpoint: `${scheme}://${url.host}/${bucket}`,
    region: url.searchParams.get("region") ?? "auto",
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
