import { randomBytes } from "node:crypto";
import { openStore, type Store } from "@trunkline/store";
import { type Account, mintSid } from "@trunkline/trunking";
import { checkBy, type Json, loadTwilioDocuments } from "../../../test/support/openapi.ts";
import { type SdkError, twilioClient } from "../../../test/support/twilio-sdk.ts";
import { createApi } from "./app.ts";
import { watchAudit } from "./audit-coverage.fixture.ts";
import type { ApiDeps } from "./deps.ts";
import { noteEvidence } from "./evidence.fixture.ts";
import { openApiDocument } from "./openapi.ts";
import { routes } from "./resources/index.ts";

export const ZONE = "trunkline.test";
export const OPERATOR = { sid: `AC${"0".repeat(31)}1`, token: "operator-token-of-the-tests" };

export const randomHex = (bytes: number): string => randomBytes(bytes).toString("hex");

export type TestAccount = { readonly sid: string; readonly token: string };
type Raw = { readonly status: number; readonly body: Record<string, unknown>; readonly headers: Headers };

/** The API on a real port over an embedded store in memory; every answer is held against Twilio's documents and ours. */
export type TestApi = {
  readonly origin: string;
  readonly store: Store;
  readonly account: TestAccount;
  /** The SDK with the account's credentials, or another's. */
  sdk(as?: TestAccount): ReturnType<typeof twilioClient>;
  addAccount(fields?: Partial<Account>): Promise<TestAccount>;
  /** Puts numbers on sale. */
  stock(...numbers: readonly string[]): Promise<void>;
  /** A plain request; `form` is sent as a form, `json` as it is. The account's credentials unless others are given. */
  request(method: string, path: string, options?: RawOptions): Promise<Raw>;
  /** What the documents have against the answers so far. */
  readonly complaints: readonly string[];
  /** Failures of ours that were reported. */
  readonly failures: readonly unknown[];
  close(): Promise<void>;
};
export type RawOptions = {
  readonly as?: TestAccount | null;
  readonly form?: string | Record<string, string>;
  readonly json?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

const twilioDocuments = await loadTwilioDocuments();
/** Why Twilio's documents cannot be asked; undefined when they can. Our own can always. */
export const twilioAbsent: string | undefined = "absent" in twilioDocuments ? twilioDocuments.absent : undefined;
/** Our own document and, where they are to be had, Twilio's. */
export const documents = checkBy([
  openApiDocument(routes()) as Json,
  ...("absent" in twilioDocuments ? [] : twilioDocuments),
]);

const ON_SALE = {
  isoCountry: "US",
  type: "local",
  carrierSid: null,
  monthlyPriceMicros: 0,
  capabilities: ["voice"],
  locality: null,
  region: null,
  state: "available",
} as const;

/** @param watched false: what is sent is so odd that most of it changes nothing, and leaves no audit event */
export async function openTestApi(deps: Partial<ApiDeps> = {}, watched = true): Promise<TestApi> {
  const store = await openStore({ url: "pglite:memory", encryptionKey: randomBytes(32) });
  const complaints: string[] = [];
  const failures: unknown[] = [];
  const app = createApi({
    store,
    zone: ZONE,
    digestRealm: `sip.${ZONE}`,
    operator: OPERATOR,
    randomHex,
    nowMs: () => Date.now(),
    onFailure: (error) => failures.push(error),
    ...deps,
  });
  app.addHook("onSend", async (request, reply, payload) => {
    const found = complaintsOf(request, reply.statusCode, payload);
    complaints.push(...found);
    const code = reply.getHeader("x-twilio-error-code");
    noteEvidence(request, {
      status: reply.statusCode,
      code: code === undefined ? undefined : String(code),
      checked: found.length === 0 && twilioAbsent === undefined,
    });
  });
  const audit = watched ? watchAudit(app, store) : undefined;
  const origin = await app.listen({ host: "127.0.0.1", port: 0 });
  const addAccount = async (fields: Partial<Account> = {}): Promise<TestAccount> => {
    const account = {
      sid: mintSid("AC", randomHex(16)),
      parentSid: null,
      friendlyName: "Test",
      status: "active",
      type: "Full",
    };
    const token = randomHex(16);
    await store.accounts.create({ ...account, ...fields, authToken: token } as Account & { authToken: string });
    return { sid: fields.sid ?? account.sid, token };
  };
  const account = await addAccount();
  return {
    origin,
    store,
    account,
    complaints,
    failures,
    addAccount,
    stock: async (...numbers) => {
      for (const e164 of numbers) await store.inventory.create({ ...ON_SALE, sid: mintSid("IN", randomHex(16)), e164 });
    },
    sdk: (as = account) => twilioClient(origin, as.sid, as.token),
    request: (method, path, options = {}) => request(origin, method, path, { as: account, ...options }),
    close: async () => {
      await app.close();
      const gaps = (await audit?.gaps()) ?? [];
      await store.close();
      if (gaps.length > 0) throw new Error(`changed what no audit event tells of: ${gaps.join(", ")}`);
    },
  };
}

function complaintsOf(
  request: { readonly method: string; readonly originalUrl: string },
  status: number,
  payload: unknown,
): readonly string[] {
  const path = request.originalUrl
    .replace(/\?.*$/, "")
    .replace(/^\/(api|trunking|monitor|voice|accounts|iam|pricing|lookups|routes)(?=\/)/, "");
  if (/^\/trunkline\/v1\/(openapi.json|reference)$/.test(path)) return [];
  // The documents do not have the sound of recordings.
  if (
    status < 400 &&
    request.method !== "DELETE" &&
    /\/Recordings\/\w+(\.wav|\.mp3)?$/.test(path) &&
    !path.includes("/Calls/")
  )
    return [];
  if (twilioAbsent !== undefined && status < 400 && !path.startsWith("/trunkline/")) return [];
  const suffixed = path.startsWith("/2010-04-01/") && !path.endsWith(".json") ? `${path}.json` : path;
  const body: unknown = typeof payload === "string" && payload !== "" ? JSON.parse(payload) : undefined;
  return documents.complaints({ method: request.method, path: suffixed, status, body });
}

async function request(origin: string, method: string, path: string, options: RawOptions): Promise<Raw> {
  const headers = new Headers(options.headers);
  if (options.as) headers.set("authorization", basic(options.as));
  let body: string | undefined;
  if (options.form !== undefined) {
    headers.set("content-type", "application/x-www-form-urlencoded");
    body = typeof options.form === "string" ? options.form : new URLSearchParams(options.form).toString();
  } else if (options.json !== undefined) {
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    body = options.json;
  }
  const response = await fetch(origin + path, {
    method,
    headers,
    redirect: "manual",
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? {} : JSON.parse(text) };
}

export function basic({ sid, token }: TestAccount): string {
  return `Basic ${Buffer.from(`${sid}:${token}`).toString("base64")}`;
}

/** What the SDK threw, as `status code`; the message comes with it. */
export async function refusal(promise: Promise<unknown>): Promise<{ readonly gist: string; readonly message: string }> {
  try {
    await promise;
  } catch (error) {
    const { status, code, message } = error as SdkError;
    return { gist: `${status} ${code}`, message };
  }
  return { gist: "accepted", message: "" };
}
