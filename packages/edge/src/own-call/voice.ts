import { openAudioEndpoint } from "@trunkline/media";
import type { EdgeAddress } from "../edge.types.ts";
import type { Voice, VoiceNews } from "./own-call.types.ts";

/** How a socket is reached from this machine that is bound to all its addresses. */
const LOOPBACK: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/**
 * Opens a voice beside the media plane: on the first of our addresses, shown like those of calls, and hearing the plane at the address that
 * the plane is bound to, since not every NAT lets us reach ourselves from outside (RFC 4787 §6).
 *
 * Rejects with the system's error when there is no port.
 */
export async function openVoice(
  addresses: readonly EdgeAddress[],
  random: () => number,
  news: VoiceNews,
): Promise<Voice> {
  const [own] = addresses;
  if (!own) throw new Error("the edge has no address");
  const reach = (address: string): string => {
    const bind = addresses.find(({ advertise }) => advertise === address)?.bind ?? address;
    return LOOPBACK[bind] ?? bind;
  };
  const audio = await openAudioEndpoint({
    address: own.bind,
    shownAddress: own.advertise,
    reach,
    random,
    onlyPeer: true,
    onDigit: (digit) => news.digit(digit),
    onPlayed: () => news.played(),
  });
  return { audio, mediaAddress: own.advertise };
}
