import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";

/** The key that an ACME account is (RFC 8555 §7.3): ECDSA P-256. */
export type AccountKey = {
  /** The public half as a JSON Web Key, its members in the order of RFC 7638 §3.3. */
  readonly jwk: Readonly<Record<"crv" | "kty" | "x" | "y", string>>;
  /** RFC 7638: what proofs of control are tied to this account by. */
  readonly thumbprint: string;
  /** A request's body: a JWS in flattened JSON (RFC 8555 §6.2). @param payload undefined: POST-as-GET (§6.3) */
  signed(header: Readonly<Record<string, unknown>>, payload: unknown): string;
};

const base64url = (text: string): string => Buffer.from(text).toString("base64url");

export function newAccountKeyPem(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** Throws when the text is no such key; no message shows it. */
export function readAccountKey(pem: string): AccountKey {
  const key = createPrivateKey(pem);
  const { crv, kty, x, y } = createPublicKey(key).export({ format: "jwk" });
  if (crv !== "P-256" || kty === undefined || x === undefined || y === undefined)
    throw new Error("it is no ECDSA P-256 key");
  const jwk = { crv, kty, x, y };
  return {
    jwk,
    thumbprint: createHash("sha256").update(JSON.stringify(jwk)).digest("base64url"),
    signed(header, payload) {
      const protectedPart = base64url(JSON.stringify({ alg: "ES256", ...header }));
      const body = payload === undefined ? "" : base64url(JSON.stringify(payload));
      const octets = Buffer.from(`${protectedPart}.${body}`);
      const signature = sign("sha256", octets, { key, dsaEncoding: "ieee-p1363" }).toString("base64url");
      return JSON.stringify({ protected: protectedPart, payload: body, signature });
    },
  };
}
