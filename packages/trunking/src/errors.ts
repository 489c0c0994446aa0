import { INCIDENTS } from "./incident-catalogue.ts";
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
  | 32218;

/** Debugger codes of things that happen during a call (contract §12). */
export type IncidentCode = 32011 | 32014 | 32015 | 32022 | 32219;

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

export type RefusalEntry = ErrorEntry & { readonly sip: { readonly status: number; readonly phrase: string } };

const CATALOGUE: Readonly<Record<ErrorCode, ErrorEntry>> = { ...REFUSALS, ...INCIDENTS };

export function errorEntry(code: RefusalCode): RefusalEntry;
export function errorEntry(code: ErrorCode): ErrorEntry;
export function errorEntry(code: ErrorCode): ErrorEntry {
  return CATALOGUE[code];
}

/** True for a code that the catalogue knows, so that one read from a record can be explained. */
export function isErrorCode(code: number): code is ErrorCode {
  return Object.hasOwn(CATALOGUE, code);
}

/** The text of `X-Twilio-Error` behind the code. */
export function errorText(code: ErrorCode): string {
  return CATALOGUE[code].text;
}
