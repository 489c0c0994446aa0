import type { Platform } from "./platform.ts";
import { assignNumber } from "./script-ground.ts";

export type GroundTrunk = { readonly sid: string; readonly domain: string };

/** A trunk of the demo account that takes calls from those addresses, and owns one of its numbers when asked to. */
export async function makeTrunk(
  platform: Platform,
  wanted: {
    readonly name: string;
    readonly listed: string | readonly string[];
    readonly secure?: boolean;
    readonly number?: string;
  },
): Promise<GroundTrunk> {
  const { name, listed, secure = false, number } = wanted;
  const lists = `/2010-04-01/Accounts/${platform.demo.accountSid}/SIP/IpAccessControlLists`;
  const list = await platform.post<{ sid: string }>(`${lists}.json`, { FriendlyName: name });
  for (const address of [listed].flat()) {
    await platform.post(`${lists}/${list.sid}/IpAddresses.json`, { FriendlyName: address, IpAddress: address });
  }
  const domain = `${name}.pstn.${platform.zone}`;
  const form = { FriendlyName: name, DomainName: domain, Secure: String(secure) };
  const { sid } = await platform.post<{ sid: string }>("/v1/Trunks", form);
  await platform.post(`/v1/Trunks/${sid}/IpAccessControlLists`, { IpAccessControlListSid: list.sid });
  if (number !== undefined) await assignNumber(platform, sid, number);
  return { sid, domain };
}
