import { describe, expect, it } from "vitest";
import type { Admission } from "../ports.ts";
import type { LimitClaim } from "./claims.ts";
import { createLocalCounters } from "./counters.ts";

function claim(key: string, change: Partial<LimitClaim> = {}): LimitClaim {
  return { key, scope: "trunk", ownerSid: key, maxCps: null, burst: 1, maxConcurrentCalls: null, ...change };
}

function told(admission: Admission): string {
  if (admission.kind === "admitted") return "admitted";
  return `${admission.claim.key} ${admission.what} ${admission.afterMs}`;
}

describe("LIM-1: counters of one process", () => {
  const trunk = claim("TK", { maxCps: 2, burst: 2 });
  const account = claim("AC", { maxCps: 1 });

  it("takes from all limits or from none", () => {
    const counters = createLocalCounters(() => 0);
    expect(told(counters.take([account]))).toBe("admitted");
    expect(told(counters.take([trunk, account]))).toBe("AC cps 1000");
    expect(told(counters.take([trunk, account]))).toBe("AC cps 1000");
    expect([told(counters.take([trunk])), told(counters.take([trunk])), told(counters.take([trunk]))]).toEqual([
      "admitted",
      "admitted",
      "TK cps 500",
    ]);
  });

  it("looking changes nothing, and sees two claims of one limit together", () => {
    const counters = createLocalCounters(() => 0);
    for (let i = 0; i < 5; i++) expect(told(counters.look([account]))).toBe("admitted");
    expect(told(counters.look([account, account]))).toBe("AC cps 1000");
  });

  it("calls count while they are held, each once, until they are released", () => {
    const counters = createLocalCounters(() => 0);
    const two = claim("TK", { maxConcurrentCalls: 2 });
    counters.hold("CA1", [two, two]);
    counters.hold("CA1", [two]);
    expect(told(counters.take([two]))).toBe("admitted");
    counters.hold("CA2", [two, claim("CX", { maxConcurrentCalls: 1 })]);
    expect(told(counters.take([two]))).toBe("TK concurrent-calls null");
    expect(told(counters.take([claim("CX", { maxConcurrentCalls: 1 })]))).toBe("CX concurrent-calls null");
    counters.release("CA2");
    counters.release("CA2");
    counters.release("CA9");
    expect(told(counters.take([two, claim("CX", { maxConcurrentCalls: 1 })]))).toBe("admitted");
  });

  it("none at a time is none; unlimited holds nothing", () => {
    const counters = createLocalCounters(() => 0);
    expect(told(counters.take([claim("TK", { maxConcurrentCalls: 0 })]))).toBe("TK concurrent-calls null");
    counters.hold("CA1", [claim("TK")]);
    expect(told(counters.take([claim("TK", { maxConcurrentCalls: 1 })]))).toBe("admitted");
  });

  it("design rule 9: forgets buckets that are full again, and only those", () => {
    let nowMs = 0;
    const counters = createLocalCounters(() => nowMs);
    const slow = claim("slow", { maxCps: 0.001 });
    expect(told(counters.take([slow]))).toBe("admitted");
    for (let i = 0; i < 25_000; i++) {
      nowMs += 1;
      expect(counters.take([claim(`source ${i}`, { maxCps: 1_000 })]).kind).toBe("admitted");
    }
    expect(told(counters.look([slow]))).toBe("slow cps 975000");
  });
});
