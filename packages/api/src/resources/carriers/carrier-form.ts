import type { CarrierSettings } from "@trunkline/store";
import {
  type CarrierDress,
  checkAddedHeader,
  checkRemovedHeader,
  DEFAULT_RETRY_STATUSES,
  type Invalid,
  parseOriginationSipUrl,
} from "@trunkline/trunking";
import {
  about,
  clearable,
  coded,
  decimal,
  type FormValues,
  flag,
  given,
  matching,
  oneOf,
  optional,
  someOf,
  text,
  texts,
  wholeNumber,
  wholeNumbers,
} from "../../form.ts";
import { invalid, Problem } from "../../problem.ts";
import { peerChange, peerForm } from "./peer-fields.ts";

/** Encodings of RTP by their names in SDP (IANA, RTP Payload Format media types), as far as telephones use them. */
const CODECS = [
  ...["pcmu", "pcma", "g722", "g729", "g723", "g728", "g726-16", "g726-24", "g726-32", "g726-40", "gsm", "gsm-efr"],
  ...["ilbc", "opus", "amr", "amr-wb", "evs", "speex", "l16"],
] as const;

const MAX_HEADER_RULES = 20;
const numberForm = () => oneOf("e164", "digits", "double-zero", "north-american");

/** Name of the carrier; of no other one. */
export const carrierName = coded(20002, text(64));

/** Everything of CAR-1 but targets, prefixes and sources. */
export const carrierForm = {
  Enabled: optional(about("False: gets no calls. Its own are still taken.", flag())),
  Priority: optional(about("Lower first, among carriers with equally long prefixes.", wholeNumber(0, 65_535))),
  RetryCauses: clearable(
    about(
      "Final answers after which the next carrier is tried; empty for the default, an empty JSON list for none.",
      wholeNumbers(300, 699, 100),
    ),
  ),
  MaxCps: clearable(about("Calls per second, to and from it together; empty for any.", decimal(0.001, 100_000, 3))),
  MaxChannels: clearable(about("Calls at once, to and from it together; empty for any.", wholeNumber(0, 1_000_000))),
  CallerIdHeader: optional(
    about(
      "Headers beside From that tell it the caller ID; empty for From alone.",
      someOf("P-Asserted-Identity", "P-Preferred-Identity", "Remote-Party-ID"),
    ),
  ),
  CalledNumberForm: optional(
    about("How it wants the called number: +1415…, 1415…, 001415…, or 415… and 011….", numberForm()),
  ),
  CallerNumberForm: optional(about("How it wants the caller ID.", numberForm())),
  CalledPrefix: clearable(
    about("Goes in front of the called number.", matching(/^[0-9*#]{1,16}$/, "up to 16 of 0-9, * and #")),
  ),
  AddedHeaders: optional(about("Lines `Name: value` for every INVITE to it.", texts(MAX_HEADER_RULES))),
  RemovedHeaders: optional(about("Names of headers that it must not get.", texts(MAX_HEADER_RULES))),
  Codecs: clearable(about("Encodings it is offered; empty for what the caller offers.", someOf(...CODECS))),
  Srtp: optional(about("Its media is SRTP; its targets should then have transport=tls.", flag())),
  ...peerForm(1),
  RegistrarUrl: clearable(
    about(
      "Where our Contact is kept registered with Username and Password, such as sip:sip.carrier.example; a user part is the account's, where it is not the Username. Empty for nowhere.",
      text(2_048),
    ),
  ),
  RegistrationExpires: optional(about("Asked for, in seconds.", wholeNumber(60, 86_400))),
};
type Values = FormValues<typeof carrierForm>;

/** What a carrier for own numbers has of it: it leads to the platform itself, which nobody has to tell how it is met. */
const INSIDE: ReadonlySet<string> = new Set([
  "Enabled",
  "RetryCauses",
  "MaxCps",
  "MaxChannels",
] satisfies (keyof Values)[]);

function whyNotInside(values: Values): Problem | undefined {
  const name = Object.keys(carrierForm).find((key) => !INSIDE.has(key) && values[key as keyof Values] !== undefined);
  if (name === undefined) return undefined;
  return invalid(
    `${name}: a carrier for own numbers has none, its calls stay inside. It takes ${[...INSIDE].join(", ")}.`,
  );
}

/** By default whoever has the number has been asked: outside there is nobody else who could take the call. */
export function defaultRetryStatuses(ownNumbersOnly: boolean): readonly number[] {
  return ownNumbersOnly ? [] : DEFAULT_RETRY_STATUSES;
}

/** The statuses that a request names; undefined when it names none. */
export function retryStatuses({ RetryCauses: causes }: Values, ownNumbersOnly: boolean): readonly number[] | undefined {
  if (causes === null) return defaultRetryStatuses(ownNumbersOnly);
  return causes && [...new Set(causes)].sort((a, b) => a - b);
}

/** What a request sets beside the carrier's own row, or what is wrong with it. */
export function carrierSettings(values: Values, ownNumbersOnly: boolean): CarrierSettings | Problem {
  const outside = ownNumbersOnly ? whyNotInside(values) : undefined;
  if (outside) return outside;
  const addedHeaders = checkEach(
    "AddedHeaders",
    values.AddedHeaders,
    checkAddedHeader,
    ({ name, value }) => `${name}: ${value}`,
  );
  if (addedHeaders instanceof Problem) return addedHeaders;
  const removedHeaders = checkEach("RemovedHeaders", values.RemovedHeaders, checkRemovedHeader, ({ name }) => name);
  if (removedHeaders instanceof Problem) return removedHeaders;
  const wrong = whyNotRegistrar(values.RegistrarUrl ?? null);
  if (wrong) return wrong;
  const { Codecs: codecs, CalledPrefix: calledPrefix } = values;
  const dress: Partial<CarrierDress> = given({
    calledNumberForm: values.CalledNumberForm,
    callerNumberForm: values.CallerNumberForm,
    calledPrefix: calledPrefix === null ? "" : calledPrefix,
    callerIdHeaders: values.CallerIdHeader,
    addedHeaders,
    removedHeaders,
    codecs: codecs?.length === 0 ? null : codecs,
    srtp: values.Srtp,
  });
  const registration = given({
    registrarUrl: values.RegistrarUrl?.trim() ?? values.RegistrarUrl,
    registrationExpiresSec: values.RegistrationExpires,
  });
  const limit = given({ maxCps: values.MaxCps, maxConcurrentCalls: values.MaxChannels });
  return { dress, peer: { ...peerChange(values), ...registration }, limit };
}

/** Every item as it is kept; two that say the same are one. */
function checkEach<T extends { readonly kind: "ok" }>(
  name: string,
  items: readonly string[] | undefined,
  check: (item: string) => T | Invalid,
  write: (checked: T) => string,
): readonly string[] | undefined | Problem {
  const kept = new Set<string>();
  for (const item of items ?? []) {
    const checked = check(item);
    if (checked.kind === "invalid") return invalid(`${name}: ${checked.why}`);
    kept.add(write(checked));
  }
  return items && [...kept];
}

/** Its user part, where it has one, is the account's in the address of record (RFC 3261 §10.2); the Request-URI has none. */
function whyNotRegistrar(url: string | null): Problem | undefined {
  if (url === null) return undefined;
  const parsed = parseOriginationSipUrl(url);
  if (parsed.kind === "invalid") return invalid(`RegistrarUrl: ${parsed.why}`);
  if (parsed.headers.length === 0) return undefined;
  return invalid("RegistrarUrl: a REGISTER has no headers of that kind. Remove everything from the question mark on.");
}
