import type { Trunk } from "../model.ts";
import { pass, type Ruling, refuse, skip } from "./ruling.ts";
import type { CallRequest } from "./types.ts";

/** SEC-2: signalling of a secure trunk must be TLS (488, 32209). Whether media is, is judged with the offer. */
export function checkSecureTransport(request: CallRequest, trunk: Trunk): Ruling {
  if (!trunk.secure) return skip(request.transport, "The trunk is not secure.", undefined);
  if (request.transport === "tls") return pass(request.transport, "A secure trunk asks for TLS, and this is TLS.");
  return refuse(
    32209,
    request.transport,
    `The trunk is secure; the call came over ${request.transport.toUpperCase()}, not TLS.`,
  );
}
