import { expect, it } from "vitest";
import { stopSignals } from "./stop-signals.ts";

const cases: [title: string, atMs: readonly number[], heard: readonly string[]][] = [
  ["one signal stops gently", [0], ["gently"]],
  ["one press of Ctrl-C that npm passes on as well ends no call without BYE", [0, 1, 30], ["gently"]],
  ["a second press ends it at once", [0, 2, 700], ["gently", "at once"]],
];
it.each(cases)("%s (OPS-3)", (_title, atMs, expected) => {
  const heard: string[] = [];
  let now = 0;
  const on = stopSignals({ gently: () => heard.push("gently"), atOnce: () => heard.push("at once") }, () => now);
  for (const at of atMs) {
    now = at;
    on("SIGINT");
  }
  expect(heard).toEqual(expected);
});
