import type { CallDirection } from "../record/events.ts";
import { pass, quoted, type Ruling, refuse } from "./ruling.ts";
import type { CallRequest, Facts } from "./types.ts";

/** Carries one mark for each time a call passed through a Trunkline, in order; passed on by whoever copies `X-` headers. */
export const HOPS_HEADER = "X-Trunkline-Hops";

/**
 * How often a call for one number may pass here before it is a loop. Once may be meant: a PBX that sends a caller who waited in a queue
 * back to its own main number.
 */
const MAX_PASSES = 2;

/** Marks read and kept; a call with more passed through more hands than a caller would wait for. */
const MAX_MARKS = 20;

const MARK = /^[0-9a-f]{8}$/;

/**
 * LIM-4, in the spirit of RFC 7332: a back-to-back user agent hides Via and may renew Max-Forwards, so that a call between two of them goes
 * round for ever. Each passage therefore leaves a mark made of installation, direction and called number; a call whose mark came
 * back too often is refused (482, 32006). Found: the value to send on.
 *
 * It costs one header, keeps no state, and says nothing to strangers that the called number does not say.
 */
export function checkLoop(
  request: CallRequest,
  direction: CallDirection,
  called: string,
  facts: Facts,
): Ruling<string> {
  const marks = readMarks(request);
  const mark = fingerprint(`${facts.zone} ${direction} ${called}`);
  const passes = marks.filter((one) => one === mark).length;
  const input = quoted(marks.join(", "));
  const status = { status: 482, phrase: "Loop Detected" };
  if (passes >= MAX_PASSES)
    return refuse(
      32006,
      input,
      `The call for ${called} has been here ${passes} times before: it goes in a circle.`,
      status,
    );
  if (marks.length >= MAX_MARKS)
    return refuse(32006, input, `The call has passed through ${marks.length} platforms.`, status);
  const detail = passes === 0 ? "The call has not been here for this number." : "The call has been here once before.";
  return pass(input, detail, [...marks, mark].join(", "));
}

/** True when the call says that it passed here or elsewhere before; a first passage is not worth a step in the trace. */
export function hasPassedBefore(request: CallRequest): boolean {
  return readMarks(request).length > 0;
}

function readMarks({ headers = [] }: CallRequest): readonly string[] {
  return headers
    .filter(([name]) => name.toLowerCase() === HOPS_HEADER.toLowerCase())
    .flatMap(([, value]) => value.split(",", MAX_MARKS).map((text) => text.trim()))
    .filter((text) => MARK.test(text))
    .slice(0, MAX_MARKS);
}

/** FNV-1a, 32 bits: short and the same everywhere. A mark is no proof of anything, so it need not be strong. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, "0");
}
