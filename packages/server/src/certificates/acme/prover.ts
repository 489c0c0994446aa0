import { createHash } from "node:crypto";
import type { HookRun } from "./dns-hook.ts";

/** What a server looks for to see that a name is ours (RFC 8555 §8.1). */
export type Proof = {
  /** Without `*.`. */
  readonly name: string;
  readonly token: string;
  /** The token and our account key's thumbprint. */
  readonly keyAuthorization: string;
};

/** One of the ways to prove control of a name (RFC 8555 §8). */
export type Prover = {
  readonly type: "http-01" | "dns-01";
  /** Resolves when the proof can be seen from outside. */
  show(proof: Proof): Promise<void>;
  withdraw(proof: Proof): Promise<void>;
};

/** Proof by an answer at `http://{name}/.well-known/acme-challenge/{token}` (RFC 8555 §8.3). */
export class HttpProver implements Prover {
  readonly type = "http-01";
  readonly #shown = new Map<string, string>();

  /** What is answered there; undefined: nothing. */
  answerTo(token: string): string | undefined {
    return this.#shown.get(token);
  }

  async show({ token, keyAuthorization }: Proof): Promise<void> {
    this.#shown.set(token, keyAuthorization);
  }

  async withdraw({ token }: Proof): Promise<void> {
    this.#shown.delete(token);
  }
}

/** Proof by a TXT record at `_acme-challenge.{name}` (RFC 8555 §8.4), which the operator's program sets and takes away. */
export class DnsProver implements Prover {
  readonly type = "dns-01";
  readonly #run: HookRun;

  constructor(run: HookRun) {
    this.#run = run;
  }

  show(proof: Proof): Promise<void> {
    return this.#run("add", ...recordOf(proof));
  }

  withdraw(proof: Proof): Promise<void> {
    return this.#run("remove", ...recordOf(proof));
  }
}

function recordOf({ name, keyAuthorization }: Proof): [name: string, value: string] {
  return [`_acme-challenge.${name}`, createHash("sha256").update(keyAuthorization).digest("base64url")];
}
