import { describe, expect, it } from "vitest";
import { PortPool } from "./port-pool.ts";
import { SourceGate } from "./source-gate.ts";

describe("port pool", () => {
  const last = (below: number): number => below - 1;
  const takeAll = (pool: PortPool, nowMs = 0): number[] => {
    const taken: number[] = [];
    for (let port = pool.take(nowMs); port !== undefined; port = pool.take(nowMs)) taken.push(port);
    return taken.sort((x, y) => x - y);
  };

  it.each([
    [10_000, 10_005, [10_000, 10_002, 10_004]],
    [10_001, 10_005, [10_002, 10_004]],
    [10_000, 10_004, [10_000, 10_002]],
    [10_001, 10_002, []],
  ])("RFC 3550 §11 %d–%d has the even pairs %j, each once", (min, max, want) => {
    expect(takeAll(new PortPool(min, max, 0, last))).toEqual(want);
    expect(takeAll(new PortPool(min, max, 0, () => 0))).toEqual(want);
  });

  it("MED-5 a pair given back rests before it is drawn again", () => {
    const pool = new PortPool(10_000, 10_003, 5_000, last);
    expect(takeAll(pool)).toEqual([10_000, 10_002]);
    pool.giveBack(10_002, 1_000);
    pool.giveBack(10_000, 2_000);
    expect(pool.take(5_999)).toBeUndefined();
    expect(takeAll(pool, 6_000)).toEqual([10_002]);
    expect(takeAll(pool, 7_000)).toEqual([10_000]);
  });

  it("goes round for ever without losing or doubling a pair", () => {
    const pool = new PortPool(10_000, 10_199, 10, (below) => below >> 1);
    const used = new Set<number>();
    for (let turn = 0; turn < 5_000; turn += 1) {
      const port = pool.take(turn) ?? 0;
      expect(used.has(port)).toBe(false);
      used.add(port);
      const oldest = [...used][0] as number;
      if (used.size > 50) {
        used.delete(oldest);
        pool.giveBack(oldest, turn);
      }
    }
    for (const port of used) pool.giveBack(port, 5_000);
    expect(takeAll(pool, 9_999)).toHaveLength(100);
  });

  it("draws each pair about equally often", () => {
    const seen = new Map<number, number>();
    for (let draw = 0; draw < 4; draw += 1) {
      const port = new PortPool(10_000, 10_007, 0, () => draw).take(0) ?? 0;
      seen.set(port, (seen.get(port) ?? 0) + 1);
    }
    expect([...seen.values()]).toEqual([1, 1, 1, 1]);
  });
});

describe("source gate (MED-1)", () => {
  type Packet = readonly [address: string, port: number, atMs?: number];
  const SDP: Packet = ["192.0.2.1", 4_000];
  const SAME_HOST: Packet = ["192.0.2.1", 9_000];
  const NAT: Packet = ["198.51.100.7", 1_024];
  const OTHER: Packet = ["203.0.113.9", 5_000];
  const later = ([address, port]: Packet, atMs: number): Packet => [address, port, atMs];

  /** `+` for a packet that is taken, `-` for one that is not. */
  const play = (symmetric: boolean, packets: readonly Packet[]): string => {
    const gate = new SourceGate(symmetric);
    gate.expect(SDP[0], SDP[1]);
    return packets.map(([address, port, atMs]) => (gate.admits(address, port, atMs ?? 0) ? "+" : "-")).join("");
  };

  const cases: readonly (readonly [title: string, symmetric: boolean, packets: readonly Packet[], want: string])[] = [
    ["off: the SDP's address and port", false, [SDP, SDP], "++"],
    ["off: another address never", false, [OTHER, OTHER, OTHER, OTHER, SDP, OTHER], "----+-"],
    ["off: another port of the address, if it is the first", false, [SAME_HOST, SAME_HOST], "++"],
    ["off: the first port locks out others", false, [SDP, SAME_HOST, SDP], "+-+"],
    ["off: the SDP's own port takes over within the window", false, [SAME_HOST, SDP, SAME_HOST], "++-"],
    ["off: and not after it", false, [SAME_HOST, later(SDP, 3_000), later(SAME_HOST, 3_000)], "+-+"],
    ["on: another address after three in a row", true, [NAT, NAT, NAT, NAT], "--++"],
    ["on: not when others come between", true, [NAT, OTHER, NAT, OTHER, NAT, OTHER], "------"],
    ["on: once locked, others are not heard, however many", true, [NAT, NAT, NAT, OTHER, OTHER, OTHER, NAT], "--+---+"],
    ["on: the SDP's address is believed at once, and wins", true, [NAT, NAT, NAT, SDP, NAT], "--++-"],
    ["on: but not when the window is over", true, [NAT, NAT, NAT, later(SDP, 3_000), later(NAT, 3_001)], "--+-+"],
  ];
  it.each(cases)("%s", (_title, symmetric, packets, want) => {
    expect(play(symmetric, packets)).toBe(want);
  });

  const PLACE = ["192.0.2.1", 4_000] as const;

  it("the same SDP again keeps the lock, another place starts over, port 0 hears nobody", () => {
    const gate = new SourceGate(false);
    gate.expect(...PLACE);
    expect(gate.admits("192.0.2.1", 9_000, 0)).toBe(true);
    gate.expect(...PLACE);
    expect(gate.admits("192.0.2.1", 9_001, 5_000)).toBe(false);
    gate.expect("192.0.2.1", 4_002);
    expect(gate.admits("192.0.2.1", 9_001, 5_000)).toBe(true);
    expect(gate.sourceChanges).toBe(1);
    gate.expect("192.0.2.1", 0);
    expect(gate.admits("192.0.2.1", 9_001, 5_000)).toBe(false);
  });
  it("takes at most 2,000 packets a second from a source", () => {
    const gate = new SourceGate(false);
    gate.expect(...PLACE);
    const taken = (atMs: number): number =>
      Array.from({ length: 3_000 }, () => gate.admits("192.0.2.1", 4_000, atMs)).filter(Boolean).length;
    expect([taken(5_000), taken(5_999), taken(6_000)]).toEqual([2_000, 0, 2_000]);
  });
});
