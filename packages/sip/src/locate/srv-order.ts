import type { SrvRecord } from "./dns.ts";

/**
 * SRV records in order of trial (RFC 2782): by priority, and within one priority drawn by weight. Records of weight 0 come after
 * the others; among themselves all are equal.
 *
 * @param random a draw in [0, 1), taken once per record
 */
export function inSrvOrder(records: readonly SrvRecord[], random: () => number): readonly SrvRecord[] {
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((a, b) => a - b);
  return priorities.flatMap((priority) =>
    drawn(
      records.filter((record) => record.priority === priority),
      random,
    ),
  );
}

function drawn(records: readonly SrvRecord[], random: () => number): readonly SrvRecord[] {
  const left = [...records];
  const order: SrvRecord[] = [];
  while (left.length > 0) {
    const total = left.reduce((sum, { weight }) => sum + weight, 0);
    const weightOf = (record: SrvRecord): number => (total === 0 ? 1 : record.weight);
    let draw = random() * (total === 0 ? left.length : total);
    const picked = left.findIndex((record) => {
      draw -= weightOf(record);
      return draw < 0;
    });
    // Rounding may leave the draw at exactly the total: the last one then.
    order.push(...left.splice(picked < 0 ? left.length - 1 : picked, 1));
  }
  return order;
}
