/** What parsers stumble over, as octets. */
const OCTETS = [
  "\0",
  "\r",
  "\n",
  "\r\n",
  "\t",
  " ",
  '"',
  "<",
  ">",
  ";",
  ",",
  ":",
  "@",
  "%",
  "%00",
  "\\",
  "=",
  "[",
  "]",
  "\x7f",
  "\x80",
  "\xff",
];
const UTF8 = ["\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x93\x9e", "\xc0\xaf", "\xed\xa0\x80", "\xef\xbb\xbf"];
const NUMBERS = [
  "0",
  "-1",
  "00",
  "1",
  "255",
  "256",
  "65535",
  "65536",
  "2147483647",
  "2147483648",
  "4294967296",
  "9007199254740993",
  "1e9",
  "0x10",
  "9".repeat(40),
];
const NAMES = [
  "v",
  "f",
  "t",
  "i",
  "l",
  "m",
  "CSEQ",
  "Content-Length",
  "via",
  "Route",
  "Record-Route",
  "Require",
  "X-Unknown",
  "",
];
/** Larger than any datagram, so that the limits are met as well. */
const MAX_LENGTH = 70_000;

type Random = () => number;
type Edit = (text: string, draw: Draw) => string;

class Draw {
  readonly random: Random;
  readonly #corpus: readonly string[];

  constructor(random: Random, corpus: readonly string[]) {
    this.random = random;
    this.#corpus = corpus;
  }

  upTo(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.upTo(choices.length)] as T;
  }

  other(): string {
    return this.pick(this.#corpus);
  }
}

/** Edits anywhere in the text. */
const ANYWHERE: readonly Edit[] = [
  (text, draw) => splice(text, draw, 1, String.fromCharCode(draw.upTo(256))),
  (text, draw) => flipBit(text, draw),
  (text, draw) => splice(text, draw, draw.upTo(2), draw.pick(OCTETS)),
  (text, draw) => splice(text, draw, 0, draw.pick(UTF8)),
  (text, draw) => splice(text, draw, draw.upTo(1 + draw.upTo(40)), ""),
  (text, draw) => splice(text, draw, 0, part(text, draw)),
  (text, draw) => splice(text, draw, draw.upTo(40), part(draw.other(), draw)),
  (text, draw) => text.slice(0, draw.upTo(text.length + 1)),
  (text, draw) => text.slice(0, draw.upTo(text.length + 1)) + draw.other().slice(draw.upTo(200)),
  (text, draw) =>
    splice(text, draw, 0, draw.pick([...OCTETS, "a", "(", "a=", "; ", ", "]).repeat(draw.pick([3, 300, 20_000]))),
  (text, draw) => replaceNumber(text, draw),
];

/** Edits of whole lines: what is wrong then is the message, not its spelling. */
const BY_LINE: readonly Edit[] = [
  (text, draw) => lines(text, draw, (all, at) => all.splice(at, 0, all[at] ?? "")),
  (text, draw) => lines(text, draw, (all, at) => all.splice(at, 1)),
  (text, draw) => lines(text, draw, (all, at) => all.splice(draw.upTo(all.length), 0, ...all.splice(at, 1))),
  (text, draw) => lines(text, draw, (all, at) => all.splice(at, 1, draw.pick(draw.other().split(/\r?\n/)))),
  (text, draw) => lines(text, draw, (all, at) => all.splice(at, 0, draw.pick(draw.other().split(/\r?\n/)))),
  (text, draw) =>
    lines(text, draw, (all, at) =>
      all.splice(
        at,
        1,
        (all[at] ?? "").replace(/[ ;,]/, (one) => `${one}\r\n `),
      ),
    ),
  (text, draw) =>
    lines(text, draw, (all, at) =>
      all.splice(
        at,
        1,
        (all[at] ?? "").replace(/^[^:]*/, () => draw.pick(NAMES)),
      ),
    ),
  (text, draw) =>
    lines(text, draw, (all, at) =>
      all.splice(at, 1, ...Array.from({ length: draw.pick([10, 300]) }, () => all[at] ?? "")),
    ),
  (text, draw) => text.replace(/\r\n/g, draw.pick(["\n", "\r", "\r\n", "\n\r"])),
  (text, draw) => lieAboutLength(text, draw),
];

/**
 * Makes broken inputs out of good ones: one to four edits, of octets and of lines. The same seed makes the same inputs.
 *
 * @param corpus what is good, one character an octet; parts of one input get into another
 */
export class Mutator {
  readonly #draw: Draw;

  constructor(random: Random, corpus: readonly string[]) {
    this.#draw = new Draw(random, corpus);
  }

  /** The next input, from the corpus or from the text given. */
  next(from = this.#draw.other()): string {
    const draw = this.#draw;
    let text = from;
    for (let edits = 1 + draw.upTo(4); edits > 0; edits--) {
      text = draw.pick(draw.random() < 0.6 ? ANYWHERE : BY_LINE)(text, draw);
      if (text.length > MAX_LENGTH) text = text.slice(0, MAX_LENGTH);
    }
    return text;
  }
}

function splice(text: string, draw: Draw, deleted: number, inserted: string): string {
  const at = draw.upTo(text.length + 1);
  return text.slice(0, at) + inserted + text.slice(at + deleted);
}

function part(text: string, draw: Draw): string {
  const from = draw.upTo(text.length);
  return text.slice(from, from + 1 + draw.upTo(60));
}

function flipBit(text: string, draw: Draw): string {
  const at = draw.upTo(text.length);
  return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << draw.upTo(8))) + text.slice(at + 1);
}

function replaceNumber(text: string, draw: Draw): string {
  const numbers = [...text.matchAll(/\d+/g)];
  if (numbers.length === 0) return text;
  const { index, 0: digits } = draw.pick(numbers);
  return text.slice(0, index) + draw.pick(NUMBERS) + text.slice(index + digits.length);
}

function lieAboutLength(text: string, draw: Draw): string {
  const lie = draw.pick([...NUMBERS, "10", "+5", "5 5", ""]);
  const told = text.replace(/^(content-length|l)[ \t]*:.*$/im, (_line, name: string) => `${name}: ${lie}`);
  return told === text ? text.replace(/\r?\n\r?\n/, (end) => `\r\nContent-Length: ${lie}${end}`) : told;
}

function lines(text: string, draw: Draw, edit: (all: string[], at: number) => void): string {
  const all = text.split("\r\n");
  edit(all, draw.upTo(all.length));
  return all.join("\r\n");
}
