import {
  encodeUtf8,
  escapeUser,
  type Flow,
  type Registration,
  type RegistrationState,
  type UserAgent,
} from "@trunkline/sip";
import { canonicalIpAddress, type OriginationSipUrl, serverUri } from "@trunkline/trunking";
import type { RegistrationView } from "../edge.types.ts";
import type { Target } from "../locate/locator.ts";
import { locateInOrder, type WayParts } from "./way.ts";

/** 128 bits of a keyed hash. */
const CONTACT_HEX_DIGITS = 32;

/** A carrier at whose registrar our Contact is to be. */
export type WantedRegistration = {
  readonly carrierSid: string;
  readonly registrar: OriginationSipUrl;
  readonly username: string;
  readonly password: string;
  readonly expiresSec: number;
  readonly clientCertificate: boolean;
  /** The private connection to it, if it is behind one. */
  readonly tnx: string | null;
};

export type RegistrationParts = WayParts & {
  readonly userAgent: UserAgent;
  readonly edge: string;
  /** Contacts are made with it; stable over restarts, so that a Contact takes the place of the one before. */
  readonly secret: string;
  flowTo(target: Target, wanted: WantedRegistration): Flow | undefined;
  log(level: "info" | "warn", event: string, fields: Readonly<Record<string, unknown>>): void;
  wallClockMs(): number;
};

/** One carrier's. */
type Entry = {
  readonly wanted: WantedRegistration;
  readonly contactUser: string;
  readonly registration: Registration;
  /** Where the registrar is, as DNS last said, in canonical text. */
  readonly addresses: ReadonlySet<string>;
};

/** Keeps our Contact registered with the carriers that want it so (CAR-1), and knows a call that comes to it (CAR-2). */
export class Registrations {
  readonly #parts: RegistrationParts;
  readonly #entries = new Map<string, Entry>();
  readonly #byContact = new Map<string, Entry>();
  /** Taken away from their registrars, which have not answered yet. */
  readonly #closing = new Set<Registration>();

