import { dnsNames, type Pair, readPair } from "../pair-file.ts";
import type { AcmeClient, Authorization } from "./acme-client.ts";
import { AcmeProblem, printable, problemOf } from "./acme-problem.ts";
import type { Proof, Prover } from "./prover.ts";

export type OrderParts = {
  readonly client: AcmeClient;
  readonly prover: Prover;
  readonly wallClockMs: () => number;
  /** Told of what does not stand in the way of the certificate. */
  onTrouble(why: string): void;
};

/** Orders a certificate with those names, from the order to the certificate (RFC 8555 §7.1). Rejects with an `AcmeProblem`. */
export async function orderCertificate(names: readonly string[], parts: OrderParts): Promise<Pair> {
  const { client, wallClockMs } = parts;
  const order = await client.order(names);
  await prove(order.authorizations, names, parts);
  const ready = await client.settledOrder(order.url, ["pending"]);
  if (ready.status !== "ready") throw orderProblem(ready);
  const { newRequest } = await import("./csr.ts");
  const { keyPem, csr } = await newRequest(names);
  await client.finalize(ready, csr);
  const done = await client.settledOrder(order.url, ["ready", "processing"]);
  if (done.status !== "valid" || done.certificate === undefined) throw orderProblem(done);
  return checked(await client.certificate(done.certificate), keyPem, names, wallClockMs());
}

/** Has every name proven. What was shown for that is withdrawn, however it ends. */
async function prove(urls: readonly string[], names: readonly string[], parts: OrderParts): Promise<void> {
  const { client, prover, onTrouble } = parts;
  const shown: Proof[] = [];
  try {
    const open: { readonly url: string; readonly challengeUrl: string }[] = [];
    for (const url of urls) {
      const authorization = await client.authorization(url);
      if (authorization.status === "valid") continue;
      const { proof, challengeUrl } = proofFor(authorization, names, parts);
      shown.push(proof);
      await prover.show(proof);
      open.push({ url, challengeUrl });
    }
    for (const { challengeUrl } of open) await client.respond(challengeUrl);
    for (const { url } of open) checkProven(await client.settledAuthorization(url), prover);
  } finally {
    for (const proof of shown) await prover.withdraw(proof).catch((error: Error) => onTrouble(error.message));
  }
}

function proofFor(
  { name, status, challenges }: Authorization,
  names: readonly string[],
  { client, prover }: OrderParts,
): { readonly proof: Proof; readonly challengeUrl: string } {
  // The name becomes part of a record in our DNS and a word on a command line, so it is one of ours or none.
  if (!names.some((one) => one.replace(/^\*\./, "") === name))
    throw new AcmeProblem("malformed", `the ACME server asks about a name that was not ordered: ${printable(name)}`);
  const challenge = challenges.find(({ type }) => type === prover.type);
  if (status !== "pending" || challenge === undefined) {
    const types = challenges.map(({ type }) => type).join(", ");
    throw new AcmeProblem("unproven", printable(`${name}: ${status}; ${prover.type} is not offered, but ${types}`), {
      concerns: "certificate",
    });
  }
  const { token, url } = challenge;
  // RFC 8555 §8.1: base64url; one of less than 128 bits could be guessed.
  if (!/^[A-Za-z0-9_-]{22,200}$/.test(token))
    throw new AcmeProblem("malformed", "the ACME server gave a token that is none");
  return { proof: { name, token, keyAuthorization: `${token}.${client.thumbprint}` }, challengeUrl: url };
}

function checkProven({ name, status, challenges }: Authorization, { type }: Prover): void {
  if (status === "valid") return;
  const { text } = problemOf(challenges.find((one) => one.type === type)?.error);
  throw new AcmeProblem("unproven", `${name} is not proven by ${type}: ${text}`, { concerns: "certificate" });
}

function orderProblem({ status, error }: { readonly status: string; readonly error: unknown }): AcmeProblem {
  const { type, text } = problemOf(error);
  return new AcmeProblem(type, printable(`the order is ${status}: ${text}`), { concerns: "certificate" });
}

/** Never shown: what is not for our key, lacks a name or has ended. */
function checked(certPem: string, keyPem: string, names: readonly string[], nowMs: number): Pair {
  const pair = pairOf(certPem, keyPem);
  const has = dnsNames(pair.certificate);
  const lacking = names.find((name) => !has.includes(name));
  if (lacking !== undefined) throw unusable(`it lacks ${lacking}`);
  if (pair.certificate.validToDate.getTime() <= nowMs) throw unusable("it has ended by our clock");
  return pair;
}

function pairOf(certPem: string, keyPem: string): Pair {
  try {
    return readPair(certPem, keyPem);
  } catch (cause) {
    throw unusable(printable((cause as Error).message), cause);
  }
}

function unusable(why: string, cause?: unknown): AcmeProblem {
  return new AcmeProblem("malformed", `the certificate that came cannot be used: ${why}`, {
    concerns: "certificate",
    cause,
  });
}
