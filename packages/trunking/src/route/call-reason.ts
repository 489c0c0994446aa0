import { pass, quoted, type Ruling, refuse } from "./ruling.ts";
import type { CallRequest } from "./types.ts";

/** Shown to the called party beside the caller's name. */
export const CALL_REASON_HEADER = "X-Branded-CallReason";

/** Contract §8.4. */
const MAX_CHARACTERS = 50;

/** Contract §8.4: the reason of a branded call is at most 50 characters (400, 32115). Undefined when there is none. Found: its text. */
export function checkCallReason({ headers = [] }: CallRequest): Ruling<string> | undefined {
  const reason = headers.find(([name]) => name.toLowerCase() === CALL_REASON_HEADER.toLowerCase())?.[1];
  if (reason === undefined) return undefined;
  if (reason.length <= MAX_CHARACTERS) return pass(reason, "The call reason goes to the carrier.", reason);
  const detail = `The call reason has ${reason.length} characters; at most ${MAX_CHARACTERS} are allowed.`;
  return refuse(32115, quoted(reason), detail);
}
