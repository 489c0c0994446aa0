import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { FastifyRequest } from "fastify";

/** Where `scripts/api-parity.mjs` collects what the tests have tried; unset at other times. */
const FOLDER = process.env["API_EVIDENCE"];

/** Notes one answer: which route gave it, to whom, and what the documents said of it. */
export function noteEvidence(
  request: FastifyRequest,
  answer: { readonly status: number; readonly code: string | undefined; readonly checked: boolean },
): void {
  const url = request.routeOptions.url;
  if (FOLDER === undefined || url === undefined) return;
  const bySdk = String(request.headers["user-agent"] ?? "").startsWith("twilio-node/");
  const line = JSON.stringify({ method: request.method, url, bySdk, ...answer });
  appendFileSync(join(FOLDER, `${process.pid}.jsonl`), `${line}\n`);
}
