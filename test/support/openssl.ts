import { spawn } from "node:child_process";
import { once } from "node:events";

/** Everything that `openssl s_client` says about a handshake with a server, and what it heard after saying `input`. */
export async function sClient(host: string, port: number, options: readonly string[], input = ""): Promise<string> {
  const args = ["s_client", "-connect", `${host}:${port}`, ...options];
  const child = spawn("openssl", args, { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  child.stdin.on("error", () => undefined); // it may end without listening
  child.stdin.end(input);
  await once(child, "close");
  return said;
}
