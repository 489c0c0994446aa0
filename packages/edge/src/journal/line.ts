import type { CallEvent, CallRecord } from "@trunkline/trunking";

/** One line of the journal: a JSON object with a single key that says what it is. */
export type JournalLine =
  | { readonly kind: "event"; readonly event: CallEvent }
  /** The process was alive at this time (epoch milliseconds). */
  | { readonly kind: "alive"; readonly atMs: number }
  /** These calls are over and with the sink: nothing about them has to be done again. */
  | { readonly kind: "saved"; readonly sids: readonly string[] }
  /** A call as it stands, carried over from a segment that is about to be deleted. */
  | { readonly kind: "carried"; readonly record: CallRecord };

export function writeLine(line: JournalLine): string {
  switch (line.kind) {
    case "event":
      return `${JSON.stringify({ event: line.event })}\n`;
    case "alive":
      return `{"alive":${line.atMs}}\n`;
    case "saved":
      return `${JSON.stringify({ saved: line.sids })}\n`;
    case "carried":
      return `${JSON.stringify({ carried: line.record })}\n`;
    default:
      return line satisfies never;
  }
}

/** A line without its line break; undefined for one that is torn or damaged. Never throws. */
export function readLine(text: string): JournalLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { event, alive, saved, carried } = value;
  if (isObject(event) && typeof event["kind"] === "string" && isNamed(event)) {
    return { kind: "event", event: event as CallEvent };
  }
  if (typeof alive === "number") return { kind: "alive", atMs: alive };
  if (Array.isArray(saved)) return { kind: "saved", sids: saved.filter((sid) => typeof sid === "string") };
  if (isObject(carried) && typeof carried["revision"] === "number" && isNamed(carried)) {
    return { kind: "carried", record: carried as CallRecord };
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNamed(value: Readonly<Record<string, unknown>>): boolean {
  return typeof value["sid"] === "string";
}
