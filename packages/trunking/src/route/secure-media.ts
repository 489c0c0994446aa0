import type { Trunk } from "../model.ts";
import { pass, type Ruling, refuse } from "./ruling.ts";
import type { CallRequest } from "./types.ts";

/**
 * SEC-2: a secure trunk takes SRTP only (32208), another one RTP only (32207). Undefined when the offer is not known yet (it may come in
 * the 200), or has no audio to judge.
 */
export function checkSecureMedia({ media }: CallRequest, trunk: Trunk): Ruling | undefined {
  if (!media || media.kind === "none") return undefined;
  const offered = `${media.kind.toUpperCase()} offered`;
  if (trunk.secure && media.kind === "rtp")
    return refuse(32208, offered, "The trunk is secure; plain RTP was offered.");
  if (!trunk.secure && media.kind === "srtp")
    return refuse(32207, offered, "The trunk is not secure; SRTP was offered.");
  return pass(
    offered,
    trunk.secure ? "A secure trunk asks for SRTP." : "The trunk is not secure, and neither is the media.",
  );
}
