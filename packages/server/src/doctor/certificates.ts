import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Check, type Finding, fail, ok, warn, whyOf } from "./finding.ts";

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;

/** The certificate that callers over TLS are shown: valid, for our names, with its key. */
export const certificate: Check = async ({ settings }) => {
  const { tlsCert, tlsKey, acmeDirectory, dataDir, zone } = settings;
  if (tlsCert !== undefined && tlsKey !== undefined) return operatorCertificate(tlsCert, tlsKey, zone);
  const ca = join(dataDir, "certificates", "ca.pem");
  const findings = existsSync(ca)
    ? [
        validity(
          ca,
          "stop the platform, delete the folder of certificates, start it, and import the new ca.pem in every PBX",
        ),
      ]
    : [ok("certificate", "the installation makes its own at the first start")];
  if (acmeDirectory !== undefined)
    findings.push(ok("certificate", `others come from ${new URL(acmeDirectory).host}; /readyz tells of trouble`));
  else
    findings.push(
      warn(
        "certificate",
        "PBXs have to import our own root certificate (/ca.pem) to trust it",
        "or set TRUNKLINE_ACME_DIRECTORY, or TRUNKLINE_TLS_CERT and TRUNKLINE_TLS_KEY",
      ),
    );
  return findings;
};

function operatorCertificate(certPath: string, keyPath: string, zone: string): readonly Finding[] {
  const valid = validity(certPath, "renew it; the file is watched, nothing needs a restart");
  if (valid.level === "fail") return [valid];
  const cert = new X509Certificate(readFileSync(certPath));
  const findings = [valid];
  const name = `office.pstn.${zone}`;
  if (cert.checkHost(name) === undefined) {
    findings.push(
      fail("certificate", `${certPath} is not for ${name}, as a trunk could be called`, `get one for *.pstn.${zone}`),
    );
  }
  try {
    const fits = cert.checkPrivateKey(createPrivateKey(readFileSync(keyPath)));
    if (!fits)
      findings.push(fail("certificate", `${keyPath} is not the key of ${certPath}`, "correct TRUNKLINE_TLS_KEY"));
  } catch (error) {
    findings.push(fail("certificate", `${keyPath} cannot be used (${whyOf(error)})`, "correct TRUNKLINE_TLS_KEY"));
  }
  return findings;
}

function validity(path: string, remedy: string): Finding {
  try {
    const { validFromDate, validToDate } = new X509Certificate(readFileSync(path));
    const days = Math.floor((validToDate.getTime() - Date.now()) / DAY_MS);
    if (validFromDate.getTime() > Date.now()) {
      return fail("certificate", `${path} is valid only from ${validFromDate.toISOString()}`, "check the clock");
    }
    if (days < 0) return fail("certificate", `${path} ended ${-days} days ago`, remedy);
    if (days < SOON_DAYS) return warn("certificate", `${path} ends in ${days} days`, remedy);
    return ok("certificate", `${path} is valid for ${days} more days`);
  } catch (error) {
    return fail("certificate", `${path} cannot be read (${whyOf(error)})`, remedy);
  }
}
