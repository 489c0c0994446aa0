import { CONNECTION_INCIDENTS } from "./connection-catalogue.ts";
import { HEADER_INCIDENTS } from "./header-catalogue.ts";
import { CALL_INCIDENTS } from "./incident-catalogue.ts";
import { RECORDING_INCIDENTS } from "./recording-catalogue.ts";
import { REFUSALS } from "./refusal-catalogue.ts";

/** Debugger codes that refuse a call or request, with a SIP answer of their own (contract §8.3, §12). */
export type RefusalCode =
  | 10001
  | 10004
  | 13224
  | 32001
  | 32006
  | 32010
  | 32012
  | 32100
  | 32101
  | 32102
  | 32103
  | 32115
  | 32200
  | 32201
  | 32202
  | 32203
  | 32204
  | 32205
  | 32206
  | 32207
  | 32208
  | 32209
  | 32210
  | 32218
  | 32219;

/** Debugger codes of things that happen to a call or while it is set up, and refuse nothing by themselves (contract §12). */
export type CallIncidentCode =
  | 32002
  | 32007
  | 32008
  | 32009
  | 32011
  | 32013
  | 32014
  | 32015
  | 32016
  | 32017
  | 32018
  | 32019
  | 32021
  | 32022;

/** Debugger codes of messages and addresses that could not be used as they were written (contract §12). */
export type HeaderIncidentCode = 32105 | 32106 | 32110 | 32111 | 32112 | 32113 | 32114;

/** Debugger codes of registrations, dialled SIP addresses, TLS, private connections and carriers of the customer (contract §12). */
export type ConnectionIncidentCode =
  | 32212
  | 32214
  | 32215
  | 32216
  | 32220
  | 32221
  | 32222
  | 32223
  | 32301
  | 32302
  | 32303
  | 32304
  | 32400
  | 32401;

/** Codes of recordings that are missing, incomplete or late (contract §5, REC-4); those from 16190 on are none of Twilio's. */
export type RecordingIncidentCode = 16101 | 16102 | 16104 | 16105 | 16111 | 16190 | 16191 | 16192;

export type IncidentCode = CallIncidentCode | HeaderIncidentCode | ConnectionIncidentCode | RecordingIncidentCode;

/** Every code that a call can give. */
export type ErrorCode = RefusalCode | IncidentCode;

export type Bilingual = { readonly en: string; readonly ja: string };

/** What one code means, for its three readers: the peer (`sip`, `text`), the customer (`title`, `cause`, `remedy`), the debugger (`level`). */
export type ErrorEntry = {
  readonly level: "error" | "warning";
  readonly title: Bilingual;
  /** What follows the code in `X-Twilio-Error`. ASCII, no line break. */
  readonly text: string;
  /** The refusal on the wire; null for an incident, which refuses nothing. */
  readonly sip: { readonly status: number; readonly phrase: string } | null;
  readonly cause: Bilingual;
  readonly remedy: Bilingual;
};

export type IncidentEntry = ErrorEntry & { readonly sip: null };
export type RefusalEntry = ErrorEntry & { readonly sip: { readonly status: number; readonly phrase: string } };

const CATALOGUE: Readonly<Record<ErrorCode, ErrorEntry>> = {
  ...REFUSALS,
  ...CALL_INCIDENTS,
  ...HEADER_INCIDENTS,
  ...CONNECTION_INCIDENTS,
  ...RECORDING_INCIDENTS,
};

export function errorEntry(code: RefusalCode): RefusalEntry;
export function errorEntry(code: ErrorCode): ErrorEntry;
export function errorEntry(code: ErrorCode): ErrorEntry {
  return CATALOGUE[code];
}

/** Every code of the catalogue, in order. */
export function errorCodes(): readonly ErrorCode[] {
  return Object.keys(CATALOGUE).map((code) => Number(code) as ErrorCode);
}

/** True for a code that the catalogue knows, so that one read from a record can be explained. */
export function isErrorCode(code: number): code is ErrorCode {
  return Object.hasOwn(CATALOGUE, code);
}

/** The text of `X-Twilio-Error` behind the code. */
export function errorText(code: ErrorCode): string {
  return CATALOGUE[code].text;
}
