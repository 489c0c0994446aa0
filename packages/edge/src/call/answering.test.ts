import { expect, it } from "vitest";
import { answering } from "./answering.ts";

const stream = (direction?: string): string =>
  `v=0\r\nm=audio 4000 RTP/AVP 0\r\n${direction === undefined ? "" : `a=${direction}\r\n`}`;

it.each([
  [undefined, undefined, "sendrecv"],
  ["sendrecv", "sendonly", "recvonly"],
  ["sendrecv", "recvonly", "sendonly"],
  ["sendrecv", "inactive", "inactive"],
  ["recvonly", "sendonly", "recvonly"],
  ["sendonly", "sendonly", "inactive"],
  ["inactive", "sendrecv", "inactive"],
])("RFC 3264 §6.1: who wants %s answers %s by %s", (own, offered, want) => {
  expect(answering(stream(own), stream(offered))).toBe(stream(want));
});

it("a direction of the session counts for its streams, and each stream has its own", () => {
  const description = "v=0\r\na=sendonly\r\nm=audio 1 RTP/AVP 0\r\nm=video 2 RTP/AVP 31\r\na=sendrecv\r\n";
  const offer = "v=0\r\nm=audio 3 RTP/AVP 0\r\na=recvonly\r\nm=video 4 RTP/AVP 31\r\na=inactive\r\n";
  expect(answering(description, offer)).toBe(
    "v=0\r\nm=audio 1 RTP/AVP 0\r\na=sendonly\r\nm=video 2 RTP/AVP 31\r\na=inactive\r\n",
  );
});
