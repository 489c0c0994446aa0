import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { createApi } from "@trunkline/api";
import type { FastifyReply, FastifyRequest } from "fastify";

type Api = ReturnType<typeof createApi>;

/** Where the console's room puts what it builds. */
const BUILT = fileURLToPath(new URL("../../console/dist", import.meta.url));

/**
 * What the console's pages may load and be loaded by: nothing of anybody else's. Inline styles are Mantine's, which writes its variables and
 * sizes into the page; scripts are files of ours alone, so that markup which found its way into a page would still do nothing.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "Content-Security-Policy": POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
};

/**
 * Serves the console at `/console`, to which `/` leads. Files whose name has a hash of their content are kept by browsers for a year; the page
 * that names them is asked for each time, so that a new version is seen at once. Any other path below it is a page of the console's own
 * and gets that page, unless it looks like a file.
 */
export function addConsole(app: Api, folder: string = BUILT): void {
  if (!existsSync(folder)) return;
  app.register(fastifyStatic, {
    root: folder,
    prefix: "/console/",
    index: false,
    // One route per file, so that what is no file can be a page.
    wildcard: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isNamedByContent = path.includes("/assets/");
      reply.headers({
        ...HEADERS,
        "Cache-Control": isNamedByContent ? "public, max-age=31536000, immutable" : "no-cache",
      });
    },
  });
  const home = async (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    reply.redirect("/console/");
  app.get("/", home);
  app.get("/console", home);
  app.get("/console/*", async (request, reply) =>
    /\.\w+$/.test(request.url) ? reply.callNotFound() : reply.sendFile("index.html"),
  );
}
