import type { SipRequest } from "../message/message.ts";
import type { UserAgentOptions } from "./user-agent.types.ts";

/** The option tags of Require that we do not speak: 420 (RFC 3261 §8.2.2.3). A CANCEL is not asked, an ACK cannot be. */
export function unsupportedExtensions(request: SipRequest, options: UserAgentOptions): readonly string[] {
  if (request.header("require") === undefined) return [];
  return request.values("require").filter((tag) => tag !== "" && !options.supported.includes(tag.toLowerCase()));
}
