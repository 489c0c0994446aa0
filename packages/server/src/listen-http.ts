import type { Settings } from "./config/settings.ts";
import { hostPort } from "./host-port.ts";

/** The part of Fastify that is needed here. */
type Listener = { listen(on: { host: string; port: number }): Promise<string> };

/** Opens the API's port. Resolves with its base URL; rejects with one line that names the setting, as a taken port is the usual reason. */
export async function listenHttp(app: Listener, { host, port }: Settings["http"]): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    const { code = "unknown reason" } = cause as NodeJS.ErrnoException;
    throw new Error(`TRUNKLINE_HTTP=${hostPort(host, port)}: cannot listen there (${code})`, { cause });
  }
}
