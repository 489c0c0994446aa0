import { setTimeout as delay } from "node:timers/promises";
import type { AccountKey } from "./account-key.ts";
import { AcmeProblem, asObject, printable, problemOf } from "./acme-problem.ts";
import type { AcmeAnswer, AcmeWeb } from "./acme-web.ts";
import { retryAtMs } from "./retry-after.ts";

/** RFC 8555 §6.5: a refused nonce comes with a good one, so this many refusals in a row are the server's fault. */
const NONCE_TRIES = 10;
const POLL_MS = 1_000;
const POLL_LONGEST_MS = 15_000;
/** For one authorization or order to be settled, counted from the first look at it. */
const SETTLE_WITHIN_MS = 5 * 60_000;

/** RFC 8555 §7.1.3. */
export type Order = {
  readonly url: string;
  readonly status: string;
  readonly authorizations: readonly string[];
  readonly finalize: string;
  /** Where the certificate is, once the order is valid. */
  readonly certificate: string | undefined;
  /** Why it is invalid, if it is. */
  readonly error: unknown;
};

type Challenge = { readonly type: string; readonly url: string; readonly token: string; readonly error: unknown };

/** RFC 8555 §7.1.4. Of a wildcard, the name is the part behind `*.`. */
export type Authorization = {
  readonly status: string;
  readonly name: string;
  readonly challenges: readonly Challenge[];
};

export type AcmeClientParts = {
  readonly directoryUrl: string;
  readonly email: string | undefined;
  readonly key: AccountKey;
  readonly web: AcmeWeb;
  /** Ends everything, whatever it waits for. */
  readonly signal: AbortSignal;
  readonly wallClockMs: () => number;
};

/**
 * The client's side of RFC 8555: one account, orders, authorizations, certificates. Rejects with `AcmeProblem`. What a server answers is
 * checked for its form here; whose names it speaks of, elsewhere.
 */
export class AcmeClient {
  readonly #parts: AcmeClientParts;
  #directory: Readonly<Record<string, unknown>> | undefined;
  #accountUrl: string | undefined;
  #nonce: string | undefined;

  constructor(parts: AcmeClientParts) {
    this.#parts = parts;
  }

  /** Of this account, for proofs of control. */
  get thumbprint(): string {
    return this.#parts.key.thumbprint;
  }

  async order(names: readonly string[]): Promise<Order> {
    await this.#register();
    const identifiers = names.map((value) => ({ type: "dns", value }));
    const answer = await this.#post(await this.#resource("newOrder"), { identifiers });
    const order = orderOf(answer, answer.header("location"));
    if (order.authorizations.length > names.length) throw malformed("more authorizations than names were ordered");
    return order;
  }

  async authorization(url: string): Promise<Authorization> {
    return authorizationOf(await this.#post(url));
  }

  /** Has the server look at a proof. */
  async respond(challengeUrl: string): Promise<void> {
    await this.#post(challengeUrl, {});
  }

  /** Resolves when the authorization is decided upon. */
  settledAuthorization(url: string): Promise<Authorization> {
    return this.#settled(url, authorizationOf, ["pending"]);
  }

  /** Resolves when the order is in none of those states any more. */
  settledOrder(url: string, passing: readonly string[]): Promise<Order> {
    return this.#settled(url, (answer) => orderOf(answer, url), passing);
  }

  /** @param csr DER */
  async finalize({ finalize }: Order, csr: Buffer): Promise<void> {
    await this.#post(finalize, { csr: csr.toString("base64url") });
  }

  /** PEM, the certificate itself first, its chain behind it. */
  async certificate(url: string): Promise<string> {
    return (await this.#post(url)).text;
  }

  /** Makes the account, or finds it (RFC 8555 §7.3.1). The operator agreed to the terms by naming the server. */
  async #register(): Promise<void> {
    if (this.#accountUrl !== undefined) return;
    const { email } = this.#parts;
    const url = await this.#resource("newAccount");
    if (asObject(this.#directory?.["meta"])["externalAccountRequired"] === true) {
      throw new AcmeProblem(
        "externalAccountRequired",
        "the ACME server wants accounts bound to a customer's (EAB), which is not supported",
      );
    }
    const answer = await this.#post(url, {
      termsOfServiceAgreed: true,
      ...(email === undefined ? {} : { contact: [`mailto:${email}`] }),
    });
    const accountUrl = answer.header("location");
    if (accountUrl === undefined) throw malformed("an account without an address");
    this.#accountUrl = accountUrl;
  }

  async #settled<T extends { readonly status: string }>(
    url: string,
    read: (answer: AcmeAnswer) => T,
    passing: readonly string[],
  ): Promise<T> {
    const { signal, wallClockMs } = this.#parts;
    const deadlineMs = performance.now() + SETTLE_WITHIN_MS;
    for (let waitMs = POLL_MS; ; waitMs = Math.min(2 * waitMs, POLL_LONGEST_MS)) {
      const answer = await this.#post(url);
      const found = read(answer);
      if (!passing.includes(found.status)) return found;
      const wantedMs = (retryAtMs(answer.header("retry-after"), wallClockMs()) ?? 0) - wallClockMs();
      const untilMs = performance.now() + Math.max(waitMs, wantedMs);
      if (untilMs > deadlineMs)
        throw new AcmeProblem("slow", `still ${found.status} after ${SETTLE_WITHIN_MS / 60_000} minutes`);
      await delay(untilMs - performance.now(), undefined, { signal });
    }
  }

