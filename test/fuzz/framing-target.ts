import { isUnreadable, readMessage, type StreamEvent, StreamFramer } from "@trunkline/sip";
import { messages } from "./corpus.ts";
import type { Target } from "./target.ts";

/** Streams: however they are cut, the same messages come out, and what comes out is what went in. */
export const framingTarget: Target = {
  name: "framing",
  corpus: streams(),
  check(input, random) {
    const whole = push(input, () => input.length);
    const octets = input.length < 2_000 ? push(input, () => 1) : whole;
    const longest = Math.max(100, input.length / 50);
    const pieces = push(input, () => 1 + Math.floor(random() * longest));
    if (describe(pieces) !== describe(whole) || describe(octets) !== describe(whole))
      return "cut otherwise, read otherwise";
    const broken = whole.findIndex(({ kind }) => kind === "broken");
    if (broken >= 0 && broken !== whole.length - 1) return "it went on behind a broken message";
    let at = 0;
    for (const event of whole) {
      if (event.kind !== "message") continue;
      const found = input.indexOf(event.text, at);
      if (found < 0) return "a message that was not sent";
      at = found + event.text.length;
      const message = readMessage(event.text);
      const length = isUnreadable(message) ? undefined : message.header("content-length");
      if (!isUnreadable(message) && Number(length) !== message.body.length) return "a body of another length";
    }
    return undefined;
  },
};

/** Two messages in a row with keep-alives around them, the lengths as they are. */
function streams(): readonly string[] {
  const all = messages().map(withLength);
  return all.map(
    (text, index) => `\r\n\r\n${text}${index % 3 === 0 ? "\r\n\r\n" : ""}${all[(index + 1) % all.length]}`,
  );
}

function withLength(text: string): string {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0 || /^(?:content-length|l)[ \t]*:/im.test(text)) return text;
  return `${text.slice(0, end)}\r\nContent-Length: ${text.length - end - 4}${text.slice(end)}`;
}

function push(input: string, lengthOf: () => number): readonly StreamEvent[] {
  const framer = new StreamFramer({ openedBy: "peer" });
  const events: StreamEvent[] = [];
  for (let at = 0; at < input.length; ) {
    const length = lengthOf();
    events.push(...framer.push(input.slice(at, at + length)));
    at += length;
  }
  return events;
}

/** Why a stream broke may depend on how much of it was there: a message too large is told by its length or by its headers. */
function describe(events: readonly StreamEvent[]): string {
  return JSON.stringify(events.map((event) => (event.kind === "broken" ? event.kind : event)));
}
