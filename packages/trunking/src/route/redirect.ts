import type { OriginationSipUrl } from "../sip-url.ts";
import type { TraceStep } from "../trace.ts";
import { isOurHost } from "./our-host.ts";
import { pass, quoted, type Ruling, refuse, Trail } from "./ruling.ts";
import { overTls, parseTargetUrl, requestUri, toUri } from "./target-uri.ts";
import type { Attempt, Facts, Rejection } from "./types.ts";

/** A customer's server answered 302 to an origination call. */
export type Redirect = {
  /** The attempt that was redirected. */
  readonly attempt: Attempt;
  /** URIs of the Contact headers, in order, without angle brackets. */
  readonly contacts: readonly string[];
  /** True when this call was redirected before. */
  readonly redirectedBefore: boolean;
  /** E.164 of the dialled number, for a Contact without user part. */
  readonly dialled: string;
  /** Of the trunk: the redirected call must be as secure (ORIG-9). */
  readonly secure: boolean;
};

export type RedirectDecision =
  | { readonly kind: "dial"; readonly attempt: Attempt; readonly trace: readonly TraceStep[] }
  /** 502, 32219: the call fails; no other target is tried. */
  | { readonly kind: "refuse"; readonly rejection: Rejection; readonly trace: readonly TraceStep[] };

/** Which way out a call takes is decided once; a redirected call keeps the original's edge and private connection (ORIG-9). */
const EGRESS_PARAMS = new Set(["edge", "region", "tnx", "secure"]);

/**
 * ORIG-9: where a redirected origination call goes. One redirect per call; the first URI of the first Contact counts, whatever `q` says;
 * never to a host of this installation, which would be a loop or a way around its rules. Everything else is inherited.
 *
 * Headers that the Contact asks for after `?` are not sent (RFC 3261 §19.1.5 leaves it to the client): a stranger's URL would write into
 * our request.
 */
export function routeRedirect(redirect: Redirect, facts: Pick<Facts, "zone" | "ownHosts">): RedirectDecision {
  const trail = new Trail();
  const said = trail.note("origination.redirect", findTarget(redirect, facts));
  if (said.kind === "refuse") return { kind: "refuse", rejection: said.rejection, trace: trail.steps };
  const target = said.found;
  const { attempt, dialled } = redirect;
  return {
    kind: "dial",
    attempt: {
      ...attempt,
      uri: requestUri(target, target.user ?? dialled),
      toUri: toUri(target, target.user ?? dialled),
      address: null,
    },
    trace: trail.steps,
  };
}

function findTarget(redirect: Redirect, facts: Pick<Facts, "zone" | "ownHosts">): Ruling<OriginationSipUrl> {
  const [contact] = redirect.contacts;
  if (contact === undefined) return refuse(32219, "", "The 302 has no Contact, so there is nowhere to go.");
  const input = quoted(contact);
  if (redirect.redirectedBefore)
    return refuse(32219, input, "The call was redirected a second time; one redirect per call is followed.");
  const target = parseTargetUrl(contact.replace(/\?.*$/s, ""));
  if (target.kind === "invalid") return refuse(32219, input, `The Contact cannot be called: ${target.why}`);
  const ours = placesOf(target).find((host) => isOurHost(host, facts));
  if (ours !== undefined)
    return refuse(32219, input, `${ours} is a host of this installation; calls are not redirected to those.`);
  const params = target.params.filter(([name]) => !EGRESS_PARAMS.has(name));
  const place = { ...target, params };
  return pass(input, "The call follows the first Contact of the 302.", redirect.secure ? overTls(place) : place);
}

/** Where a request for the target goes: to its host, or to `maddr` in its place (RFC 3263 §4). */
function placesOf({ host, params }: OriginationSipUrl): readonly string[] {
  const maddr = params.find(([name]) => name === "maddr")?.[1] ?? null;
  return maddr === null ? [host] : [host, maddr];
}
