import type { OriginationUrl } from "../../api/twilio/trunking.ts";

type Weighted = Pick<OriginationUrl, "priority" | "weight" | "enabled">;

/**
 * The share of calls, 0 to 1, that an enabled origination URL is given first: within the lowest priority number by weight (ORIG-2), and none
 * of them while a lower number is there.
 */
export function shareOf(url: Weighted, all: readonly Weighted[]): number {
  const enabled = all.filter((one) => one.enabled);
  const lowest = Math.min(...enabled.map(({ priority }) => priority));
  if (url.priority !== lowest) return 0;
  const total = enabled.reduce((sum, one) => sum + (one.priority === lowest ? one.weight : 0), 0);
  return url.weight / total;
}
