import { Malformed } from "../malformed.ts";
import { TOKEN_CHARS, unescapeQuoted } from "./text.ts";
import type { Params } from "./values.ts";

export const NO_PARAMS: Params = new Map();

/** One `;name=value` with the blanks around it; all but the semicolon is optional, so that a trailing one can be forgiven. */
const PARAM = new RegExp(
  `[ \\t]*;[ \\t]*(?:([${TOKEN_CHARS}]+)(?:[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\[\\s\\S])*)"|([^ \\t;,<>"]*)))?)?`,
  "y",
);
const BLANKS_TO_END = /[ \t]*$/y;

/** Where one parameter stands in its text: from the blanks before its semicolon to its last character. */
export type ParamSpan = { readonly name: string; readonly start: number; readonly end: number };

/**
 * Reads header parameters from offset `at` to the end of the text (RFC 3261 §7.3.1, `generic-param`).
 *
 * Quoted values come without their quotes; the first of two equal names counts. An empty parameter (`;;`) is `Malformed`
 * (RFC 4475 §3.1.2.1), one semicolon at the very end is forgiven.
 */
export function parseParams(text: string, at: number): Params | Malformed {
  if (at >= text.length) return NO_PARAMS;
  const params = new Map<string, string>();
  const failed = walk(text, at, (name, value) => {
    if (!params.has(name)) params.set(name, value);
  });
  return failed ?? params;
}

/** `value` with one more parameter. The semicolon that `parseParams` forgives at its end must not become an empty parameter. */
export function addParam(value: string, param: string): string {
  return `${value.replace(/;[ \t]*$/, "")};${param}`;
}

/** The spans of the parameters that `parseParams` reads; none when they are malformed. */
export function paramSpans(text: string, at: number): readonly ParamSpan[] {
  const spans: ParamSpan[] = [];
  const failed = walk(text, at, (name, _value, start, end) => spans.push({ name, start, end }));
  return failed ? [] : spans;
}

function walk(
  text: string,
  from: number,
  visit: (name: string, value: string, start: number, end: number) => void,
): Malformed | undefined {
  let at = from;
  for (;;) {
    PARAM.lastIndex = at;
    const match = PARAM.exec(text);
    const next = match ? PARAM.lastIndex : at;
    if (!match || match[1] === undefined) {
      BLANKS_TO_END.lastIndex = next;
      return BLANKS_TO_END.test(text) ? undefined : new Malformed("parameter", next);
    }
    const quoted = match[2];
    visit(match[1].toLowerCase(), quoted === undefined ? (match[3] ?? "") : unescapeQuoted(quoted), at, next);
    at = next;
  }
}
