import type { createApi } from "@trunkline/api";
import type { Acme } from "./open-acme.ts";

/**
 * Adds what an ACME server asks for when it checks a name by http-01 (RFC 8555 §8.3). Without credentials: it is for anybody to see, and
 * says nothing that was not asked for by a token which only the server has.
 */
export function addAcmeAnswers(app: ReturnType<typeof createApi>, acme: Pick<Acme, "answerTo">): void {
  app.get<{ Params: { token: string } }>("/.well-known/acme-challenge/:token", (request, reply) => {
    const answer = acme.answerTo(request.params.token);
    if (answer === undefined) return reply.code(404).type("text/plain").send("no such challenge\n");
    return reply.type("application/octet-stream").send(answer);
  });
}
