import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** Answers under way when the server closes have so long to be finished: any but a long download. */
const FINISH_WITHIN_MS = 2_000;

/**
 * Makes `app.close()` end in time. By itself Node's server would wait for whoever connected and says nothing (browsers do so in advance)
 * and for downloads as long as their readers take.
 */
export function closeInTime(app: FastifyInstance): void {
  const silent = new Set<Socket>();
  app.server.on("connection", (socket: Socket) => {
    silent.add(socket);
    socket.once("close", () => silent.delete(socket));
  });
  app.server.on("request", ({ socket }, response) => {
    silent.delete(socket);
    response.once("close", () => {
      if (!socket.destroyed) silent.add(socket);
    });
  });
  let limit: NodeJS.Timeout | undefined;
  app.addHook("preClose", async () => {
    for (const socket of silent) socket.destroy();
    limit = setTimeout(() => app.server.closeAllConnections(), FINISH_WITHIN_MS);
  });
  app.addHook("onClose", async () => clearTimeout(limit));
}
