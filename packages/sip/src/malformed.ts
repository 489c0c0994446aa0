/**
 * What a reader returns instead of throwing: bad input from a peer is a value.
 *
 * `what` names the element ("CSeq", "Via branch"), `at` is the offset in the text given to the reader (0 when unknown).
 */
export class Malformed {
  readonly what: string;
  readonly at: number;

  constructor(what: string, at = 0) {
    this.what = what;
    this.at = at;
  }
}

export function isMalformed(value: unknown): value is Malformed {
  return value instanceof Malformed;
}
