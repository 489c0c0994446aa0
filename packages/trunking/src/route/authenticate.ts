import type { DirectoryReader } from "../directory/directory.types.ts";
import type { Proof } from "../limits/claims.ts";
import type { Trunk } from "../model.ts";
import { checkAcl } from "./acl.ts";
import { checkAuthentication } from "./authentication.ts";
import { checkClientCertificate } from "./client-certificate.ts";
import { checkDigest } from "./digest.ts";
import type { Challenged, Refused, Trail } from "./ruling.ts";
import type { CallRequest, Facts } from "./types.ts";

/** What came of asking a caller to prove who it is. `proved`: a refused caller had the right address or certificate, but not the rest. */
export type Authentication =
  | { readonly kind: "authentic"; readonly proof: Proof }
  | { readonly kind: "refused"; readonly refusal: Refused; readonly proved: boolean }
  | { readonly kind: "challenged"; readonly challenge: Challenged };

/**
 * TERM-2 in the order of contract §8.2: an address that is not listed is refused on the first INVITE, before any challenge, so that
 * strangers cannot try passwords; so is a peer without the certificate that the trunk asks for.
 */
export function authenticate(
  request: CallRequest,
  trunk: Trunk,
  directory: DirectoryReader,
  facts: Facts,
  trail: Trail,
): Authentication {
  const configured = trail.note("termination.authentication", checkAuthentication(trunk, directory));
  if (configured.kind === "refuse") return { kind: "refused", refusal: configured, proved: false };
  const acl = trail.note("termination.acl", checkAcl(request, trunk, directory));
  if (acl.kind === "refuse") return { kind: "refused", refusal: acl, proved: false };
  const certificate = checkClientCertificate(request, trunk, directory, facts);
  if (certificate) trail.note("termination.client-certificate", certificate);
  if (certificate?.kind === "refuse") return { kind: "refused", refusal: certificate, proved: acl.found !== null };
  const digest = trail.note("termination.digest", checkDigest(request, trunk, directory, facts));
  if (digest.kind === "challenge") return { kind: "challenged", challenge: digest };
  if (digest.kind === "refuse")
    return { kind: "refused", refusal: digest, proved: acl.found !== null || certificate?.kind === "pass" };
  const proof = { sourceAddress: request.sourceAddress, ipAddressSid: acl.found, credentialSid: digest.found };
  return { kind: "authentic", proof };
}
