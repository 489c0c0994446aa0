import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { listenHttp } from "./listen-http.ts";

it("a taken API port is told of by the name of its setting (interface §2)", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const { port } = holder.address() as AddressInfo;
  const app = {
    listen: async (on: { host: string; port: number }): Promise<string> => {
      await once(createServer().listen(on), "listening");
      return "http://never";
    },
  };
  await expect(listenHttp(app, { host: "127.0.0.1", port })).rejects.toThrow(
    `TRUNKLINE_HTTP=127.0.0.1:${port}: cannot listen there (EADDRINUSE)`,
  );
  holder.close();
});
