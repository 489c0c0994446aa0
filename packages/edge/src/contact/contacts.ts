import { copyString, type Flow, type SipRequest } from "@trunkline/sip";
import type { CallRequest, Decision, DirectoryReader } from "@trunkline/trunking";
import { MAX_CONTACT_TEXT, MAX_CONTACTS } from "../limits.ts";
import type { InviteContact, OptionsContact, TrunkContactView } from "./contact.types.ts";

type Known = { options: OptionsContact | null; invite: InviteContact | null };
type Outcome = Pick<InviteContact, "verdict" | "status" | "code" | "detail">;

/**
 * Remembers, for each trunk, the last OPTIONS and the last INVITE that came to its domain and what was decided about them, so that
 * whoever sets up a PBX sees what arrives (CON-3).
 *
 * Only requests to the domain of a trunk that exists are noted, one of each kind, with texts of a bounded length: a stranger can replace
 * an entry and never add one. Of more trunks than `MAX_CONTACTS` those heard from longest ago are forgotten.
 */
export class Contacts {
  readonly #wallClockMs: () => number;
  /** The longest unheard first. */
  readonly #known = new Map<string, Known>();

  constructor(wallClockMs: () => number) {
    this.#wallClockMs = wallClockMs;
  }

  /** An OPTIONS to a trunk's domain. */
  noteOptions(
    trunkSid: string,
    verdict: OptionsContact["verdict"],
    request: SipRequest,
    flow: Flow,
    directory: DirectoryReader,
  ): void {
    this.#at(trunkSid).options = { ...this.#sighting(trunkSid, request, flow, directory), verdict };
  }

  /** An INVITE, and what routing said about it. Calls from carriers are none of a PBX's, and dropped ones nobody's. */
  noteInvite(decision: Decision, call: CallRequest, request: SipRequest, flow: Flow, directory: DirectoryReader): void {
    const trunkSid = trunkOf(decision);
    if (trunkSid === undefined) return;
    const username = call.credentials?.username ?? null;
    this.#at(trunkSid).invite = {
      ...this.#sighting(trunkSid, request, flow, directory),
      ...outcomeOf(decision),
      from: cut(call.from.user ?? call.from.host),
      to: cut(call.requestUri.user ?? call.requestUri.host),
      callSid: call.sid,
      username: username === null ? null : cut(username),
      isUserKnown: username === null ? null : directory.credentials(trunkSid, username).length > 0,
    };
  }

  /** The call that this INVITE began was answered. */
  noteAnswered(trunkSid: string, callSid: string): void {
    const known = this.#known.get(trunkSid);
    if (known?.invite?.callSid === callSid) known.invite = { ...known.invite, status: 200 };
  }

  fetch(trunkSid: string): TrunkContactView {
    const { options = null, invite = null } = this.#known.get(trunkSid) ?? {};
    return { options, invite };
  }

  get remembered(): number {
    return this.#known.size;
  }

  #sighting(trunkSid: string, request: SipRequest, flow: Flow, directory: DirectoryReader) {
    const userAgent = request.header("user-agent");
    const { remoteAddress: sourceAddress, remotePort: sourcePort, transport } = flow;
    return {
      atMs: this.#wallClockMs(),
      sourceAddress,
      sourcePort,
      transport,
      userAgent: userAgent === undefined ? null : cut(userAgent),
      isListed: directory.hasIpAccessControlList(trunkSid)
        ? directory.matchAcl(trunkSid, sourceAddress) !== undefined
        : null,
    };
  }

  #at(trunkSid: string): Known {
    const known = this.#known.get(trunkSid) ?? { options: null, invite: null };
    this.#known.delete(trunkSid);
    const [oldest] = this.#known.keys();
    if (oldest !== undefined && this.#known.size >= MAX_CONTACTS) this.#known.delete(oldest);
    this.#known.set(trunkSid, known);
    return known;
  }
}

function trunkOf(decision: Decision): string | undefined {
  if (decision.kind === "drop") return undefined;
  if (decision.kind === "challenge") return decision.trunkSid;
  return decision.call?.direction === "trunking-terminating" ? (decision.call.trunkSid ?? undefined) : undefined;
}

function outcomeOf(decision: Decision): Outcome {
  if (decision.kind === "refuse") {
    const { status, code, detail } = decision.rejection;
    return { verdict: "refused", status, code, detail: cut(detail) };
  }
  if (decision.kind === "challenge") return { verdict: "challenged", status: 407, code: null, detail: null };
  return { verdict: "routed", status: null, code: null, detail: null };
}

/** A peer's text: short, and no part of the whole message, which it would keep in memory. */
function cut(text: string): string {
  return copyString(text.slice(0, MAX_CONTACT_TEXT));
}
