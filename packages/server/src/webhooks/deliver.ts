import type { WebhookDelivery } from "@trunkline/store";
import { twilioSignature } from "./signature.ts";
import type { WebAnswer, WebClient, WebRequest } from "./web-client.ts";

const MAX_REDIRECTS = 5;

/** What became of one attempt. `reason` is for the customer. */
export type Delivered = { readonly kind: "delivered" } | { readonly kind: "failed"; readonly reason: string };

/**
 * Makes one attempt: a signed form, or a signed query with GET; redirects followed. Any answer of 2xx means delivered. Never rejects.
 *
 * A redirect must keep a POST as it is (307, 308): the others turn it into a GET without its parameters, and a receiver that answers
 * that with 200 has received nothing.
 */
export async function deliver(
  client: WebClient,
  delivery: WebhookDelivery,
  authToken: string,
  signal: AbortSignal,
): Promise<Delivered> {
  let url = new URL(delivery.url);
  for (let redirects = 0; ; redirects++) {
    const answer = await client.send(requestOf(delivery, url, authToken), signal);
    if (answer.kind === "failed") return failed(url, answer.reason);
    if (answer.status >= 200 && answer.status < 300) return { kind: "delivered" };
    const next = redirection(delivery.method, url, answer);
    if (next === undefined) return failed(url, `answered ${answer.status}`);
    if (typeof next === "string") return failed(url, next);
    if (redirects === MAX_REDIRECTS) return failed(url, `is one redirect too many (${MAX_REDIRECTS} are followed)`);
    url = next;
  }
}

/** A URL's path and query may hold what only its owner should see: they are not repeated. */
function failed(url: URL, reason: string): Delivered {
  const named = reason.startsWith(url.hostname.replace(/^\[|\]$/g, ""));
  return { kind: "failed", reason: named ? reason : `${url.host} ${reason}` };
}

function requestOf({ id, method, params }: WebhookDelivery, url: URL, authToken: string): WebRequest {
  const common = { "user-agent": "Trunkline", accept: "*/*", "i-twilio-idempotency-token": id };
  if (method === "GET") {
    const whole = new URL(url);
    for (const [name, value] of Object.entries(params)) whole.searchParams.set(name, value);
    const headers = { ...common, "x-twilio-signature": twilioSignature(authToken, whole.href, {}) };
    return { url: whole, method, headers, body: null };
  }
  return {
    url,
    method,
    headers: {
      ...common,
      "content-type": "application/x-www-form-urlencoded; charset=utf-8",
      "x-twilio-signature": twilioSignature(authToken, url.href, params),
    },
    body: new URLSearchParams(params).toString(),
  };
}

/** Where a redirect leads, or why it is not followed; undefined for an answer that is none. */
function redirection(
  method: WebhookDelivery["method"],
  from: URL,
  { status, location }: Extract<WebAnswer, { readonly kind: "answer" }>,
): URL | string | undefined {
  if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  if (method === "POST" && status !== 307 && status !== 308) {
    return `answered ${status}, a redirect that loses the parameters: use 307 or 308, or set the final URL`;
  }
  const to = URL.parse(location, from.href);
  if (to === null || !/^https?:$/.test(to.protocol)) return `answered ${status} with a Location that is no web address`;
  if (from.protocol === "https:" && to.protocol === "http:") return `answered ${status}, which leads out of TLS`;
  to.hash = "";
  to.username = "";
  to.password = "";
  return to;
}
