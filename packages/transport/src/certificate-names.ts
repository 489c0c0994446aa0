import type { X509Certificate } from "node:crypto";

/** One subject alternative name: `{ kind: "DNS", value: "pbx.example.com" }`. */
type AlternativeName = { readonly kind: string; readonly value: string };

/**
 * An entry as Node writes it. A value that could be taken for several entries is a JSON string, and only such a value holds a comma
 * (CVE-2021-44532), so cutting at commas would believe a certificate for `x, DNS:victim.example`.
 */
const ENTRY = /([A-Za-z][A-Za-z0-9 ]*):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y;

/** Takes Node's text of the subject alternative names apart; what follows an entry that cannot be read is left out. */
export function alternativeNames(text: string | undefined): readonly AlternativeName[] {
  const names: AlternativeName[] = [];
  const entry = new RegExp(ENTRY);
  for (let found = entry.exec(text ?? ""); found; found = entry.exec(text ?? "")) {
    const [whole, kind = "", written = ""] = found;
    if (whole === "") break;
    names.push({ kind, value: written.startsWith('"') ? unquoted(written) : written });
  }
  return names;
}

/**
 * Host names a certificate is for, in lower case: its DNS names and the domains of its SIP URIs (RFC 5922 §7.1); of one that has no
 * alternative names at all, its common name.
 */
export function namesOf(certificate: X509Certificate): readonly string[] {
  const alternatives = alternativeNames(certificate.subjectAltName);
  if (alternatives.length === 0) return commonNames(certificate).map((name) => name.toLowerCase());
  return alternatives.flatMap(({ kind, value }) => {
    const name = kind === "DNS" ? value : kind === "URI" ? /^sip:([^@;?:]+)$/i.exec(value)?.[1] : undefined;
    return name === undefined ? [] : [name.toLowerCase()];
  });
}

function commonNames(certificate: X509Certificate): readonly string[] {
  const name: unknown = certificate.toLegacyObject().subject?.CN;
  return [name].flat().filter((one) => typeof one === "string");
}

function unquoted(written: string): string {
  try {
    return String(JSON.parse(written));
  } catch {
    return "";
  }
}
