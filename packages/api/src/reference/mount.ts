import type { FastifyInstance } from "fastify";
import { mountedPath } from "../mount.ts";
import { openApiDocument } from "../openapi.ts";
import { VERSION_PREFIX } from "../product.ts";
import type { Route } from "../route.ts";
import { type Document, REFERENCE_POLICY, referencePage } from "./page.ts";

/** Serves the description of our own surface to everyone (API-4): `openapi.json` for programs, `reference` for people. */
export function mountReference(app: FastifyInstance, routes: readonly Route[]): void {
  const document = openApiDocument(routes);
  const at = (name: string) => mountedPath("trunkline", `${VERSION_PREFIX.trunkline}/${name}`);
  app.get(at("openapi.json"), (_request, reply) => reply.send(document));
  app.get(at("reference"), (request, reply) =>
    reply
      .type("text/html; charset=utf-8")
      .headers({ "Content-Security-Policy": REFERENCE_POLICY, "X-Content-Type-Options": "nosniff" })
      .send(referencePage(document as Document, `${request.protocol}://${request.host}`)),
  );
}
