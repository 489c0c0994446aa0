import { relocateSdp, type SdpMediaPlace, type SessionDescription } from "@trunkline/sip";
import { OFFERED, writeCrypto } from "../srtp/sdes.ts";
import type { SrtpKey } from "../srtp/suite.ts";
import { type Answer, familyOf, type Offer } from "./negotiation.ts";
import { profileFor } from "./profile.ts";

/**
 * What does not reach the other side, because media passes through us. ICE names addresses beside ours; without its attributes both ends
 * use `c=` (RFC 8839 §4.2.5). The others are about keys, and each leg has its own: SDES, DTLS (RFC 5763), ZRTP, MIKEY.
 */
const NOT_PASSED =
  /^(?:candidate|remote-candidates|end-of-candidates|ice-.*|crypto\b.*|fingerprint|setup|tls-id|dtls-message|zrtp-hash|key-mgmt)$/i;

const ORIGIN = /^o=.*$/m;

/** How a leg is shown a description: our address, our port by line (undefined: none), and our key by line (null: plain). */
export type Showing = {
  readonly address: string;
  readonly ports: readonly (number | undefined)[];
  readonly keys: readonly (SrtpKey | null)[];
};

/** An offer as the other leg gets it, but for its `o=` line: see `withOrigin`. */
export function showOffer({ description, lines }: Offer, showing: Showing): string {
  return show(description, showing, (index) => {
    const line = lines[index];
    if (!line) return undefined;
    const key = showing.keys[index] ?? null;
    return {
      port: showing.ports[index] ?? 0,
      proto: profileFor(description.media[index]?.proto ?? "", key !== null),
      add: key === null ? [] : [writeCrypto(OFFERED.tag, key)],
      ...(line.formats ? { formats: line.formats } : {}),
    };
  });
}

/** An answer as the offerer gets it, likewise: with the transport it offered (RFC 3264 §6) and the tag it is answered by (RFC 4568 §5.1.2). */
export function showAnswer({ description, lines }: Answer, offer: Offer, showing: Showing): string {
  return show(description, showing, (index) => {
    const proto = offer.description.media[index]?.proto ?? "";
    const tag = offer.lines[index]?.crypto?.tag;
    const key = showing.keys[index];
    if (!lines[index]) return { port: 0, proto };
    const add = key && tag !== undefined ? [writeCrypto(tag, key)] : [];
    return { port: showing.ports[index] ?? 0, proto, add };
  });
}

function show(
  description: SessionDescription,
  { address }: Showing,
  placeOf: (index: number) => SdpMediaPlace | undefined,
): string {
  const text = relocateSdp(description, {
    family: familyOf(address),
    address,
    media: description.media.map((_media, index) => placeOf(index) ?? { port: 0 }),
    omit: (attribute) => NOT_PASSED.test(attribute),
  });
  return text.replace(ORIGIN, "o=");
}

/**
 * Puts in our own origin. Who sent a description may change in the middle of a dialog (another fork answers); the origin that the
 * other side sees may not (RFC 3264 §8).
 */
export function withOrigin(text: string, address: string, sessionId: number, version: number): string {
  return text.replace(ORIGIN, `o=- ${sessionId} ${version} IN ${familyOf(address)} ${address}`);
}
