import { isMalformed, isUnspecified, readSdp, relocateSdp, type SessionDescription, writeSdp } from "@trunkline/sip";
import { descriptions } from "./corpus.ts";
import type { Target } from "./target.ts";

const OURS = "198.51.100.7";

/** Session descriptions: lossless, and after relocation nothing points anywhere but to us. */
export const sdpTarget: Target = {
  name: "sdp",
  corpus: descriptions(),
  check(input) {
    const description = readSdp(input);
    if (isMalformed(description)) return undefined;
    return writeSdp(description) === input ? checkRelocation(description) : "written otherwise than read";
  },
};

function checkRelocation(description: SessionDescription): string | undefined {
  const media = description.media.map((_line, index) => ({ port: 20_000 + 2 * index }));
  const place = { family: "IP4", address: OURS, media, omit: (name: string) => name === "candidate" } as const;
  const text = relocateSdp(description, place);
  const moved = readSdp(text);
  if (isMalformed(moved)) return `relocated and not readable: ${moved.what}`;
  if (moved.media.length !== description.media.length) return "an m-line was lost or made";
  if (moved.origin.address !== OURS) return "the origin still names another address";
  if (relocateSdp(moved, place) !== text) return "relocated twice it is another";
  for (const [index, line] of moved.media.entries()) {
    const before = description.media[index];
    if (before?.port === 0) {
      if (line.port !== 0) return "a refused stream was switched on";
      continue;
    }
    if (line.port !== 20_000 + 2 * index) return "a port is not ours";
    const { connection } = line;
    if (!connection) return "a stream without an address";
    if (connection.address !== OURS && !isUnspecified(connection.address))
      return "a stream still names another address";
    if (line.rtcp.address !== undefined && line.rtcp.address !== OURS) return "RTCP still names another address";
  }
  return undefined;
}
