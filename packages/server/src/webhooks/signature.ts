import { createHmac } from "node:crypto";

/**
 * `X-Twilio-Signature` of a request with a form: the URL, then each parameter's name and value in order of the names, under the account's
 * auth token (contract §10.2). Every Twilio SDK checks it.
 */
export function twilioSignature(authToken: string, url: string, params: Readonly<Record<string, string>>): string {
  const sorted = Object.keys(params).sort();
  const signed = sorted.reduce((text, name) => `${text}${name}${params[name]}`, url);
  return createHmac("sha1", authToken).update(signed, "utf8").digest("base64");
}
