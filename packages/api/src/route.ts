import type { Account } from "@trunkline/trunking";
import type { z } from "zod";
import type { AttemptLimit } from "./attempt-limit.ts";
import type { Principal } from "./auth.ts";
import type { ApiDeps } from "./deps.ts";
import { type Form, type FormValues, readForm } from "./form.ts";
import type { Links } from "./links.ts";
import { Problem } from "./problem.ts";
import type { Product } from "./product.ts";
import type { SignedIn } from "./sessions/signed-in.ts";

/** What a handler knows about its request. */
export type Context = {
  readonly deps: ApiDeps;
  /** The account that the request acts for; outside scope `account` that of the credentials, unless the request names another. */
  readonly account: Account;
  /** True with the operator's credentials. */
  readonly operator: boolean;
  /** Whose credentials the request has. */
  readonly principal: Principal;
  /** The person behind it, where it comes from a session of the console. */
  readonly signedIn?: SignedIn;
  /** Over TLS, as far as we and the proxies that we trust know. */
  readonly isSecure: boolean;
  /** Address of the client. */
  readonly source: string;
  /** Counts failures to authenticate; of use to what checks credentials itself. */
  readonly attempts: AttemptLimit;
  /** The scopes that a restricted API key can have. */
  readonly grantableScopes: readonly string[];
  readonly links: Links;
  /** Path parameters by name; "" for a missing one and for text that names nothing. */
  readonly param: (name: string) => string;
  readonly query: unknown;
  readonly body: unknown;
  /** A header of the request by its name in lower case; "" without one. */
  readonly header: (name: string) => string;
  /** 404 for the resource that the request names. */
  readonly missing: () => Problem;
  /** Adds names of parameters that nobody knows to the warning header (20001). */
  readonly warnUnknown: (names: readonly string[]) => void;
};

export type Answer = {
  readonly status: 200 | 201 | 202 | 204;
  readonly body: object | null;
  readonly headers?: Readonly<Record<string, string>>;
};

/** An answer of any length: read piece by piece as the client takes it, so that no more than a few are in memory. */
export class Download {
  readonly contentType: string;
  readonly pieces: AsyncIterable<string | Uint8Array>;
  readonly status: 200 | 206;
  /** `Content-Disposition` says what a browser does with it, `Content-Length` how long it is where that is known. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    contentType: string,
    pieces: AsyncIterable<string | Uint8Array>,
    headers: Readonly<Record<string, string>>,
    status: 200 | 206 = 200,
  ) {
    this.contentType = contentType;
    this.pieces = pieces;
    this.headers = headers;
    this.status = status;
  }
}

export type Route = {
  readonly method: "GET" | "POST" | "DELETE";
  readonly product: Product;
  /** Path below the product's version prefix, parameters as `:name`. */
  readonly path: string;
  /**
   * `account`: acts for one; `operator`: needs the operator's credentials; `anyone`: the handler looks at who asks; `session`: needs a person
   * who is signed in, of whatever role; `public`: needs no credentials.
   */
  readonly scope: "account" | "operator" | "anyone" | "session" | "public";
  /** One line for the OpenAPI document. */
  readonly summary: string;
  /** Takes the paging parameters beside its own. */
  readonly paged?: boolean;
  /** The account whose resource is anybody's to read, so that no credentials are needed; undefined: they are. */
  readonly openTo?: (deps: ApiDeps, accountSid: string) => Promise<Account | undefined>;
  /** Query parameters of a GET, body parameters of a POST. */
  readonly form: Form;
  /** Largest body taken where it is more than others may have, in bytes; for the operator only. It may be `text/csv` then, given as text. */
  readonly bodyLimitBytes?: number;
  /** What success answers; for the OpenAPI document of our own surface, so Twilio's surfaces leave the schema out. */
  readonly success: {
    readonly status: Answer["status"];
    readonly schema?: z.ZodType;
    /** Default: `application/json`. */
    readonly contentType?: string;
  };
  readonly run: (at: Context) => Promise<Answer | Download | Problem>;
};

/** A handler with its parameters: reads and checks them, then runs with typed values. */
export type Operation<At, Result> = {
  readonly form: Form;
  readonly run: (at: At, raw: unknown) => Promise<Result | Problem>;
};

/** Binds a form to the function that takes its values. */
export function accepts<At extends Pick<Context, "warnUnknown">, F extends Form, Result>(
  form: F,
  run: (at: At, values: FormValues<F>) => Promise<Result | Problem>,
): Operation<At, Result> {
  return {
    form,
    run: async (at, raw) => {
      const reading = readForm(form, raw);
      if (reading instanceof Problem) return reading;
      at.warnUnknown(reading.unknown);
      return run(at, reading.values);
    },
  };
}
