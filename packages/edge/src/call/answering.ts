const DIRECTION = /^a=(sendrecv|sendonly|recvonly|inactive)\r?$/m;
const DIRECTION_LINE = /^a=(?:sendrecv|sendonly|recvonly|inactive)\r?\n/gm;

/**
 * A description made fit to answer an offer with: each stream flows only where the offer lets it (RFC 3264 §6.1), everything else stays as
 * it was said. Both have their streams in the same order; one too many or too few is left for the media plane to refuse.
 */
export function answering(description: string, offer: string): string {
  const [session = "", ...streams] = sections(description);
  const [offeredSession = "", ...offered] = sections(offer);
  const own = directionOf(session) ?? "sendrecv";
  const theirs = directionOf(offeredSession) ?? "sendrecv";
  const answered = streams.map((stream, index) => {
    const allowed = reversed(directionOf(offered[index] ?? "") ?? theirs);
    const direction = common(directionOf(stream) ?? own, allowed);
    const text = stream.replace(DIRECTION_LINE, "");
    return `${text}${text.endsWith("\n") ? "" : "\r\n"}a=${direction}\r\n`;
  });
  return [session.replace(DIRECTION_LINE, ""), ...answered].join("");
}

/** The session's lines, then those of each stream. */
function sections(sdp: string): readonly string[] {
  return sdp.split(/^(?=m=)/m);
}

function directionOf(section: string): string | undefined {
  return DIRECTION.exec(section)?.[1];
}

function reversed(direction: string): string {
  return direction === "sendonly" ? "recvonly" : direction === "recvonly" ? "sendonly" : direction;
}

function common(a: string, b: string): string {
  if (a === b || b === "sendrecv") return a;
  return a === "sendrecv" ? b : "inactive";
}
