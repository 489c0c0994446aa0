import { Malformed } from "../malformed.ts";
import type { RawHeader } from "./message.ts";
import { canonicalName } from "./names.ts";
import { isBlank, trimBlank } from "./text.ts";

/** Bounds of one message. Above them it is refused; each is far beyond what a call needs. */
export type ReadLimits = {
  /** Longest message in octets: a UDP datagram cannot be longer (RFC 3261 §18.1.1). */
  readonly maxMessageBytes: number;
  /** Most header lines, continuations counted: 70 hops with a Via and a Record-Route each, and as much again. */
  readonly maxHeaderLines: number;
  /** Longest header line with its continuations, in octets: an Identity header (RFC 8224) takes 1 to 2 kB. */
  readonly maxLineBytes: number;
};

export const DEFAULT_READ_LIMITS: ReadLimits = { maxMessageBytes: 65_535, maxHeaderLines: 256, maxLineBytes: 16_384 };

/** A message cut into lines. `problem` is the first thing wrong with it; what could be read is there all the same. */
export type Lines = {
  readonly startLine: string;
  readonly headers: readonly RawHeader[];
  /** Offset of the first octet after the empty line, or of the end when there is no empty line. */
  readonly bodyAt: number;
  readonly problem: Malformed | undefined;
};

/**
 * Cuts start line and header lines. A lone LF ends a line as CRLF does, so no value can hide a line break from the next hop;
 * a lone CR is a problem. CRLFs before the start line are ignored (RFC 3261 §7.5).
 */
export function readLines(text: string, limits: ReadLimits): Lines {
  const cutter = new Cutter(text, limits);
  cutter.skipEmptyLines();
  const startLine = cutter.takeLine();
  const headers: RawHeader[] = [];
  let ended = false;
  while (!ended && !cutter.atEnd() && cutter.headerLines <= limits.maxHeaderLines) {
    if (cutter.atEmptyLine()) {
      cutter.skipLine();
      ended = true;
    } else {
      const header = cutter.takeHeader();
      if (header) headers.push(header);
    }
  }
  if (cutter.headerLines > limits.maxHeaderLines) cutter.fail("Too many header fields");
  if (!ended) cutter.fail("Missing empty line");
  return { startLine, headers, bodyAt: cutter.at, problem: cutter.problem };
}

/** Value of the first header with that canonical key. */
export function findHeader(headers: readonly RawHeader[], key: string): string | undefined {
  for (const header of headers) if (header.key === key) return header.value;
  return undefined;
}

const CR = 0x0d;
const LF = 0x0a;
const EMPTY_LINES = /(?:\r?\n)*/y;

class Cutter {
  readonly #text: string;
  readonly #limits: ReadLimits;
  /** Next CR at or after `at`, looked up again only once passed: no line is searched twice. */
  #nextCr = -1;
  at = 0;
  headerLines = 0;
  problem: Malformed | undefined;

  constructor(text: string, limits: ReadLimits) {
    this.#text = text;
    this.#limits = limits;
    this.#nextCr = this.#findCr(0);
  }

  fail(what: string): void {
    this.problem ??= new Malformed(what, this.at);
  }

  atEnd(): boolean {
    return this.at >= this.#text.length;
  }

  atEmptyLine(): boolean {
    const code = this.#text.charCodeAt(this.at);
    return code === LF || (code === CR && this.#text.charCodeAt(this.at + 1) === LF);
  }

  skipEmptyLines(): void {
    EMPTY_LINES.lastIndex = this.at;
    EMPTY_LINES.test(this.#text);
    this.at = EMPTY_LINES.lastIndex;
  }

  skipLine(): void {
    this.at = this.#text.indexOf("\n", this.at) + 1;
  }

  /** The line at `at` without its end; moves behind it. */
  takeLine(): string {
    const start = this.at;
    const lf = this.#text.indexOf("\n", start);
    if (lf < 0) {
      this.fail("Missing line end");
      this.at = this.#text.length;
      return this.#text.slice(start);
    }
    const end = lf > start && this.#text.charCodeAt(lf - 1) === CR ? lf - 1 : lf;
    if (this.#nextCr < start) this.#nextCr = this.#findCr(start);
    if (this.#nextCr < end) this.fail("Stray CR");
    this.at = lf + 1;
    return this.#text.slice(start, end);
  }

  /** The header line at `at` with its continuation lines (RFC 3261 §7.3.1); moves behind them. Undefined when it is none. */
  takeHeader(): RawHeader | undefined {
    const start = this.at;
    let line = this.takeLine();
    this.headerLines++;
    if (isBlank(this.#text.charCodeAt(this.at))) line = this.#unfold(line);
    if (this.at - start > this.#limits.maxLineBytes) this.fail("Header field too long");
    const colon = line.indexOf(":");
    const name = trimBlank(line.slice(0, Math.max(colon, 0)));
    const key = colon < 1 || isBlank(line.charCodeAt(0)) ? undefined : canonicalName(name);
    if (key === undefined) {
      this.fail("Malformed header field");
      return undefined;
    }
    return { key, name, value: trimBlank(line.slice(colon + 1)) };
  }

  #unfold(first: string): string {
    const parts = [first];
    while (isBlank(this.#text.charCodeAt(this.at)) && this.headerLines <= this.#limits.maxHeaderLines) {
      parts.push(trimBlank(this.takeLine()));
      this.headerLines++;
    }
    return parts.join(" ");
  }

  #findCr(from: number): number {
    const at = this.#text.indexOf("\r", from);
    return at < 0 ? this.#text.length : at;
  }
}
