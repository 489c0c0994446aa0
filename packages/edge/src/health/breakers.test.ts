import { describe, expect, it } from "vitest";
import { Breakers } from "./breakers.ts";

const [CX, TK] = ["CX1", "TK1"];
const AT = "pbx.example.com:5060/udp";
const EPOCH_MS = Date.UTC(2026, 0, 1);

function scene() {
  const clock = { nowMs: 1_000 };
  const told: string[] = [];
  const breakers = new Breakers({
    nowMs: () => clock.nowMs,
    wallClockMs: () => EPOCH_MS + clock.nowMs,
    turned: ({ ownerSid, address, isDown, failures }) =>
      void told.push(`${ownerSid} ${address} ${isDown ? "down" : "up"} ${failures}`),
  });
  const fail = (owner: string, times: number): void => {
    for (let n = 0; n < times; n++) breakers.failed(owner, AT);
  };
  return { clock, told, breakers, fail };
}

describe("ORIG-12, TERM-12: a breaker per target", () => {
  it("opens after three failures in a row, is told of once, and says since when", () => {
    const { clock, told, breakers, fail } = scene();
    fail(TK, 2);
    expect(breakers.trouble(TK, AT)).toBeUndefined();
    fail(TK, 1);
    clock.nowMs += 3_000;
    fail(TK, 5);
    expect(breakers.trouble(TK, AT)).toEqual({ health: "down", sinceMs: EPOCH_MS + 1_000, failures: 3 });
    expect([told, breakers.down]).toEqual([[`${TK} ${AT} down 3`], 1]);
    breakers.answered(TK, AT);
    expect(told.at(-1)).toBe(`${TK} ${AT} up 0`);
    expect([breakers.trouble(TK, AT), breakers.down, breakers.remembered]).toEqual([undefined, 0, 0]);
  });

  it("what one owner meets says nothing about another's target at the same address", () => {
    const { breakers, fail } = scene();
    fail(TK, 3);
    expect(breakers.trouble(CX, AT)).toBeUndefined();
  });

  it("on trial only one tries", () => {
    const { clock, breakers, fail } = scene();
    fail(TK, 3);
    clock.nowMs += 5_000;
    expect(breakers.trouble(TK, AT)?.health).toBe("probing");
    breakers.trying(TK, AT);
    expect(breakers.trouble(TK, AT)?.health).toBe("down");
    fail(TK, 1);
    clock.nowMs += 9_999;
    expect(breakers.trouble(TK, AT)).toMatchObject({ health: "down", failures: 4 });
    clock.nowMs += 1;
    expect(breakers.trouble(TK, AT)?.health).toBe("probing");
  });

  it("remembers nothing of targets that work, and a bounded number of those that do not (hard rule 9)", () => {
    const { breakers } = scene();
    breakers.trying(TK, AT);
    breakers.answered(TK, AT);
    expect(breakers.remembered).toBe(0);
    for (let n = 0; n < 10_050; n++) for (let k = 0; k < 3; k++) breakers.failed(TK, `${n}`);
    expect([breakers.remembered, breakers.down]).toEqual([10_000, 10_000]);
    expect(breakers.trouble(TK, "0")).toBeUndefined();
  });
});
