import { ERROR_CATALOGUE } from "./error-catalogue.ts";

/** Debugger codes that a call can give (contract §12, §5.2); `error-catalogue.ts` has a full entry for each. */
export type ErrorCode =
  | 10001
  | 10004
  | 13224
  | 32001
  | 32006
  | 32010
  | 32011
  | 32012
  | 32014
  | 32015
  | 32022
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
  | 32218
  | 32219;

export type Bilingual = { readonly en: string; readonly ja: string };

/** What one code means, for the three readers: the peer (`sip`, `text`), the customer (`title`, `cause`, `remedy`), the debugger (`level`). */
export type ErrorEntry = {
  readonly level: "error" | "warning";
  readonly title: Bilingual;
  /** What follows the code in `X-Twilio-Error`. ASCII, no line break. */
  readonly text: string;
  /** The refusal on the wire; null for an incident that refuses nothing (a BYE, a failed attempt). */
  readonly sip: { readonly status: number; readonly phrase: string } | null;
  readonly cause: Bilingual;
  readonly remedy: Bilingual;
};

export function errorEntry(code: ErrorCode): ErrorEntry {
  return ERROR_CATALOGUE[code];
}

/** True for a code that the catalogue knows, so that one read from a record can be explained. */
export function isErrorCode(code: number): code is ErrorCode {
  return Object.hasOwn(ERROR_CATALOGUE, code);
}

/** The text of `X-Twilio-Error` behind the code. */
export function errorText(code: ErrorCode): string {
  return ERROR_CATALOGUE[code].text;
}
