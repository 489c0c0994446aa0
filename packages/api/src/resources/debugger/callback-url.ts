import type { Context } from "../../route.ts";

/**
 * Why no request of ours is ever made to a URL; undefined for one that is worth trying. The password of a URL is not repeated.
 *
 * @param name of the parameter
 */
export function unusableUrl(name: string, text: string, { deps }: Context): string | undefined {
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    return `${name} must not hold a user name or password: every request is signed (X-Twilio-Signature), so none is needed.`;
  }
  if (url.hash !== "") return `${name} must not have a fragment (#…): it would never be sent.`;
  const refused = deps.refusedHost?.(url.hostname);
  return refused === undefined ? undefined : `${name} names ${url.hostname}: ${refused}.`;
}
