/** Text of somebody else's that is shown in our log. */
const SHOWN_MAX = 300;

/** Whom a failure keeps waiting: the certificate that was ordered, or all, because the next order would fail alike. */
type Concerns = "certificate" | "all";

/** Refusals that are about the names ordered (RFC 8555 §6.7), so that an order for others may well succeed. */
const ABOUT_NAMES: ReadonlySet<string> = new Set([
  "badCSR",
  "caa",
  "connection",
  "dns",
  "incorrectResponse",
  "rejectedIdentifier",
  "tls",
  "unsupportedIdentifier",
]);

/** Why an order came to nothing. `message` is one line for the operator; there are no keys or tokens in it. */
export class AcmeProblem extends Error {
  readonly code = "ERR_ACME";
  /** The last part of the server's error URN (RFC 8555 §6.7), or a word of ours. */
  readonly type: string;
  readonly concerns: Concerns;
  /** The server wants to be left alone until then, epoch milliseconds (RFC 8555 §6.6). */
  readonly retryAtMs: number | undefined;

  constructor(
    type: string,
    message: string,
    { concerns, retryAtMs, cause }: { concerns?: Concerns; retryAtMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? {} : { cause });
    this.type = type;
    this.concerns = concerns ?? (ABOUT_NAMES.has(type) ? "certificate" : "all");
    this.retryAtMs = retryAtMs;
  }
}

/** A server's problem document (RFC 7807, RFC 8555 §6.7.1) in one line, and its type. Whatever it is, this never throws. */
export function problemOf(document: unknown): { readonly type: string; readonly text: string } {
  const { type, detail, subproblems } = asObject(document);
  const parts = Array.isArray(subproblems) ? subproblems.slice(0, 5).map(subproblemText) : [];
  const short = String(type ?? "unexpected").replace(/^.*:/, "");
  return {
    type: short,
    text: printable([short, String(detail ?? ""), ...parts].filter((one) => one !== "").join("; ")),
  };
}

function subproblemText(subproblem: unknown): string {
  const { identifier, detail } = asObject(subproblem);
  return `${String(asObject(identifier)["value"] ?? "")}: ${String(detail ?? "")}`;
}

/** Somebody else's text, fit for a line of the log. */
export function printable(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
    .trim()
    .slice(0, SHOWN_MAX);
}

export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
