import type { SipRequest } from "../message/message.ts";
import type { UserAgentOptions } from "./user-agent.types.ts";

/** Spoken by our client half only: we answer reliable provisional responses, but send none. */
const CLIENT_ONLY: ReadonlySet<string> = new Set(["100rel"]);

/** The option tags of Require that we do not speak: 420 (RFC 3261 §8.2.2.3). A CANCEL is not asked, an ACK cannot be. */
export function unsupportedExtensions(request: SipRequest, options: UserAgentOptions): readonly string[] {
  if (request.header("require") === undefined) return [];
  return request.values("require").filter((tag) => !isSpoken(tag.toLowerCase(), options));
}

function isSpoken(tag: string, options: UserAgentOptions): boolean {
  return tag === "" || (options.supported.includes(tag) && !CLIENT_ONLY.has(tag));
}
