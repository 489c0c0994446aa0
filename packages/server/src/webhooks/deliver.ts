import type { WebhookDelivery } from "@trunkline/store";
import { twilioSignature } from "./signature.ts";
import type { WebAnswer, WebClient, WebRequest } from "./web-client.ts";

const MAX_REDIRECTS = 5;

/** What became of one attempt. `reason` is for the customer. */
export type Delivered = { readonly kind: "delivered" } | { readonly kind: "failed"; readonly reason: string };

/**
 * Makes one attempt: a signed form, redirects followed. Any answer of 2xx means delivered. Never rejects.
 *
 * A redirect must keep the request as it is (307, 308): the others turn a POST into a GET without its parameters, and a receiver that
 * answers that with 200 has received nothing.
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
    const next = redirection(url, answer);
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
  return {
    url,
    method,
    headers: {
      "content-type": "application/x-www-form-urlencoded; charset=utf-8",
      "user-agent": "Trunkline",
      accept: "*/*",
      "x-twilio-signature": twilioSignature(authToken, url.href, params),
      "i-twilio-idempotency-token": id,
    },
    body: new URLSearchParams(params).toString(),
  };
}

/** Where a redirect leads, or why it is not followed; undefined for an answer that is none. */
function redirection(
  from: URL,
  { status, location }: Extract<WebAnswer, { readonly kind: "answer" }>,
): URL | string | undefined {
  if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  if (status !== 307 && status !== 308) {
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
