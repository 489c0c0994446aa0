import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Problem, problemBody } from "./problem.ts";
import { withoutVersion } from "./product.ts";
import type { Answer, Download } from "./route.ts";

/** Sends an answer or a problem; the only place that writes a body. */
export function send(reply: FastifyReply, result: Answer | Problem): FastifyReply {
  if (result instanceof Problem) {
    return reply
      .code(result.status)
      .headers(result.headers)
      .header("X-Twilio-Error-Code", String(result.code))
      .type("application/json")
      .send(problemBody(result));
  }
  reply.code(result.status).headers(result.headers ?? {});
  return result.body === null ? reply.send() : reply.type("application/json").send(result.body);
}

/** Sends a download. @param onFailure told when it breaks off by our fault; all that the client sees of that is a connection cut short */
export function sendDownload(
  reply: FastifyReply,
  { status, contentType, headers, pieces }: Download,
  onFailure: (error: Error) => void,
): FastifyReply {
  reply.code(status).headers(headers).type(contentType);
  // Nothing is opened that nobody reads.
  if (reply.request.method === "HEAD") return reply.send();
  return reply.send(Readable.from(pieces).on("error", onFailure));
}

/** Unknown parameters are accepted, and said so (20001 is a warning). Names are escaped: they come from a stranger. */
export function warnUnknown(reply: FastifyReply, names: readonly string[]): void {
  if (names.length === 0) return;
  const shown = names.slice(0, 10).map((name) => encodeURIComponent(name.slice(0, 64).toWellFormed()));
  reply.header("X-Trunkline-Warning", `20001 Unknown parameters ignored: ${shown.join(", ")}`);
}

/** The path as the client wrote it, without the version prefix of the v1 hosts: how Twilio words a 404 (contract §5.1). */
export function clientPath(request: FastifyRequest): string {
  return withoutVersion(request.originalUrl.replace(/\?.*$/s, ""));
}
