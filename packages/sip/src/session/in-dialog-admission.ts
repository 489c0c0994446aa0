import { acceptCSeq, type Dialog } from "../dialog/dialog.ts";
import type { SipRequest } from "../message/message.ts";
import type { HeaderLine } from "../message/write.ts";
import { ACCEPTED_BODIES, isBodyUnderstood } from "./body.ts";
import { tooSmall } from "./session-expires.ts";
import { capabilities, type Stack } from "./stack.ts";
import { unsupportedExtensions } from "./unsupported.ts";

export type InDialogAdmission =
  /** With the number of the request in it. */
  | { readonly kind: "take"; readonly dialog: Dialog }
  | {
      readonly kind: "refuse";
      readonly status: number;
      readonly reason: string;
      readonly headers?: readonly HeaderLine[];
    };

/** Methods whose body is a session description or nothing; what is in others is their user's business. */
const DESCRIBING: ReadonlySet<string> = new Set(["INVITE", "UPDATE", "PRACK"]);

/** Methods that refresh a session (RFC 4028 §3). */
const REFRESHING: ReadonlySet<string> = new Set(["INVITE", "UPDATE"]);

/**
 * CSeq, Require, method, body and session interval of a request inside a dialog (RFC 3261 §12.2.2, §8.2; RFC 4028 §9), in that
 * order. A BYE is refused for an old CSeq only: whatever else is wrong with it, the call is over.
 */
export function admitInDialog(
  dialog: Dialog,
  request: SipRequest,
  isOpen: boolean,
  { options, timerPolicy }: Pick<Stack, "options" | "timerPolicy">,
): InDialogAdmission {
  const { method } = request;
  const isBye = method === "BYE";
  if (!isOpen && !isBye) return { kind: "refuse", status: 481, reason: "Call/Transaction Does Not Exist" };
  const next = acceptCSeq(dialog, request.cseq.number);
  if (next === undefined) return { kind: "refuse", status: 500, reason: "Server Internal Error" };
  if (isBye) return { kind: "take", dialog: next };
  const unsupported = unsupportedExtensions(request, options);
  if (unsupported.length > 0) {
    return { kind: "refuse", status: 420, reason: "Bad Extension", headers: [["Unsupported", unsupported.join(", ")]] };
  }
  if (!options.allow.includes(method)) {
    return { kind: "refuse", status: 405, reason: "Method Not Allowed", headers: capabilities(options) };
  }
  if (DESCRIBING.has(method) && !isBodyUnderstood(request)) {
    return { kind: "refuse", status: 415, reason: "Unsupported Media Type", headers: ACCEPTED_BODIES };
  }
  const minimum = REFRESHING.has(method) ? tooSmall(request, timerPolicy) : undefined;
  if (minimum !== undefined) {
    return { kind: "refuse", status: 422, reason: "Session Interval Too Small", headers: minimum };
  }
  return { kind: "take", dialog: next };
}
