/** What a `Range` header asks for: `whole` when there is none, or one that need not be understood. */
export type RangeRequest =
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly from: number; readonly to: number }
  /** Nothing of what there is: 416. */
  | { readonly kind: "none" };

const WHOLE: RangeRequest = { kind: "whole" };

/**
 * Reads a `Range` header (RFC 9110 §14.2) about `totalBytes` bytes. One range is answered; a list of them, however long, is not, which §14.2
 * leaves to us: the whole is a right answer to it.
 */
export function readRange(header: string, totalBytes: number): RangeRequest {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.replace(/[ \t]/g, "")) ?? [];
  if (first === "" && last === "") return WHOLE;
  if (first === "") {
    const suffixBytes = Number(last);
    if (suffixBytes === 0 || totalBytes === 0) return { kind: "none" };
    return { kind: "part", from: Math.max(0, totalBytes - suffixBytes), to: totalBytes - 1 };
  }
  const from = Number(first);
  if (last !== "" && Number(last) < from) return WHOLE;
  if (from >= totalBytes) return { kind: "none" };
  return { kind: "part", from, to: last === "" ? totalBytes - 1 : Math.min(Number(last), totalBytes - 1) };
}