  constructor(parts: RegistrationParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** How many of them the registrars keep at this moment. */
  get registered(): number {
    return [...this.#entries.values()].filter(({ registration }) => registration.state.name === "registered").length;
  }

  /** From now on this is what the carrier wants; undefined: nothing, and our Contact is taken away. */
  follow(carrierSid: string, wanted: WantedRegistration | undefined): void {
    const before = this.#entries.get(carrierSid);
    if (before && wanted && isSame(before.wanted, wanted)) return;
    const contactUser = wanted && this.#contactUser(wanted);
    if (before) this.#end(before, before.contactUser === contactUser);
    if (wanted && contactUser !== undefined) this.#begin(wanted, contactUser);
  }

  /**
   * The carrier whose registration has this Contact. Both must fit: the user part, which only we, the registrar and who listens between us
   * know, and the source, which must be the registrar. A carrier whose calls come from elsewhere needs that address as a source of its own.
   */
  carrierOf(user: string, sourceAddress: string): string | undefined {
    const entry = this.#byContact.get(user);
    const address = entry && canonicalIpAddress(sourceAddress);
    return address !== undefined && entry?.addresses.has(address) ? entry.wanted.carrierSid : undefined;
  }

  /** Null for a carrier that wants none. */
  viewOf(carrierSid: string): RegistrationView | null {
    const entry = this.#entries.get(carrierSid);
    return entry ? this.#view(entry) : null;
  }

  /** Takes every Contact away; true once all registrars have answered. */
  close(): () => boolean {
    for (const carrierSid of [...this.#entries.keys()]) this.follow(carrierSid, undefined);
    return () => this.#closing.size === 0;
  }

  #begin(wanted: WantedRegistration, contactUser: string): void {
    const { carrierSid, registrar, username, password, expiresSec } = wanted;
    const addresses = new Set<string>();
    const registration = this.#parts.userAgent.register({
      registrar: serverUri(registrar),
      addressOfRecord: addressOfRecord(registrar, username),
      contactUser,
      expiresSec,
      credentials: { username, password },
      reach: (found) => this.#reach(wanted, addresses, found),
      onHeard: (flow, isHeard) => this.#heard(flow, isHeard),
      onChange: this.#logger(wanted),
    });
    const entry: Entry = { wanted, contactUser, registration, addresses };
    this.#entries.set(carrierSid, entry);
    this.#byContact.set(contactUser, entry);
  }

  #end({ registration, wanted, contactUser }: Entry, isReplaced: boolean): void {
    this.#entries.delete(wanted.carrierSid);
    this.#byContact.delete(contactUser);
    if (isReplaced) {
      registration.abandon();
      return;
    }
    this.#closing.add(registration);
    registration.close(() => this.#closing.delete(registration));
  }

  #reach(
    wanted: WantedRegistration,
    addresses: Set<string>,
    found: (flow: Flow | undefined, why: string) => void,
  ): void {
    locateInOrder(this.#parts, serverUri(wanted.registrar), ({ targets, why }) => {
      const [first] = targets;
      if (first) {
        addresses.clear();
        for (const { address } of targets) addresses.add(canonicalIpAddress(address) ?? address);
      }
      const flow = first && this.#parts.flowTo(first, wanted);
      const reason = first
        ? `no ${first.transport} listener reaches ${first.address}`
        : why || "the registrar has no address";
      found(flow, flow ? "" : reason);
    });
  }

  #heard({ transport, remoteAddress: address, remotePort: port }: Flow, isHeard: boolean): void {
    const { health } = this.#parts;
    if (isHeard) health.heard({ transport, address, port });
    else health.failed({ transport, address, port });
  }

  /** The same Contact for the same account over restarts and changes of password; nobody can guess it without the secret. */
  #contactUser({ carrierSid, registrar, username }: WantedRegistration): string {
    const { secret, edge } = this.#parts;
    const text = [secret, "contact", edge, carrierSid, serverUri(registrar), username].join(" ");
    return this.#parts.host.hash("SHA-256", encodeUtf8(text)).slice(0, CONTACT_HEX_DIGITS);
  }

  #logger({ carrierSid, registrar }: WantedRegistration): (state: RegistrationState) => void {
    let last = "";
    return ({ name, lastAnswer }) => {
      if (name === last || name === "registering") return;
      last = name;
      const answer = lastAnswer && `${lastAnswer.status ?? ""} ${lastAnswer.reason}`.trim();
      const level = name === "failed" ? "warn" : "info";
      this.#parts.log(level, `registration ${name}`, { carrierSid, registrar: registrar.host, answer });
    };
  }

  #view({ wanted, registration }: Entry): RegistrationView {
    const { carrierSid, registrar } = wanted;
    const { name, untilMs, nextMs, lastAnswer } = registration.state;
    const epoch = (ms: number | undefined): number | null =>
      ms === undefined ? null : Math.round(this.#parts.wallClockMs() + ms - this.#parts.host.nowMs());
    return {
      carrierSid,
      registrar: serverUri(registrar),
      state: name,
      expiresAtMs: epoch(untilMs),
      nextAtMs: epoch(nextMs),
      lastAnswer: lastAnswer ? { status: lastAnswer.status ?? null, reason: lastAnswer.reason } : null,
    };
  }
}

/** The user part of the registrar's URL is the account's, where it differs from the name to log in with; a whole address may be one too. */
function addressOfRecord({ user, host }: OriginationSipUrl, username: string): string {
  if (user === null && username.includes("@")) return `<sip:${username}>`;
  return `<sip:${user ?? escapeUser(encodeUtf8(username))}@${host}>`;
}

function isSame(a: WantedRegistration, b: WantedRegistration): boolean {
  return (
    serverUri(a.registrar) === serverUri(b.registrar) &&
    addressOfRecord(a.registrar, a.username) === addressOfRecord(b.registrar, b.username) &&
    a.username === b.username &&
    a.password === b.password &&
    a.expiresSec === b.expiresSec &&
    a.tnx === b.tnx &&
    a.clientCertificate === b.clientCertificate
  );
}