  /** @param payload undefined: POST-as-GET */
  async #post(url: string, payload?: unknown): Promise<AcmeAnswer> {
    const { key, web, signal } = this.#parts;
    const who = this.#accountUrl === undefined ? { jwk: key.jwk } : { kid: this.#accountUrl };
    for (let tries = 1; ; tries += 1) {
      const nonce = await this.#freshNonce();
      const answer = await web.send("POST", url, key.signed({ ...who, nonce, url }, payload), signal);
      this.#nonce = answer.header("replay-nonce");
      if (answer.status < 300) return answer;
      const problem = this.#refusal(answer);
      if (problem.type !== "badNonce" || tries === NONCE_TRIES) throw problem;
    }
  }

  /** Each is good for one request; most answers bring the next. */
  async #freshNonce(): Promise<string> {
    const kept = this.#nonce;
    this.#nonce = undefined;
    if (kept !== undefined) return kept;
    const { web, signal } = this.#parts;
    const answer = await web.send("HEAD", await this.#resource("newNonce"), undefined, signal);
    const nonce = answer.header("replay-nonce");
    if (answer.status >= 300) throw this.#refusal(answer);
    if (nonce === undefined) throw malformed("no nonce");
    return nonce;
  }

  async #resource(name: string): Promise<string> {
    const { web, directoryUrl, signal } = this.#parts;
    if (this.#directory === undefined) {
      const answer = await web.send("GET", directoryUrl, undefined, signal);
      if (answer.status !== 200) throw this.#refusal(answer);
      this.#directory = jsonOf(answer);
    }
    const url = this.#directory[name];
    if (typeof url !== "string") throw malformed(`a directory without ${name}`);
    return url;
  }

  #refusal(answer: AcmeAnswer): AcmeProblem {
    const { type, text } = problemOf(parsed(answer.text));
    const at = retryAtMs(answer.header("retry-after"), this.#parts.wallClockMs());
    return new AcmeProblem(type, `the ACME server answered ${answer.status} (${text})`, { retryAtMs: at });
  }
}

function malformed(what: string): AcmeProblem {
  return new AcmeProblem("malformed", `the ACME server answered with ${what}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function jsonOf({ text }: AcmeAnswer): Readonly<Record<string, unknown>> {
  const document = parsed(text);
  if (typeof document !== "object" || document === null)
    throw malformed(`no JSON object: ${printable(text).slice(0, 60)}`);
  return document as Record<string, unknown>;
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== "string") throw malformed(`no ${what}`);
  return value;
}

function orderOf(answer: AcmeAnswer, url: string | undefined): Order {
  const { status, authorizations, finalize, certificate, error } = jsonOf(answer);
  if (!Array.isArray(authorizations)) throw malformed("an order without authorizations");
  return {
    url: textOf(url, "address of an order"),
    status: textOf(status, "status of an order"),
    authorizations: authorizations.map((one) => textOf(one, "address of an authorization")),
    finalize: textOf(finalize, "address to finalize an order at"),
    certificate: typeof certificate === "string" ? certificate : undefined,
    error,
  };
}

function authorizationOf(answer: AcmeAnswer): Authorization {
  const { status, identifier, challenges } = jsonOf(answer);
  if (!Array.isArray(challenges)) throw malformed("an authorization without challenges");
  return {
    status: textOf(status, "status of an authorization"),
    name: textOf(asObject(identifier)["value"], "name of an authorization"),
    challenges: challenges.map(asObject).map(({ type, url, token, error }) => ({
      type: textOf(type, "type of a challenge"),
      url: textOf(url, "address of a challenge"),
      // Kinds that we do not know may have none.
      token: typeof token === "string" ? token : "",
      error,
    })),
  };
}
