import type { OwnApi } from "./own-api.ts";
import type { TwilioApi } from "./twilio-api.ts";

/** Every endpoint that the console uses, by method and path. */
export type Api = OwnApi & TwilioApi;
export type Endpoint = keyof Api;
export type GetEndpoint = Extract<Endpoint, `GET ${string}`>;
export type ChangeEndpoint = Exclude<Endpoint, GetEndpoint>;

/** The parts of a path that vary: `sid` of `/Calls/{sid}`. */
type PathName<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathName<Rest>
  : never;

export type RequestOf<E extends Endpoint> = {
  readonly query?: Partial<Api[E]["query"]>;
} & (Api[E]["body"] extends undefined ? object : { readonly body?: Partial<Api[E]["body"]> }) &
  ([PathName<E>] extends [never] ? object : { readonly path: Readonly<Record<PathName<E>, string>> });

/** What the API refused, in its own words. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** What a request shows beside what it asks: the session's CSRF token and the account that is acted for. */
export type Credentials = { csrfToken: string; accountSid: string | null; language: string };

/** Set by the session (app/session.tsx). One page has one session, so this is one object. */
export const credentials: Credentials = { csrfToken: "", accountSid: null, language: "en" };

/**
 * Asks the API. Rejects with `ApiError` for what it refuses, and with one of status 0 when it cannot be reached.
 * Lists in a body are sent as repeated fields, as everywhere in this API.
 */
export async function ask<E extends Endpoint>(
  endpoint: E,
  request: RequestOf<E>,
  signal?: AbortSignal,
): Promise<Api[E]["answer"]> {
  const { path = {}, query = {}, body } = request as Loose;
  const [method = "GET", template = ""] = endpoint.split(" ");
  const filled = template.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(path[name] ?? ""));
  const search = fieldsOf(query).toString();
  return send(method, search === "" ? filled : `${filled}?${search}`, body, signal) as Promise<Api[E]["answer"]>;
}

type Loose = {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Fields;
  readonly body?: Fields;
};
type Fields = Readonly<Record<string, unknown>>;

/** Asks for a path or URL that the API itself gave, such as `next_page_url`. */
export function follow(link: string, signal?: AbortSignal): Promise<unknown> {
  const { pathname, search } = new URL(link, location.origin);
  return send("GET", pathname + search, undefined, signal);
}

/** Sends a file as the body of a POST, under its own type; what goes with it stands in the path's query. Rejects as `ask` does. */
export function upload(path: string, file: Blob): Promise<unknown> {
  return send("POST", path, file, undefined);
}

/** Saves a file of the API, as the account that is acted for. Rejects as `ask` does. */
export async function download(path: string, name: string): Promise<void> {
  const response = await reach(path, { headers: { ...headers(), Accept: "*/*" } });
  if (!response.ok) throw await refusalOf(response);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  // The browser has taken the address by then.
  setTimeout(() => URL.revokeObjectURL(link.href));
}

async function send(
  method: string,
  path: string,
  body: Fields | Blob | undefined,
  signal?: AbortSignal,
): Promise<unknown> {
  const response = await reach(path, {
    method,
    headers: headers(),
    ...(body === undefined ? {} : { body: body instanceof Blob ? body : fieldsOf(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (!response.ok) throw await refusalOf(response);
  const text = await response.text();
  return text === "" ? undefined : readJson(text);
}

async function refusalOf(response: Response): Promise<ApiError> {
  const answer = readJson(await response.text());
  const { code = 0, message } = (answer ?? {}) as { readonly code?: number; readonly message?: string };
  return new ApiError(response.status, code, message ?? `${response.status} ${response.statusText}`);
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { credentials: "same-origin", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, 0, UNREACHABLE[credentials.language === "ja" ? "ja" : "en"]);
  }
}

const UNREACHABLE = {
  en: "The platform cannot be reached. Is it running?",
  ja: "プラットフォームに接続できません。起動しているか確認してください。",
};

function headers(): Record<string, string> {
  return {
    Accept: "application/json",
    "Accept-Language": credentials.language,
    "X-Trunkline-CSRF": credentials.csrfToken,
    ...(credentials.accountSid === null ? {} : { "X-Trunkline-Account": credentials.accountSid }),
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Fields as a form has them; those that are undefined are left out. */
function fieldsOf(values: Fields): URLSearchParams {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) fields.append(name, one === null ? "" : String(one));
  }
  return fields;
}
