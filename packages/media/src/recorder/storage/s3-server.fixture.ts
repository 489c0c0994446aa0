import { mkdtempSync, rmSync } from "node:fs";
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
// @ts-expect-error it has no types of its own
import S3rver from "s3rver";
import type { S3Settings } from "./s3.ts";

type PutObject = (object: { readonly bucket: string; readonly key: string }) => Promise<{ readonly size: number }>;
type Server = {
  readonly store: { putObject: PutObject; getResourcePath(bucket: string, key: string, resource: string): string };
  run(): Promise<{ readonly port: number }>;
  close(): Promise<void>;
};

/** A real S3 server on this machine, which can go away and come back with what it has. It checks the key's id, not the signature. */
export class S3Server {
  readonly #dir = mkdtempSync(join(tmpdir(), "s3-"));
  #server: Server | undefined;
  #port = 0;

  async start(): Promise<void> {
    const options = { address: "127.0.0.1", port: this.#port, silent: true, directory: this.#dir };
    const server: Server = new S3rver({ ...options, configureBuckets: [{ name: "recordings" }] });
    answerWhenWritten(server);
    this.#server = server;
    this.#port = (await server.run()).port;
  }

  get settings(): S3Settings {
    return {
      endpoint: `http://127.0.0.1:${this.#port}/recordings`,
      region: "us-east-1",
      accessKeyId: "S3RVER",
      secretAccessKey: "S3RVER",
      prefix: "calls/",
    };
  }

  async stop(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.#dir, { recursive: true });
  }
}

/** It answers a PUT when it has read the body; whoever reads the object back at once would find a file that is not yet written. */
function answerWhenWritten({ store }: Server): void {
  const putObject = store.putObject.bind(store);
  store.putObject = async (object) => {
    const result = await putObject(object);
    const path = store.getResourcePath(object.bucket, object.key, "object");
    while ((await stat(path)).size < result.size) await new Promise((resume) => setImmediate(resume));
    return result;
  };
}
