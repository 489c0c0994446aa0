import { expect, it } from "vitest";
import { type Breaker, type BreakerInput, breakerHealth, CLOSED, stepBreaker } from "./breaker.ts";

/** `f` failed, `a` answered, `t` trying, a number: so many milliseconds pass. What is told after each of them, without repetitions. */
function play(script: string): string {
  const inputs: Readonly<Record<string, BreakerInput["kind"]>> = { f: "failed", a: "answered", t: "trying" };
  let state: Breaker = CLOSED;
  let nowMs = 0;
  const told: string[] = [];
  for (const word of script.split(" ")) {
    const kind = inputs[word];
    if (kind) state = stepBreaker(state, { kind }, nowMs);
    else nowMs += Number(word);
    const health = breakerHealth(state, nowMs);
    if (told.at(-1) !== health) told.push(health);
  }
  return told.join(" ");
}

it.each([
  ["one or two failures are packet loss", "f f", "up"],
  ["an answer between them starts the count again", "f f a f f", "up"],
  ["three in a row open the circuit", "f f f", "up down"],
  ["after the rest it is on trial", "f f f 4999 1", "up down probing"],
  ["one at a time tries it", "f f f 5000 t t", "up down probing down"],
  ["success closes it", "f f f 5000 t a", "up down probing down up"],
  ["failure doubles the rest", "f f f 5000 t f 9999 1", "up down probing down probing"],
  [
    "the rest ends somewhere",
    "f f f 5000 t f 10000 t f 20000 t f 40000 t f 60000 t f 60000",
    "up down probing down probing down probing down probing down probing down probing",
  ],
  ["a trial nobody told the end of is over", "f f f 5000 t 31999 1", "up down probing down probing"],
  ["a late failure of an earlier call tells nothing new", "f f f 4000 f 1000", "up down probing"],
  ["a late answer of an earlier call closes it", "f f f a", "up down up"],
  ["trying one that is up says nothing", "t t a", "up"],
])("TERM-12: %s", (_title, script, want) => {
  expect(play(script)).toBe(want);
});

it("ORIG-12: it remembers since when and how often it failed; a failure while it rests tells nothing new", () => {
  const failed = (state: Breaker, nowMs: number): Breaker => stepBreaker(state, { kind: "failed" }, nowMs);
  const open = [1, 2, 3].reduce(failed, CLOSED);
  expect(open).toMatchObject({ name: "open", sinceMs: 3, failures: 3 });
  expect(failed(open, 4)).toBe(open);
  const trying = stepBreaker(open, { kind: "trying" }, 6_000);
  expect(trying).toMatchObject({ name: "half-open", sinceMs: 3, failures: 3 });
  expect(failed(trying, 7_000)).toMatchObject({ name: "open", sinceMs: 3, failures: 4, restMs: 10_000 });
});
