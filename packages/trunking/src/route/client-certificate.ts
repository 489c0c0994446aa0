import type { DirectoryReader } from "../directory/directory.types.ts";
import type { Trunk } from "../model.ts";
import { info, pass, type Ruling, refuse } from "./ruling.ts";
import type { CallRequest, Facts } from "./types.ts";

/**
 * SEC-6: a trunk that names its peers takes calls only over TLS connections whose certificate bears one of the names (403). A certificate is
 * a credential like others, so 32202 it is; which one was missing is the customer's to read, in the trace.
 *
 * Undefined: the trunk asks for none.
 */
export function checkClientCertificate(
  { transport, peerCertificateNames, peerCertificateProblem }: CallRequest,
  trunk: Trunk,
  directory: DirectoryReader,
  { digestAssumed }: Pick<Facts, "digestAssumed">,
): Ruling | undefined {
  const wanted = directory.trunkTls(trunk.sid)?.clientNames ?? [];
  if (wanted.length === 0) return undefined;
  const names = wanted.join(", ");
  if (transport !== "tls") {
    return refuse(
      32202,
      transport,
      `The trunk asks for a certificate for ${names}, which only a TLS connection can show.`,
    );
  }
  if (digestAssumed) return info("dry run", "The right certificate is taken for granted.", undefined);
  if (!peerCertificateNames) {
    const why =
      peerCertificateProblem ?? "it was not asked for one: the connection must be opened to the trunk's own name (SNI)";
    return refuse(
      32202,
      "no valid certificate",
      `The trunk asks for a certificate for ${names}; of the peer's, ${why}.`,
    );
  }
  const shown = peerCertificateNames.join(", ");
  const match = wanted.find((name) => peerCertificateNames.includes(name.toLowerCase()));
  if (match === undefined) return refuse(32202, shown, `The peer's certificate bears none of the names ${names}.`);
  return pass(shown, `The peer's certificate bears the name ${match}.`);
}
